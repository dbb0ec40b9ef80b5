/**
 * `accept`: an `upgrade` event of node:http(s) becomes a connection, or is answered and refused (RFC 6455 §4.2).
 *
 * Room: simple-ws node.
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { reportHandlerError } from "@x/errors/handlers";
import { ConnectionError, type SimpleWsCode } from "@x/errors/simple-ws";
import { formatAcceptance, formatRefusal, judgeUpgrade, type Acceptance, type Refusal } from "../core/handshake/server.js";
import { handled } from "../shell/deferred.js";
import { Driver } from "../shell/driver.js";
import type { Runtime } from "../shell/ports.js";
import { WebSocketConnection } from "../shell/socket.js";
import { NodeDuplex } from "./duplex.js";
import { acceptOf, nodeRuntime } from "./runtime.js";
import { parseAcceptOptions, type AcceptOptions, type AcceptSettings } from "./server-options.js";

/** How long a refused client has to read the answer and hang up. */
const REFUSAL_LINGER_MS = 2_000;

/**
 * Answers an `upgrade` request of a node:http or node:https server.
 *
 * @returns the open connection. The promise need not be awaited for refusals: they are answered here.
 * @throws {ConnectionError} the request was refused and answered: 400 `simple-ws/bad-request`, 403 `simple-ws/origin-refused`,
 *   405 `simple-ws/method-not-allowed`, 426 `simple-ws/upgrade-required`, 503 `simple-ws/server-closing` or
 *   `simple-ws/handshake-timeout`, another status `simple-ws/refused`; or the client has gone, `simple-ws/network-error`.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`, `simple-ws/invalid-argument`: the caller's fault; answered with 500.
 */
export function accept(request: IncomingMessage, socket: Duplex, head: Uint8Array, options: AcceptOptions = defaults): Promise<WebSocketConnection> {
  return handled(acceptOn(nodeRuntime(), request, socket, head, options));
}

const defaults: AcceptOptions = {};

/** @param onGone called once nothing of the connection is left, which may be before the promise resolves. */
export async function acceptOn(runtime: Runtime, request: IncomingMessage, socket: Duplex, head: Uint8Array, options: AcceptOptions, onGone?: (connection: WebSocketConnection) => void): Promise<WebSocketConnection> {
  socket.on("error", ignore);
  try {
    const settings = parseAcceptOptions(options);
    const verdict = judgeUpgrade(request, settings.policy);
    if (verdict.kind === "refuse") throw refused(verdict.refusal, verdict.why);
    if (settings.signal?.aborted === true) throw refused({ statusCode: 503 }, "the server is closing", "simple-ws/server-closing");
    if (settings.authorize !== undefined) await authorize(runtime, request, socket, settings.authorize, settings.handshakeTimeoutMs);
    return open(runtime, settings, socket, head, verdict, onGone);
  } catch (error) {
    throw answer(socket, error);
  }
}

function open(runtime: Runtime, settings: AcceptSettings, socket: Duplex, head: Uint8Array, { key, protocol }: Acceptance, onGone?: (connection: WebSocketConnection) => void): WebSocketConnection {
  if (!socket.writable) throw new ConnectionError("Cannot accept: the client has gone", { code: "simple-ws/network-error" });
  const acceptance = formatAcceptance(acceptOf(key), protocol, settings.responseHeaders);
  if (socket instanceof Socket) socket.setTimeout(0).setNoDelay(true);
  const driver = new Driver("server", settings.connection, runtime, new NodeDuplex(socket));
  socket.off("error", ignore); // the duplex listens
  const connection = new WebSocketConnection(driver, protocol, undefined);
  if (onGone !== undefined) driver.onGone = () => onGone(connection);
  driver.start(head, Buffer.from(acceptance, "latin1"));
  return connection;
}

async function authorize(runtime: Runtime, request: IncomingMessage, socket: Duplex, ask: NonNullable<AcceptSettings["authorize"]>, timeoutMs: number): Promise<void> {
  const { clock } = runtime;
  let finish: (refusal: Refusal | ConnectionError | undefined) => void = ignore;
  const outcome = new Promise<Refusal | ConnectionError | undefined>((resolve) => (finish = resolve));
  const onClose = (): void => finish(new ConnectionError("Cannot accept: the client has gone", { code: "simple-ws/network-error" }));
  const timer = clock.setTimer(() => finish(refused({ statusCode: 503 }, `authorize took over ${timeoutMs} ms`, "simple-ws/handshake-timeout")), timeoutMs);
  socket.on("close", onClose);
  Promise.resolve().then(() => ask(request)).then(finish, (error: unknown) => {
    reportHandlerError(error, { event: "authorize" });
    finish(refused({ statusCode: 500 }, "authorize failed", "simple-ws/refused", error));
  });
  try {
    const refusal = await outcome;
    if (refusal instanceof ConnectionError) throw refusal;
    if (refusal !== undefined) throw refused(refusal, `authorize answered ${refusal.statusCode}`, "simple-ws/refused");
  } finally {
    clock.clearTimer(timer);
    socket.off("close", onClose);
  }
}

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

/** Writes the HTTP answer that `error` stands for. @returns `error`. */
export function answer(socket: Duplex, error: unknown): unknown {
  const refusal: Refusal = error instanceof RefusedError ? error.refusal : { statusCode: 500 };
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
    reportHandlerError(error, { event: "refusal" }); // a header of the application's that must not be sent
    return formatRefusal({ statusCode: refusal.statusCode }, byteLength);
  }
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function ignore(): void {
  // the outcome is told by `close`, or known
}
