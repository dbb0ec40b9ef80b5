/**
 * Failures of @x/simple-ws in the words of the pool's family. Room: pool adapters.
 *
 * What happened below stays the `cause`.
 */
import { ConnectionError, ConnectionRefusedError, ConnectionTimeoutError, type JetSocketError } from "@x/errors/pool";
import { ConnectionClosed, ConnectionError as CannotConnect } from "@x/errors/simple-ws";
import { WebSocketTimeoutException } from "@x/errors/wsframe";
import { endedError } from "../core/resilient/link-end.js";

/** @returns the pool's error for one of simple-ws's, anything else as it is. */
export function translated(error: unknown): unknown {
  if (error instanceof ConnectionClosed) return ofClosed(error);
  return error instanceof CannotConnect ? ofConnecting(error) : error;
}

function ofClosed(error: ConnectionClosed): JetSocketError {
  const { reason: code, message: reason, wasClean, initiator } = error;
  return endedError({ code, reason, wasClean, initiator }, error);
}

function ofConnecting(error: CannotConnect): JetSocketError {
  const { cause, httpStatus } = error;
  if (error.code === "simple-ws/aborted") return new ConnectionError(error.message, { code: "pool/aborted", cause: error });
  if (cause instanceof WebSocketTimeoutException) {
    return new ConnectionTimeoutError(error.message, { operation: cause.phase, afterMs: cause.afterMs, cause: error });
  }
  if (httpStatus !== undefined || systemCodeOf(cause) === "ECONNREFUSED") return new ConnectionRefusedError(error.message, { httpStatus, cause: error });
  return new ConnectionError(error.message, { cause: error });
}

/** The system's error is at the end of the chain of causes. */
function systemCodeOf(error: unknown): unknown {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 8; depth++) {
    if ("syscall" in at && "code" in at) return at.code;
    at = at.cause;
  }
  return undefined;
}
