/**
 * `connect` over the platform's WebSocket: browsers, workers, Deno, Bun.
 *
 * Room: simple-ws web. The platform tells nothing of why a connection cannot be opened, on purpose.
 */
import { systemClock } from "@x/errors/clock";
import { ConnectionError, type SimpleWsCode } from "@x/errors/simple-ws";
import type { InboxPolicy } from "../core/options.js";
import { WebConnection, type WebLimits } from "./connection.js";
import { nativeWebSocket, type NativeCloseEvent, type NativeConstructor, type NativeWebSocket } from "./native.js";

export interface WebConnectOptions {
  /** Offered in this order. Default none. */
  readonly subprotocols?: string | readonly string[];
  /** Gives up opening the connection; an open one is not touched. */
  readonly signal?: AbortSignal;
  /** Until the connection is open. Default 20 000. Over it: `simple-ws/connect-timeout`. */
  readonly connectTimeoutMs?: number;
  /** Outgoing bytes above which the promise of `send` waits. Default 64 KiB. */
  readonly highWaterMarkBytes?: number;
  /**
   * What happens to messages that nobody has asked for once one of the two limits below is reached. "error" (the default): the
   * connection ends, `simple-ws/inbox-full`. "dropOldest", "dropNewest": messages are lost. A page cannot stop reading: "pause" is "error".
   */
  readonly inboxPolicy?: InboxPolicy;
  /** Received bytes not yet asked for, above which {@link inboxPolicy} holds. Default 16 MiB. */
  readonly maxInboxBytes?: number;
  /** Received messages not yet asked for, above which {@link inboxPolicy} holds. Default 65 536. */
  readonly maxInboxMessages?: number;
  /** Calls of `receive` that may wait at once. Default 1 024. Over it: `simple-ws/too-many-receivers`. */
  readonly maxReceivers?: number;
  /** The class to use. Default the platform's. */
  readonly WebSocket?: NativeConstructor;
}

/** Units and meaning as on Node; the platform cannot pause, so that "pause" means "error" here. */
export const WEB_DEFAULTS: WebLimits & { readonly connectTimeoutMs: number } = {
  highWaterMarkBytes: 65_536,
  maxInboxBytes: 16_777_216,
  maxInboxMessages: 65_536,
  maxReceivers: 1_024,
  inboxPolicy: "error",
  connectTimeoutMs: 20_000,
};

/**
 * Opens a connection.
 *
 * @param url absolute, or relative to the page.
 * @throws {ConnectionError} `simple-ws/invalid-url`, `simple-ws/connect-timeout`, `simple-ws/aborted`, or
 *   `simple-ws/connection-failed` for everything that the platform does not tell apart.
 */
export async function connect(url: string | URL, options: WebConnectOptions = {}): Promise<WebConnection> {
  const { signal } = options;
  if (signal?.aborted === true) throw failed("aborted", "the signal is aborted", signal.reason);
  const native = create(String(url), options);
  const outcome = await opened(native, settingsOf(options), signal);
  if (outcome instanceof WebConnection) return outcome;
  native.onopen = native.onclose = null;
  native.close();
  throw outcome;
}

function create(url: string, { subprotocols = [], WebSocket = nativeWebSocket() }: WebConnectOptions): NativeWebSocket {
  if (WebSocket === undefined) throw failed("connection-failed", "this platform has no WebSocket");
  try {
    const native = new WebSocket(url, typeof subprotocols === "string" ? [subprotocols] : [...subprotocols]);
    native.binaryType = "arraybuffer";
    native.onerror = ignore;
    return native;
  } catch (cause) {
    throw failed("invalid-url", "the URL or a subprotocol is not valid", cause);
  }
}

function settingsOf(options: WebConnectOptions): typeof WEB_DEFAULTS {
  const settings = { ...WEB_DEFAULTS, ...options };
  return settings.inboxPolicy === "pause" ? { ...settings, inboxPolicy: "error" } : settings;
}

type Outcome = WebConnection | ConnectionError;

async function opened(native: NativeWebSocket, settings: typeof WEB_DEFAULTS, signal: AbortSignal | undefined): Promise<Outcome> {
  const { connectTimeoutMs: timeoutMs } = settings;
  let settle: (outcome: Outcome) => void = ignore;
  const promise = new Promise<Outcome>((resolve) => (settle = resolve));
  const onAbort = (): void => settle(failed("aborted", "the signal is aborted", signal?.reason));
  const timer = systemClock.setTimer(() => settle(failed("connect-timeout", `it took over ${timeoutMs} ms`)), timeoutMs);
  signal?.addEventListener("abort", onAbort, { once: true });
  native.onopen = () => settle(new WebConnection(native, settings, systemClock)); // at once, so that no message is missed
  native.onclose = ({ code }: NativeCloseEvent) => settle(failed("connection-failed", `the platform reports ${code}`));
  const outcome = await promise;
  systemClock.clearTimer(timer);
  signal?.removeEventListener("abort", onAbort);
  return outcome;
}

type Suffix<Code> = Code extends `simple-ws/${infer What}` ? What : never;

function failed(what: Suffix<SimpleWsCode>, why: string, cause?: unknown): ConnectionError {
  return new ConnectionError(`Cannot open: ${why}`, { code: `simple-ws/${what}`, cause });
}

function ignore(): void {
  // `close` tells
}
