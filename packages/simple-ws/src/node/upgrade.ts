/**
 * `accept`: an `upgrade` event of node:http(s) becomes a connection, or is answered and refused (RFC 6455 §4.2).
 *
 * Room: simple-ws node.
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isThenable, reportHandlerError } from "@x/errors/handlers";
import { ConnectionError, SimpleWebsocketError } from "@x/errors/simple-ws";
import { acceptOf } from "../core/handshake/accept-key.js";
import { formatAcceptance, judgeUpgrade, type Acceptance, type Refusal } from "../core/handshake/server.js";
import { handled } from "../shell/deferred.js";
import { Driver, type DriverOwner } from "../shell/driver.js";
import type { Runtime } from "../shell/ports.js";
import { profileOf } from "../shell/profile.js";
import { WebSocketConnection } from "../shell/socket.js";
import { handshakeEvent, traced } from "../shell/trace.js";
import { NodeDuplex } from "./duplex.js";
import { publish } from "./diagnostics.js";
import { refuse, refused, serverClosing } from "./refusals.js";
import { nodeRuntime } from "./runtime.js";
import { parseAcceptOptions, type AcceptOptions, type AcceptSettings } from "./server-options.js";

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
  return handled(new Promise((resolve) => resolve(acceptOn(nodeRuntime(), request, socket, head, options))));
}

/**
 * {@link accept} at once, for those who ask beforehand what `verify` would ask. Throws what that rejects with; refusals are answered here, too.
 * @param greet called before this returns: what it sends at once leaves together with the answer, in one write, and messages come after it.
 *   What it throws, or rejects with, is reported, and closes with 1011.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option` also where there is a `verify`.
 */
export function acceptNow(request: IncomingMessage, socket: Duplex, head: Uint8Array, options: Omit<AcceptOptions, "verify" | "handshakeTimeoutMs"> = defaults, greet?: Greet): WebSocketConnection {
  try {
    const upgrade = judge(nodeRuntime(), request, socket, head, options, undefined, greet);
    if (upgrade.settings.verify !== undefined) throw new SimpleWebsocketError("Cannot use option verify: acceptNow does not wait, must be accept", { code: "simple-ws/invalid-option" });
    return open(upgrade);
  } catch (error) {
    throw refuse(request, socket, error);
  }
}

const defaults: AcceptOptions = {};

/** Takes a connection that is open. */
export type Greet = (connection: WebSocketConnection, request: IncomingMessage) => unknown;

/** Whoever keeps a list of the connections accepted. */
export interface ConnectionOwner extends DriverOwner {
  /** For what {@link acceptNow} says of it. */
  readonly greet: Greet;
  /** Once aborted, requests that are being verified are refused with 503. */
  readonly ending: AbortSignal;
  /** Before anything is written or read. */
  onOpened(driver: Driver, connection: WebSocketConnection): void;
}

/**
 * {@link accept} that answers at once unless `verify` takes its time, and throws likewise.
 * @param owner is told when nothing of the connection is left.
 */
export function acceptOn(runtime: Runtime, request: IncomingMessage, socket: Duplex, head: Uint8Array, options: AcceptOptions, owner?: ConnectionOwner): WebSocketConnection | Promise<WebSocketConnection> {
  try {
    const upgrade = judge(runtime, request, socket, head, options, owner, owner?.greet);
    const ask = upgrade.settings.verify;
    const verified = ask === undefined ? undefined : verify(upgrade, ask);
    if (!(verified instanceof Promise)) return open(upgrade);
    socket.on("error", ignore);
    return verified.then(() => openLate(upgrade)).catch((error: unknown) => { throw refuse(request, socket, error); });
  } catch (error) {
    throw refuse(request, socket, error);
  }
}

/** All that can be said without asking anybody. */
function judge(runtime: Runtime, request: IncomingMessage, socket: Duplex, head: Uint8Array, options: AcceptOptions, owner: ConnectionOwner | undefined, greet: Greet | undefined): Upgrade {
  const settings = parseAcceptOptions(options);
  const acceptance = judgeUpgrade(request, settings.policy);
  if (acceptance.kind === "refuse") throw refused(acceptance.refusal, acceptance.why);
  if (settings.signal?.aborted === true) throw serverClosing();
  return { runtime, request, socket, head, settings, acceptance, owner, greet };
}

/** One request on its way. */
interface Upgrade {
  readonly runtime: Runtime;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Uint8Array;
  readonly settings: AcceptSettings;
  readonly acceptance: Acceptance;
  readonly owner: ConnectionOwner | undefined;
  readonly greet: Greet | undefined;
}

function open(upgrade: Upgrade): WebSocketConnection {
  const { runtime, request, socket, head, settings, acceptance, owner } = upgrade;
  if (!socket.writable) throw new ConnectionError("Cannot accept: the client has gone", { code: "simple-ws/network-error" });
  const answer = answerTo(upgrade);
  if (socket instanceof Socket) {
    if (socket.timeout !== undefined) socket.setTimeout(0); // the HTTP server's
    socket.setNoDelay(true);
  }
  const duplex = new NodeDuplex(socket);
  const driver = new Driver(profileOf("server", settings.connection, runtime), traced(duplex, settings.trace, true), acceptance.extensions);
  const connection = new WebSocketConnection(driver, { protocol: acceptance.protocol, extensions: acceptance.extensions?.field ?? "" });
  owner?.onOpened(driver, connection);
  driver.owner = owner;
  settings.trace?.(handshakeEvent("received", requestHead(request)));
  start(upgrade, driver, connection, answer);
  duplex.feed(head);
  return connection;
}

/** The 101, as ASCII or as bytes. */
function answerTo({ request, settings: { responseHeaders: headers }, acceptance }: Upgrade): string | Uint8Array {
  const answer = formatAcceptance(acceptOf(acceptance.key), acceptance, typeof headers === "function" ? headers(request) : headers);
  const isAscii = headers === undefined && acceptance.extensions === undefined; // what others contribute may be any latin1
  return isAscii ? answer : Buffer.from(answer, "latin1");
}

/** The answer leaves when it is known what is sent with it: after {@link Greet}, or at the end of the turn where there is none. */
function start({ runtime: { batch }, request, greet }: Upgrade, driver: Driver, connection: WebSocketConnection, answer: string | Uint8Array): void {
  const outer = greet === undefined ? undefined : batch.enter(driver);
  try {
    driver.start(answer);
    publish("x:simple-ws:server:open", () => ({ request, connection }));
    if (greet !== undefined) greetSafely(greet, connection, request);
  } finally {
    if (greet !== undefined) batch.leave(driver, outer);
  }
}

function greetSafely(greet: Greet, connection: WebSocketConnection, request: IncomingMessage): void {
  try {
    const greeted = greet(connection, request);
    if (isThenable(greeted)) greeted.then(undefined, (error: unknown) => greetFailed(connection, error));
  } catch (error) {
    greetFailed(connection, error);
  }
}

function greetFailed(connection: WebSocketConnection, error: unknown): void {
  reportHandlerError(error, { event: "connection" });
  void connection.close(1011, "Internal error");
}

/** {@link open}, where nobody else has listened for errors meanwhile. */
function openLate(upgrade: Upgrade): WebSocketConnection {
  const connection = open(upgrade);
  upgrade.socket.off("error", ignore); // the duplex listens
  return connection;
}

function requestHead({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at] ?? ""}: ${rawHeaders[at + 1] ?? ""}`);
  return lines.join("\r\n");
}

/** @throws {ConnectionError} at once or later: the request is refused. */
function verify(upgrade: Upgrade, ask: NonNullable<AcceptSettings["verify"]>): Promise<void> | undefined {
  let verdict: Refusal | undefined | Promise<Refusal | undefined>;
  try {
    verdict = ask(upgrade.request);
  } catch (error) {
    throw verifyFailed(error);
  }
  if (isThenable(verdict)) return verifyLater(upgrade, Promise.resolve(verdict));
  checkVerdict(verdict);
  return undefined;
}

async function verifyLater({ runtime: { clock }, socket, settings: { handshakeTimeoutMs: timeoutMs, signal }, owner }: Upgrade, verdict: Promise<Refusal | undefined>): Promise<void> {
  let fail: (error: ConnectionError) => void = ignore;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  const onClose = (): void => fail(new ConnectionError("Cannot accept: the client has gone", { code: "simple-ws/network-error" }));
  const timer = clock.setTimer(() => fail(refused({ statusCode: 503 }, `verify took over ${timeoutMs} ms`, "simple-ws/handshake-timeout")), timeoutMs);
  const onEnding = (): void => fail(serverClosing());
  socket.on("close", onClose);
  owner?.ending.addEventListener("abort", onEnding, { once: true });
  try {
    checkVerdict(await Promise.race([verdict.catch((error: unknown) => { throw verifyFailed(error); }), failure]));
    if (signal?.aborted === true) throw serverClosing();
  } finally {
    clock.clearTimer(timer);
    socket.off("close", onClose);
    owner?.ending.removeEventListener("abort", onEnding);
  }
}

function checkVerdict(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw refused(refusal, `verify answered ${refusal.statusCode}`, "simple-ws/refused");
}

function verifyFailed(error: unknown): ConnectionError {
  reportHandlerError(error, { event: "verify" });
  return refused({ statusCode: 500 }, "verify failed", "simple-ws/refused", error);
}

function ignore(): void {
  // the outcome is told by `close`, or known
}
