/**
 * What every operation on a session throws that is not open, on both sides.
 *
 * Room: engineio core.
 */
import { SocketIsClosedError } from "@x/errors/engineio";
import type { CloseReason, ReadyState } from "./session-config.js";

/** @param reason why it has ended, once it has. @param cause what the transport said, or the end's description. */
export function sessionClosed(state: ReadyState, reason: CloseReason | undefined, cause: unknown): SocketIsClosedError {
  const now = state === "open" ? "about to close" : state; // its transport has ended, of which it is yet to hear
  return new SocketIsClosedError(`Cannot send: session is ${now}, must be open`, { reason, cause });
}
