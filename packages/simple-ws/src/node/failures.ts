/**
 * Why a connection could not be opened, as errors of the two families: the WebSocket family's is the cause of simple-ws's.
 *
 * Room: simple-ws node.
 */
import { ConnectionError, type SimpleWsCode } from "@x/errors/simple-ws";
import { WebSocketAddressException, WebSocketBadStatusException, WebSocketConnectionClosedException, WebSocketException, WebSocketProtocolException, WebSocketTimeoutException } from "@x/errors/wsframe";

/** How far opening a connection has come. */
export type OpeningPhase = "dns" | "connect" | "proxy" | "tls" | "handshake";

const addressCodes: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);
const transientCodes: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "EADDRNOTAVAIL", "ENOENT"]);

/** What the system reported, as an error of the WebSocket family. */
export function systemFailure(error: unknown, phase: OpeningPhase, host: string): WebSocketException {
  const code = systemCodeOf(error);
  const details = { phase, ...(code === "" ? {} : { systemCode: code }) };
  if (error instanceof WebSocketException) return error;
  if (addressCodes.has(code)) return new WebSocketAddressException(`Cannot resolve host ${JSON.stringify(host)}: ${code}`, { cause: error, host, details });
  if (phase === "handshake") return new WebSocketConnectionClosedException(`Cannot open: connection was lost during the handshake${code === "" ? "" : ` (${code})`}`, { code: "wsframe/connection-lost", cause: error, details });
  const action = phase === "tls" ? "secure the connection" : "connect";
  return new WebSocketException(`Cannot ${action} to ${JSON.stringify(host)}${code === "" ? "" : `: ${code}`}`, { cause: error, details, retryable: transientCodes.has(code) });
}

export function timeoutFailure(phase: OpeningPhase, afterMs: number): WebSocketTimeoutException {
  return new WebSocketTimeoutException(`Cannot open: ${phase} took over ${afterMs} ms`, { phase, afterMs, details: { phase } });
}

/** simple-ws's error over any cause. */
export function connectionError(cause: unknown, phase: OpeningPhase): ConnectionError {
  const message = cause instanceof Error ? cause.message : "Cannot open the connection";
  const statusCode = cause instanceof WebSocketBadStatusException ? cause.statusCode : undefined;
  return new ConnectionError(message, { code: codeOf(cause), cause, statusCode, details: { phase } });
}

export function abortedError(signal: AbortSignal, phase: OpeningPhase): ConnectionError {
  return new ConnectionError("Cannot open: the signal is aborted", { code: "simple-ws/aborted", cause: signal.reason, retryable: false, details: { phase } });
}

function codeOf(cause: unknown): SimpleWsCode {
  if (cause instanceof WebSocketBadStatusException) return "simple-ws/bad-status";
  if (cause instanceof WebSocketProtocolException) return "simple-ws/bad-handshake";
  if (cause instanceof WebSocketTimeoutException) return cause.phase === "handshake" ? "simple-ws/handshake-timeout" : "simple-ws/connect-timeout";
  if (cause instanceof WebSocketAddressException && cause.code === "wsframe/invalid-url") return "simple-ws/invalid-url";
  return "simple-ws/network-error";
}

function systemCodeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";
}
