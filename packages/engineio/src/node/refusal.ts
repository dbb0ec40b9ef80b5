/**
 * What a refused request is told: the peers' codes 0 to 5 as JSON, on HTTP and on upgrade sockets alike.
 *
 * Room: engineio node.
 */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { isTransportError } from "@x/errors";
import type { EngineIOCode } from "@x/errors/engineio";

/** The peers' numbers and texts. */
export const errorCodes = {
  unknownTransport: 0,
  unknownSid: 1,
  badHandshakeMethod: 2,
  badRequest: 3,
  forbidden: 4,
  unsupportedVersion: 5,
} as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

const messages = ["Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden", "Unsupported protocol version"] as const;
const reasons = [
  "engineio/unknown-transport", "engineio/unknown-session", "engineio/bad-handshake-method", "engineio/bad-request", "engineio/forbidden", "engineio/unsupported-version",
] as const satisfies readonly EngineIOCode[];

/** Why a request is refused. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status: number;
  /** Finer than the peers' six. */
  readonly reason: EngineIOCode;
  /** For the server's own log: `connection_error` shows it, the peer never sees it. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What differs from the code's own text and status. */
export type RefusalDetails = Partial<Pick<Refusal, "message" | "status" | "reason" | "headers">>;

/** What the event `connection_error` shows. */
export interface ConnectionErrorEvent {
  readonly req: IncomingMessage;
  /** One of {@link errorCodes}; the peer sees it. */
  readonly code: number;
  readonly message: string;
  /** Our code for the same, e.g. `engineio/rate-limited`. */
  readonly reason: EngineIOCode;
  /** `name` is the peers' name of the failure where they have one. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Who is told to come back later than tomorrow does not come back. */
const MAX_RETRY_SECONDS = 86_400;

const noHeaders: Readonly<Record<string, string>> = {};

/** @returns a refusal with the peers' text for `code`, and status 403 for "Forbidden", 400 for the others. */
export function refusal(code: ErrorCode, context: Readonly<Record<string, unknown>> = {}, details: RefusalDetails = {}): Refusal {
  const status = code === errorCodes.forbidden ? 403 : 400;
  return { code, message: messages[code], status, reason: reasons[code], headers: noHeaders, context, ...details };
}

/** @returns the refusal of a server that is busy or closing: the same request may have a chance after `retryAfterMs`. */
export function refuseForNow(name: string, message: string, reason: EngineIOCode, status: number, retryAfterMs: number, context: Readonly<Record<string, unknown>> = {}): Refusal {
  const headers = { "Retry-After": String(Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(retryAfterMs / 1000)))) };
  return refusal(errorCodes.badRequest, { name, ...context }, { message, reason, status, headers });
}

/** @returns the refusal for what an `allowRequest` threw; only an error of ours decides on status and text. */
export function refusalFor(error: unknown): Refusal {
  const context = { name: "REFUSED", error };
  if (!isTransportError(error)) return refusal(errorCodes.forbidden, context);
  return refusal(errorCodes.forbidden, context, { message: error.message, status: error.httpStatus ?? 401 });
}

/** @returns the refusal of a page that CORS does not let in. */
export function invalidOrigin(request: IncomingMessage): Refusal {
  return refusal(errorCodes.forbidden, { name: "INVALID_ORIGIN", origin: request.headers.origin }, { reason: "engineio/origin-refused" });
}

/** Answer a refused upgrade request, which has a bare socket. */
export function refuseUpgrade(socket: Duplex, reason: Refusal): void {
  socket.on("error", () => socket.destroy()); // the peer may be gone: nothing else is left to do
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = bodyOf(reason);
  const extra = Object.entries(reason.headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(
    `HTTP/1.1 ${reason.status} ${STATUS_CODES[reason.status] ?? ""}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
    `${extra}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** @returns what the peer is told. */
export function bodyOf({ code, message }: Refusal): string {
  return JSON.stringify({ code, message });
}
