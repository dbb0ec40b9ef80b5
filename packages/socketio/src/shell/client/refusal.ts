/**
 * A server that does not want a client in a namespace: what it said, and whether to ask again.
 *
 * Room: socketio shell. Socket.IO protocol v5, CONNECT_ERROR; servers of python-socketio send a bare string, or a DISCONNECT with a payload.
 */
import { retryAfterMs } from "@x/errors/retry";
import { BadNamespaceError, ConnectionRefusedError } from "@x/errors/socketio";
import { retryInMs } from "../../core/backoff.js";
import type { SocketManager } from "./socket-manager.js";

/** @returns the payload of a CONNECT_ERROR, or of a DISCONNECT, as the error that users get. */
export function readRefusal(payload: unknown, namespace: string): BadNamespaceError | ConnectionRefusedError {
  const { message, data } = typeof payload === "string" ? { message: payload, data: undefined } : ((payload ?? {}) as { message?: unknown; data?: unknown });
  const text = typeof message === "string" ? message : "Connection refused";
  return text === "Invalid namespace" ? new BadNamespaceError(text, { code: "socketio/unknown-namespace", namespace }) : new ConnectionRefusedError(text, { data });
}

/**
 * @param authFailures how often in a row `auth` failed; 0 for the server's own refusal.
 * @returns after how many milliseconds to ask again: after a failure of `auth` as the policy says, after a refusal where it names a delay
 *   and the policy goes on; `undefined` when it is final.
 */
export function askAgainAfterMs(error: Error, { policy, random }: Pick<SocketManager, "policy" | "random">, authFailures: number): number | undefined {
  const { reconnection, reconnectionAttempts, reconnectionDelay, retryIf, maxRetryAfterMs } = policy;
  if (authFailures > 0) return reconnection && authFailures <= reconnectionAttempts && retryIf(error) ? retryInMs(policy, error, authFailures - 1, random) : undefined;
  const askedMs = error instanceof ConnectionRefusedError ? retryAfterMs(error.data) : undefined;
  return askedMs === undefined || !retryIf(error) ? undefined : Math.min(Math.max(askedMs, reconnectionDelay), maxRetryAfterMs);
}
