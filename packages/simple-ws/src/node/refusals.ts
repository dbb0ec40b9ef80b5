/**
 * Upgrade requests that are not granted: what the caller is told, and what the client (RFC 6455 §4.2.2, RFC 9110 §15).
 *
 * Room: simple-ws node.
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { reportHandlerError } from "@x/errors/handlers";
import { ConnectionError, type SimpleWsCode } from "@x/errors/simple-ws";
import { formatRefusal, type Refusal } from "../core/handshake/server.js";
import { publish } from "./diagnostics.js";

/** How long a refused client has to read the answer and hang up. */
const REFUSAL_LINGER_MS = 2_000;

const codes: ReadonlyMap<number, SimpleWsCode> = new Map<number, SimpleWsCode>([
  [400, "simple-ws/bad-request"], [403, "simple-ws/origin-refused"], [404, "simple-ws/not-found"],
  [405, "simple-ws/method-not-allowed"], [426, "simple-ws/upgrade-required"], [503, "simple-ws/overloaded"],
]);

/** A refusal on its way to {@link answer}. */
class RefusedError extends ConnectionError {
  readonly #refusal: Refusal;

  constructor(refusal: Refusal, why: string, code: SimpleWsCode | undefined, cause: unknown) {
    super(`Cannot accept: ${why}`, { code: code ?? codes.get(refusal.statusCode) ?? "simple-ws/refused", statusCode: refusal.statusCode, retryable: false, ...(cause === undefined ? {} : { cause }) });
    this.#refusal = refusal;
  }

  get refusal(): Refusal {
    return this.#refusal;
  }
}

export function refused(refusal: Refusal, why: string, code?: SimpleWsCode, cause?: unknown): ConnectionError {
  return new RefusedError(refusal, why, code, cause);
}

export function serverClosing(): ConnectionError {
  return refused({ statusCode: 503, headers: { "Retry-After": "10" } }, "the server is closing", "simple-ws/server-closing");
}

/** Answers with what `error` stands for, and tells. @returns `error`. */
export function refuse(request: IncomingMessage, socket: Duplex, error: unknown): unknown {
  publish("x:simple-ws:server:refused", () => ({ request, error }));
  return answer(socket, error);
}

/** Writes the HTTP answer that `error` stands for. @returns `error`. */
function answer(socket: Duplex, error: unknown): unknown {
  const refusal: Refusal = error instanceof RefusedError ? error.refusal : { statusCode: 500 };
  socket.on("error", ignore);
  if (!socket.writable) {
    socket.destroy();
    return error;
  }
  const timer = setTimeout(() => socket.destroy(), REFUSAL_LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end(formatSafely(refusal), "utf8");
  socket.resume(); // so that the client's FIN is seen
  return error;
}

function formatSafely(refusal: Refusal): string {
  try {
    return formatRefusal(refusal, byteLength);
  } catch (error) {
    reportHandlerError(error, { event: "refusal" }); // a header or status of the application's that must not be sent
    return formatRefusal({ statusCode: 500 }, byteLength);
  }
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function ignore(): void {
  // the outcome is told by `close`, or known
}
