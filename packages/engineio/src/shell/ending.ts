/**
 * How a session ended, as those hear it who wait for something of it.
 *
 * Room: engineio shell.
 */
import { ConnectionError, SocketIsClosedError } from "@x/errors/engineio";
import type { CloseReason } from "../core/session-config.js";

export interface Ending {
  readonly reason: CloseReason;
  /** An error, or what the transport told. */
  readonly description: unknown;
}

/** Was it asked for: by us, or by the server in good order? */
export function isOrderly({ reason, description }: Ending): boolean {
  if (reason === "forced close") return true;
  return reason === "transport close" && (description === undefined || isCleanClose(description));
}

/** @returns the error for whoever waited while the session ended; `cause` is its description. */
export function lostError({ reason, description }: Ending): ConnectionError {
  const code = reason === "ping timeout" ? "engineio/ping-timeout" : "engineio/connection-lost";
  const { httpStatus, headers } = description instanceof ConnectionError ? description : {};
  return new ConnectionError(`Connection lost: ${reason}`, { code, httpStatus, headers, ...(description === undefined ? {} : { cause: description }) });
}

/** @returns the error for operations after the end. */
export function closedError({ reason, description }: Ending): SocketIsClosedError {
  return new SocketIsClosedError(`Cannot receive: session is closed (${reason}), must be open`, { reason, cause: description });
}

/** What a WebSocket tells of its end. */
function isCleanClose(description: unknown): boolean {
  return typeof description === "object" && description !== null && "wasClean" in description && description.wasClean === true
    && "code" in description && (description.code === 1000 || description.code === 1005);
}
