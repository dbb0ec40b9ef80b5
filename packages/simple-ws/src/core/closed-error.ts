/**
 * The error that every intent on an ended connection throws.
 *
 * Room: simple-ws core.
 */
import { ConnectionClosed } from "@x/errors/simple-ws";
import type { CloseInfo } from "./closing.js";

/** What a peer that stays silent after a Ping is told, with 1008. */
export const PING_TIMEOUT_REASON = "Ping timeout";

/** @returns a new error with the reason of {@link CloseInfo}; its message is the text of the Close. */
export function closedError(info: CloseInfo): ConnectionClosed {
  const { code, reason, wasClean, initiator } = info;
  const isPingTimeout = initiator === "local" && code === 1008 && reason === PING_TIMEOUT_REASON && !wasClean;
  return new ConnectionClosed(reason, {
    code: isPingTimeout ? "simple-ws/ping-timeout" : initiator === "network" ? "simple-ws/connection-lost" : "simple-ws/connection-closed",
    reason: code,
    wasClean,
    initiator,
  });
}
