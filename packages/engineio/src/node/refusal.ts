/**
 * What a refused request is told: the peers' codes 0 to 5 as JSON, on HTTP and on upgrade sockets alike.
 *
 * Room: engineio node.
 */
import { type IncomingMessage, STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isTransportError } from "@x/errors";

/** The peers' numbers and texts. */
export const errorCodes = {
  unknownTransport: 0,
  unknownSid: 1,
  badHandshakeMethod: 2,
  badRequest: 3,
  forbidden: 4,
  unsupportedVersion: 5,
} as const;

const messages = ["Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden", "Unsupported protocol version"] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

/** Why a request is refused. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status: number;
  /** For the server's own log: `connection_error` shows it, the peer never sees it. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** What the event `connection_error` shows. */
export interface ConnectionErrorEvent {
  readonly req: IncomingMessage;
  readonly code: number;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** @returns a refusal with the peers' text for `code`, and status 403 for "Forbidden", 400 for the others. */
export function refusal(code: ErrorCode, context: Readonly<Record<string, unknown>> = {}, message: string = messages[code], status: number = code === errorCodes.forbidden ? 403 : 400): Refusal {
  return { code, message, status, context };
}

/** @returns the refusal for what an `allowRequest` threw; only an error of ours decides on status and text. */
export function refusalFor(error: unknown): Refusal {
  const context = { name: "REFUSED", error };
  if (!isTransportError(error)) return refusal(errorCodes.forbidden, context);
  return refusal(errorCodes.forbidden, context, error.message, error.httpStatus ?? 401);
}

/** Answer a refused HTTP request. */
export function refuseRequest(response: ServerResponse, reason: Refusal, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  const body = bodyOf(reason);
  response.writeHead(reason.status, { ...headers, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body), "Cache-Control": "no-store" });
  response.end(body);
}

/** Answer a refused upgrade request, which has a bare socket. */
export function refuseUpgrade(socket: Duplex, reason: Refusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = bodyOf(reason);
  socket.on("error", () => socket.destroy()); // the peer may be gone: nothing else is left to do
  socket.end(
    `HTTP/1.1 ${reason.status} ${STATUS_CODES[reason.status] ?? ""}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function bodyOf({ code, message }: Refusal): string {
  return JSON.stringify({ code, message });
}
