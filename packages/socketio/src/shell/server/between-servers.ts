/**
 * What the servers of a cluster tell and ask each other: `serverSideEmit`.
 *
 * Room: socketio shell. Adapters carry it; what they fail with reaches whoever asked, or is reported.
 */
import type { Adapter } from "../../adapter/port.js";
import { reservedEvent } from "../../core/faults.js";
import type { ServerContext } from "./ports.js";

/** Servers that did not answer, as the adapter says it; with those that did. */
export type InterServerError = Error & { readonly responses: readonly unknown[] };

interface Host {
  readonly name: string;
  readonly adapter: Adapter;
  readonly context: Pick<ServerContext, "report">;
}

/** What a namespace hears from its own server; other servers must not say it. */
const RESERVED: ReadonlySet<string> = /* @__PURE__ */ new Set(["connect", "connection", "new_namespace"]);

/** @throws {SocketIOError} `socketio/reserved-event`. */
export function tellServers({ name, adapter, context }: Host, event: string, args: readonly unknown[]): void {
  send(adapter, event, args, (error) => context.report(error, { event: "adapter", namespace: name }));
}

/** @returns the other servers' replies. Rejects as {@link tellServers} throws, and with an {@link InterServerError}. */
export function askServers({ adapter }: Host, event: string, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null | undefined, responses: unknown): void => {
      if (error) reject(Object.assign(error, { responses }));
      else resolve(responses);
    };
    send(adapter, event, [...args, settle], reject);
  });
}

function send(adapter: Adapter, event: string, args: readonly unknown[], onError: (error: unknown) => void): void {
  if (RESERVED.has(event)) throw reservedEvent(event);
  const sent = adapter.serverSideEmit([event, ...args]);
  if (sent instanceof Promise) sent.catch(onError);
}
