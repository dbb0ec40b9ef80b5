/**
 * The Engine.IO server: sessions, and the requests that open and carry them.
 *
 * Room: engineio node. Names, events and defaults are the peers' (`engine.io` 6); limits are on and pages of other origins
 * are refused on both transports.
 */
import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Sweep } from "@x/errors/clock";
import { Emitter } from "@x/errors/emitter";
import { type AcceptOptions, type WebSocketConnection, accept } from "@x/simple-ws/server";
import { encodeOpen } from "../core/open.js";
import { ServerPolling } from "../core/polling-server.js";
import type { SessionConfig } from "../core/session-config.js";
import type { SocketHooks } from "../shell/delivery.js";
import type { EngineSocket } from "../shell/socket.js";
import { addressOf, urlOf } from "./address.js";
import { Admission } from "./admission.js";
import { type AttachOptions, attachTo } from "./attach.js";
import { type CookieOptions, parseCookie, serializeCookie } from "./cookie.js";
import { judgeOrigin } from "./cors.js";
import { type Middleware, runForUpgrade, runMiddlewares } from "./middleware.js";
import { handlePoll, handlePost, serverPolling } from "./polling.js";
import { type ConnectionErrorEvent, type Refusal, errorCodes, refusal, refuseRequest, refuseUpgrade } from "./refusal.js";
import { type ParsedServerOptions, type ServerOptions, parseServerOptions } from "./server-options.js";
import { Socket } from "./server-socket.js";
import { nodeText } from "./text.js";
import { isRefusal, readIntent } from "./verify.js";
import { WebSocketCarrier } from "./websocket.js";

/** Headers of one answer, which listeners may change. */
export type AnswerHeaders = Record<string, string | string[]>;

export interface ServerEvents {
  connection: readonly [socket: Socket];
  connection_error: readonly [error: ConnectionErrorEvent];
  /** Before the first answer of a session is written. */
  initial_headers: readonly [headers: AnswerHeaders, request: IncomingMessage];
  /** Before any answer of a session is written. */
  headers: readonly [headers: AnswerHeaders, request: IncomingMessage];
  flush: readonly [socket: Socket];
  drain: readonly [socket: Socket];
  close: readonly [];
}

const GOING_AWAY = 1001;

/** Attach it to a node:http(s) server, or hand it requests by `handleRequest` and `handleUpgrade`. */
export class Server extends Emitter<ServerEvents> implements AsyncDisposable {
  readonly opts: ParsedServerOptions;
  /** Sessions by id. No prototype: a session id is never anything else. */
  readonly clients: Record<string, Socket> = Object.create(null) as Record<string, Socket>;
  clientsCount = 0;
  /** The server last attached to. */
  httpServer: HttpServer | undefined;
  readonly #config: SessionConfig;
  readonly #acceptOptions: AcceptOptions;
  readonly #hooks: SocketHooks<EngineSocket>;
  readonly #sweep: Sweep;
  readonly #cookie: CookieOptions | undefined;
  readonly #middlewares: Middleware[] = [];
  readonly #connections = new Set<WebSocketConnection>();
  readonly #detach: (() => void)[] = [];
  readonly #admission: Admission;

  /** @throws {EngineIOError} `engineio/invalid-option` naming the option. */
  constructor(options: ServerOptions = {}) {
    const opts = parseServerOptions(options);
    super({ onError: opts.onError });
    this.opts = opts;
    this.#cookie = parseCookie(opts.cookie);
    this.#admission = new Admission(opts, this.clients);
    this.#sweep = new Sweep(opts.clock);
    this.#acceptOptions = {
      origin: "*", // judged already, by the same rule as for polling
      maxMessageBytes: opts.maxHttpBufferSize,
      maxBufferedBytes: opts.maxBufferedBytes,
      highWaterMarkBytes: opts.highWaterMarkBytes,
      pingIntervalMs: 0, // Engine.IO has its own heartbeat
    };
    this.#config = {
      role: "server",
      clock: opts.clock,
      text: nodeText,
      upgradeTimeoutMs: opts.upgradeTimeout,
      closeTimeoutMs: opts.closeTimeout,
      maxBufferedBytes: opts.maxBufferedBytes,
      highWaterMarkBytes: opts.highWaterMarkBytes,
      maxOutgoingPackets: opts.maxOutgoingPackets,
    };
    this.#hooks = {
      opened: nothing,
      openFailed: () => false,
      upgraded: nothing,
      touch: (socket) => this.#sweep.touch(socket.session),
      closed: (socket) => { if (socket instanceof Socket) this.#forget(socket); },
    };
  }

  /** Handle the requests of `server` that begin with the path; all others go where they went before. */
  attach(server: HttpServer, options: AttachOptions = {}): this {
    const { path, addTrailingSlash, destroyUpgrade, destroyUpgradeTimeout, clock } = this.opts;
    const settings = {
      path: options.path ?? path,
      addTrailingSlash: options.addTrailingSlash ?? addTrailingSlash,
      destroyUpgrade: options.destroyUpgrade ?? destroyUpgrade,
      destroyUpgradeTimeout: options.destroyUpgradeTimeout ?? destroyUpgradeTimeout,
    };
    this.httpServer = server;
    this.#detach.push(attachTo(server, this, settings, clock));
    return this;
  }

  /** The port of the server last attached to. @throws {EngineIOError} `engineio/error` while it does not listen. */
  get port(): number {
    return addressOf(this.httpServer).port;
  }

  /** Its URL, for clients on this machine, e.g. `http://127.0.0.1:3000`. Throws as {@link port}. */
  get url(): string {
    return urlOf(this.httpServer);
  }

  /** Close `server`, too, when this one closes. */
  own(server: HttpServer): this {
    this.#detach.push(() => {
      server.close();
      server.closeIdleConnections();
    });
    return this;
  }

  /** Run `middleware` before every request, upgrades included; those added first run first. */
  use(middleware: Middleware): this {
    this.#middlewares.push(middleware);
    return this;
  }

  /** Handle one HTTP request; the answer is always written. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    runMiddlewares(this.#middlewares, request, response, (error) => {
      if (error === undefined) void this.#serve(request, response).catch((cause: unknown) => this.#failed(cause, request, response));
      else this.#failed(error, request, response);
    });
  }

  /** Handle one `upgrade` request; the socket is always answered. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const serve = (headers: AnswerHeaders, error?: unknown): void => {
      const fail = (cause: unknown): void => {
        this.opts.onError(cause, { event: "upgrade" });
        this.#refuseUpgrade(request, socket, refusal(errorCodes.badRequest, { name: "MIDDLEWARE_FAILURE", error: cause }));
      };
      if (error === undefined) void this.#serveUpgrade(request, socket, head, headers).catch(fail);
      else fail(error);
    };
    if (this.#middlewares.length === 0) serve({});
    else runForUpgrade(this.#middlewares, request, socket, (headers, error) => serve(answerHeaders(headers), error));
  }

  /** End all sessions with "server shutting down", refuse new ones, and wait until the WebSockets are closed. Idempotent. */
  async close(): Promise<void> {
    this.#admission.isClosed = true;
    for (const detach of this.#detach.splice(0)) detach();
    for (const socket of Object.values(this.clients)) socket.session.fail("server shutting down", undefined, GOING_AWAY);
    await Promise.all([...this.#connections].map((connection) => connection.closed));
    this.emit("close");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const judged = judgeOrigin(request, this.opts.cors);
    const cors = judged instanceof Promise ? await judged : judged;
    if (cors === undefined) this.#refuse(request, response, invalidOrigin(request));
    else if (request.method === "OPTIONS") answerPreflight(response, cors, this.opts.cors?.optionsSuccessStatus);
    else await this.#serveAllowed(request, response, cors);
  }

  async #serveAllowed(request: IncomingMessage, response: ServerResponse, cors: Readonly<Record<string, string>>): Promise<void> {
    const intent = readIntent(request, false, this.opts, this.clients);
    if (isRefusal(intent)) {
      this.#refuse(request, response, intent, cors);
      return;
    }
    const headers: AnswerHeaders = { ...cors };
    if (intent.kind === "session") {
      this.emit("headers", headers, request);
      this.#carry(intent.socket, request, response, headers);
      return;
    }
    const id = await this.#admission.admit(request, this.clientsCount);
    if (typeof id !== "string") {
      this.#refuse(request, response, id, cors);
      return;
    }
    this.#addInitialHeaders(headers, id, request);
    const socket = this.#createSocket(id, request);
    const polling = serverPolling(socket.session, this.opts.maxPacketsPerPayload);
    socket.session.start(polling);
    this.#welcome(socket, this.opts.allowUpgrades && this.opts.transports.includes("websocket") ? ["websocket"] : []);
    handlePoll(polling, response, headers);
  }

  #carry(socket: Socket, request: IncomingMessage, response: ServerResponse, headers: AnswerHeaders): void {
    const { session } = socket;
    session.tick(this.opts.clock.now()); // a request after the deadline finds the session over, however late the sweep
    const { carrier } = session;
    if (session.state === "closed" || !(carrier instanceof ServerPolling)) {
      this.#refuse(request, response, refusal(errorCodes.unknownSid, { sid: socket.id }));
    } else if (request.method === "GET") {
      handlePoll(carrier, response, headers);
    } else {
      handlePost(carrier, request, response, headers, this.opts.maxHttpBufferSize);
    }
  }

  async #serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, headers: AnswerHeaders): Promise<void> {
    socket.on("error", hangUp); // until the connection has its own listeners
    const cors = await judgeOrigin(request, this.opts.cors);
    const intent = cors === undefined ? invalidOrigin(request) : readIntent(request, true, this.opts, this.clients);
    if (isRefusal(intent)) {
      this.#refuseUpgrade(request, socket, intent);
      return;
    }
    if (intent.kind === "session") {
      this.emit("headers", headers, request);
      await this.#tryUpgrade(intent.socket, request, socket, head, headers);
      return;
    }
    const id = await this.#admission.admit(request, this.clientsCount);
    if (typeof id !== "string") {
      this.#refuseUpgrade(request, socket, id);
      return;
    }
    this.#addInitialHeaders(headers, id, request);
    const connection = await this.#accept(request, socket, head, headers);
    if (connection === undefined || this.#admission.isClosed) {
      this.#admission.settle(id);
      if (connection !== undefined) this.#discard(connection, GOING_AWAY);
      return;
    }
    const client = this.#createSocket(id, request);
    const carrier = new WebSocketCarrier(client.session, connection, this.#onGone);
    client.session.start(carrier);
    this.#welcome(client, []);
    carrier.listen();
  }

  /** A second transport for a session; where it is not wanted, it is closed and the session goes on. */
  async #tryUpgrade(client: Socket, request: IncomingMessage, socket: Duplex, head: Buffer, headers: AnswerHeaders): Promise<void> {
    const connection = await this.#accept(request, socket, head, headers);
    if (connection === undefined) return;
    const carrier = new WebSocketCarrier(client.session, connection, this.#onGone);
    if (!this.opts.allowUpgrades || !client.session.tryUpgrade(carrier)) this.#discard(connection);
    else carrier.listen();
  }

  async #accept(request: IncomingMessage, socket: Duplex, head: Buffer, responseHeaders: AnswerHeaders): Promise<WebSocketConnection | undefined> {
    try {
      const options = Object.keys(responseHeaders).length === 0 ? this.#acceptOptions : { ...this.#acceptOptions, responseHeaders };
      const connection = await accept(request, socket, head, options);
      socket.off("error", hangUp);
      this.#connections.add(connection);
      return connection;
    } catch (error) {
      this.emit("connection_error", { req: request, code: errorCodes.badRequest, message: "Bad request", context: { name: "TRANSPORT_HANDSHAKE_ERROR", error } });
      return undefined;
    }
  }

  /** Closes a connection that no carrier listens to. */
  #discard(connection: WebSocketConnection, code?: number): void {
    void connection.close(code).then(() => this.#onGone(connection));
  }

  readonly #onGone = (connection: WebSocketConnection): void => {
    this.#connections.delete(connection);
  };

  #createSocket(id: string, request: IncomingMessage): Socket {
    const socket = new Socket(id, request, this.#config, this.#hooks, this.opts.maxHttpBufferSize, this.opts.onError);
    this.clients[id] = socket;
    this.clientsCount++;
    this.#admission.settle(id);
    this.#sweep.add(socket.session);
    return socket;
  }

  /** OPEN, the first message if there is one, and then the application. */
  #welcome(socket: Socket, upgrades: readonly string[]): void {
    const { pingInterval, pingTimeout, maxHttpBufferSize, initialPacket } = this.opts;
    socket.session.open(encodeOpen({ sid: socket.id, upgrades, pingInterval, pingTimeout, maxPayload: maxHttpBufferSize }), pingInterval, pingTimeout);
    if (initialPacket !== undefined) void socket.send(initialPacket);
    this.emit("connection", socket);
    socket.emit("open");
  }

  #addInitialHeaders(headers: AnswerHeaders, id: string, request: IncomingMessage): void {
    if (this.#cookie !== undefined) headers["Set-Cookie"] = serializeCookie(this.#cookie, id);
    this.emit("initial_headers", headers, request);
    this.emit("headers", headers, request);
  }

  #forget(socket: Socket): void {
    delete this.clients[socket.id]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- the peers' `clients` is an object
    this.clientsCount--;
    this.#sweep.delete(socket.session);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, reason: Refusal, headers?: Readonly<Record<string, string>>): void {
    refuseRequest(response, reason, headers);
    this.#reportRefusal(request, reason);
  }

  #refuseUpgrade(request: IncomingMessage, socket: Duplex, reason: Refusal): void {
    refuseUpgrade(socket, reason);
    this.#reportRefusal(request, reason);
  }

  #reportRefusal(req: IncomingMessage, { code, message, context }: Refusal): void {
    this.emit("connection_error", { req, code, message, context });
  }

  /** A middleware, or code of the application behind an option, failed: the request is refused, the failure reported. */
  #failed(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    this.opts.onError(error, { event: "request" });
    this.#refuse(request, response, refusal(errorCodes.badRequest, { name: "MIDDLEWARE_FAILURE", error }));
  }
}

function hangUp(this: Duplex): void {
  this.destroy();
}

function invalidOrigin(request: IncomingMessage): Refusal {
  return refusal(errorCodes.forbidden, { name: "INVALID_ORIGIN", origin: request.headers.origin });
}

function answerPreflight(response: ServerResponse, headers: Readonly<Record<string, string>>, status = 204): void {
  response.writeHead(status, { ...headers, "Content-Length": 0 });
  response.end();
}

/** Node's header values as a record that listeners and the handshake take. */
function answerHeaders(headers: OutgoingHttpHeaders): AnswerHeaders {
  const record: AnswerHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) record[name] = typeof value === "number" ? String(value) : value;
  }
  return record;
}

function nothing(): void {
  // a server's sessions are open from the start
}
