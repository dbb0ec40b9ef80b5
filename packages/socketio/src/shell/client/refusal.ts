/**
 * A server that does not want a client in a namespace: what it said, and whether to ask again.
 *
 * Room: socketio shell. Socket.IO protocol v5, CONNECT_ERROR; servers of python-socketio send a bare string.
 */
import { retryAfterMs } from "@x/errors/retry";
import { BadNamespaceError, ConnectionRefusedError } from "@x/errors/socketio";
import type { ReconnectPolicy } from "../../core/client-connection.js";

/** @returns the payload of a CONNECT_ERROR as the error that users get. */
export function readRefusal(payload: unknown, namespace: string): BadNamespaceError | ConnectionRefusedError {
  const { message, data } = typeof payload === "string" ? { message: payload, data: undefined } : (payload as { message?: unknown; data?: unknown });
  const text = typeof message === "string" ? message : "Connection refused";
  return text === "Invalid namespace" ? new BadNamespaceError(text, { code: "socketio/unknown-namespace", namespace }) : new ConnectionRefusedError(text, { data });
}

/** @returns after how many milliseconds to ask again, where the server names a delay and the policy goes on; `undefined` when the refusal is final. */
export function askAgainAfterMs(error: Error, { retryIf, reconnectionDelay, maxRetryAfterMs }: Pick<ReconnectPolicy, "retryIf" | "reconnectionDelay" | "maxRetryAfterMs">): number | undefined {
  const askedMs = error instanceof ConnectionRefusedError ? retryAfterMs(error.data) : undefined;
  return askedMs === undefined || !retryIf(error) ? undefined : Math.min(Math.max(askedMs, reconnectionDelay), maxRetryAfterMs);
}
