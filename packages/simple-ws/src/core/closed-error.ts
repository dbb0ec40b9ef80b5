/**
 * The error that every intent on an ended connection throws.
 *
 * Room: simple-ws core.
 */
import { ConnectionClosed, type SimpleWsCode } from "@x/errors/simple-ws";
import type { CloseInfo } from "./closing.js";

/** What a peer that stays silent after a Ping is told, with 1008. */
export const PING_TIMEOUT_REASON = "Ping timeout";

/** What a peer that sends no message for too long is told, with 1008. */
export const IDLE_REASON = "Idle timeout";
/** What a peer is told, with 1008, whose messages nobody takes and the application does not want to hold up. */
export const INBOX_FULL_REASON = "Inbox is full";

const ownReasons: ReadonlyMap<string, SimpleWsCode> = new Map<string, SimpleWsCode>([
  [PING_TIMEOUT_REASON, "simple-ws/ping-timeout"],
  [IDLE_REASON, "simple-ws/idle-timeout"],
  [INBOX_FULL_REASON, "simple-ws/inbox-full"],
]);

/** @returns a new error with the reason of {@link CloseInfo}; its message is the text of the Close. */
export function closedError(info: CloseInfo): ConnectionClosed {
  const { code, reason, wasClean, initiator } = info;
  const own = initiator === "local" && code === 1008 && !wasClean ? ownReasons.get(reason) : undefined;
  return new ConnectionClosed(reason, {
    code: own ?? (initiator === "network" ? "simple-ws/connection-lost" : "simple-ws/connection-closed"),
    reason: code,
    wasClean,
    initiator,
  });
}
