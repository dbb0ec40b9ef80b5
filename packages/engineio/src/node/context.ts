/**
 * What the parts of one server share.
 *
 * Room: engineio node.
 */
import type { IncomingMessage } from "node:http";
import type { Emitter } from "@x/errors/emitter";
import type { ParsedServerOptions } from "./parse-options.js";
import type { Refusal } from "./refusal.js";
import type { ServerEvents } from "./server-events.js";
import type { Sessions } from "./sessions.js";

export interface ServerContext {
  readonly opts: ParsedServerOptions;
  readonly sessions: Sessions;
  /** The server itself, for whoever has to tell the application something. */
  readonly events: Emitter<ServerEvents>;
}

/** Tell the application of a refusal, whatever the client was told. */
export function reportRefusal({ events }: ServerContext, req: IncomingMessage, { code, message, reason, context }: Refusal): void {
  events.emit("connection_error", { req, code, message, reason, context });
}
