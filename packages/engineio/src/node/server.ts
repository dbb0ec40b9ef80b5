/**
 * The Engine.IO server: what applications hold.
 *
 * Room: engineio node. Names, events and defaults are the peers' (`engine.io` 6, and by session id those of python-engineio);
 * limits are on and pages of other origins are refused on both transports.
 */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Emitter } from "@x/errors/emitter";
import type { PreparedPacket, SendOptions } from "../core/packet.js";
import type { MessageData } from "../shell/ports.js";
import type { PacketStream } from "../shell/packet-stream.js";
import { addressOf, urlOf } from "./address.js";
import { answerHeaders } from "./answer-headers.js";
import { type AttachOptions, attachTo } from "./attach.js";
import { recordOf } from "./clients.js";
import { closeHttpServer } from "./close-http.js";
import type { ServerContext } from "./context.js";
import { asksApplication } from "./cookie.js";
import { CustomTransports } from "./custom-transports.js";
import { Drain, type DrainOptions, type DrainReport, drainDurationMs } from "./drain.js";
import { passOrigin } from "./gate.js";
import { randomIds } from "./random-ids.js";
import { Requests } from "./server-requests.js";
import { type Middleware, runForUpgrade, runMiddlewares } from "./middleware.js";
import { type ParsedServerOptions, parseServerOptions } from "./parse-options.js";
import type { ServerEvents } from "./server-events.js";
import type { ServerOptions } from "./server-options.js";
import type { Socket } from "./server-socket.js";
import { Sessions } from "./sessions.js";
import { Upgrades } from "./upgrades.js";
import { isRefusal } from "./verify.js";
import { type FetchInfo, answerWebRequest, toIncomingMessage } from "./web-request.js";

const GOING_AWAY = 1001;

/** Where a transport of the application's own comes from. */
export interface TransportOrigin extends FetchInfo {
  /** The request that opened it: its headers are judged, and it becomes the socket's `request`. */
  readonly request: IncomingMessage | Request;
  /** The session that it is to take over; without one, it opens a session. */
  readonly sid?: string | undefined;
}

/**
 * Attach it to a node:http(s) server, or hand it requests by `handleRequest` and `handleUpgrade`, or by `fetch`.
 * `Data` is what {@link getSession} and {@link saveSession} keep for each session.
 */
export class Server<Data extends object = Record<string, unknown>> extends Emitter<ServerEvents> implements AsyncDisposable {
  readonly opts: ParsedServerOptions;
  /** Sessions by id, those of now: a view, which cannot be written to. {@link clientsCount} counts them for less. */
  readonly clients: Readonly<Record<string, Socket>>;
  /** The server last attached to. */
  httpServer: HttpServer | undefined;
  readonly #sessions: Sessions;
  readonly #requests: Requests;
  readonly #upgrades: Upgrades;
  readonly #customTransports: CustomTransports;
  readonly #middlewares: Middleware[] = [];
  readonly #detach: (() => void)[] = [];
  readonly #owned: HttpServer[] = [];
  readonly #randomId: () => string = randomIds();

  /** @throws {EngineIOError} `engineio/invalid-option` naming the option. */
  constructor(options: ServerOptions = {}) {
    const opts = parseServerOptions(options);
    super({ onError: opts.onError });
    this.opts = opts;
    this.#sessions = new Sessions(opts, {
      newId: (request) => this.generateId(request),
      seesRequests: () => this.#showsRequests(),
      announce: (socket) => this.#announce(socket),
    });
    this.clients = recordOf(this.#sessions.sockets);
    const context: ServerContext = { opts, sessions: this.#sessions, events: this };
    this.#requests = new Requests(context);
    this.#upgrades = new Upgrades(context);
    this.#customTransports = new CustomTransports(context);
  }

  get clientsCount(): number {
    return this.#sessions.sockets.size;
  }

  /** Are new sessions refused, because of {@link drain}, {@link shutdown} or {@link close}? For health checks. */
  get isClosing(): boolean {
    return this.#sessions.admission.isClosing;
  }

  /** The port of the server last attached to. @throws {EngineIOError} `engineio/error` while it does not listen. */
  get port(): number {
    return addressOf(this.httpServer).port;
  }

  /** Its URL, for clients on this machine, e.g. `http://127.0.0.1:3000`. Throws as {@link port}. */
  get url(): string {
    return urlOf(this.httpServer);
  }

  /** The id of a new session: the option `generateId`, or 120 random bits. Applications may replace it. */
  generateId(request: IncomingMessage): string | Promise<string> {
    const { generateId } = this.opts;
    return generateId === undefined ? this.#randomId() : generateId(request);
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

  /** Close `server`, too, when this one closes; within {@link ServerOptions.httpCloseTimeout}. */
  own(server: HttpServer): this {
    this.#owned.push(server);
    return this;
  }

  /** Run `middleware` before every request, upgrades included; those added first run first. */
  use(middleware: Middleware): this {
    this.#middlewares.push(middleware);
    return this;
  }

  /**
   * Handle one HTTP request; the answer is always written.
   * @param isShared `false` when nobody else has seen, or will see, the request: a session that it opens then keeps its content alone. Default `true`.
   */
  handleRequest(request: IncomingMessage, response: ServerResponse, isShared = true): void {
    if (this.#middlewares.length === 0) {
      this.#requests.serve(request, response, isShared);
      return;
    }
    runMiddlewares(this.#middlewares, request, response, (error) => {
      if (error === undefined) this.#requests.serve(request, response, isShared);
      else this.#requests.refuse(request, response, error);
    });
  }

  /** Handle one `upgrade` request; the socket is always answered. `isShared` as in {@link handleRequest}. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, isShared = true): void {
    if (this.#middlewares.length === 0) {
      this.#upgrades.serve({ request, socket, head, headers: {}, isShared: isShared || this.#showsRequests() });
      return;
    }
    runForUpgrade(this.#middlewares, request, socket, (headers, error) => {
      if (error === undefined) this.#upgrades.serve({ request, socket, head, headers: answerHeaders(headers), isShared: true });
      else this.#upgrades.failed(request, socket, error);
    });
  }

  /**
   * Handle one Web-standard request: polling, for frameworks that speak `Request` and `Response`. A function of its own, so that
   * `{ fetch: engine.fetch }` works. WebSockets need {@link handleUpgrade}; without one, set `transports: ["polling"]`.
   * @returns the answer; rejects with the reason of the request's signal when the client hangs up.
   */
  readonly fetch = (request: Request, info: FetchInfo = {}): Promise<Response> =>
    answerWebRequest(request, info, (incoming, response) => this.handleRequest(incoming, response));

  /**
   * What `cors` says to a request that somebody else answers below the path: a page's script, a health check.
   * @returns the headers of its answer; `undefined` for a page that may not talk to this server. Rejects as functions in `cors` do.
   */
  async corsHeaders(request: IncomingMessage): Promise<Readonly<Record<string, string>> | undefined> {
    const passed = await passOrigin(request, this.opts);
    return isRefusal(passed) ? undefined : passed.headers;
  }

  /**
   * Open a session on, or upgrade one to, a transport of the application's own, whose name is among `customTransports`. The peers'
   * `onWebTransportSession` is this, for a `PacketStream` over the WebTransport library of your choice. Middlewares do not run.
   * @returns the session's socket.
   * @throws {ConnectionError} the refusal: `code`, `httpStatus` and `body` are those of the other transports. The stream is closed.
   */
  handleTransport(stream: PacketStream, { request, sid, ...info }: TransportOrigin): Promise<Socket> {
    return this.#customTransports.serve(stream, request instanceof Request ? toIncomingMessage(request, info) : request, sid);
  }

  /** {@link Socket.send} of session `sid`. @throws {SocketIsClosedError} `engineio/socket-closed` also where there is no such session. */
  send(sid: string, data: MessageData, options?: SendOptions): Promise<void> {
    return this.#sessions.get(sid).send(data, options);
  }

  /** {@link Socket.trySend} of session `sid`. Never throws. @returns whether it was sent; `false` also where there is no such session. */
  trySend(sid: string, data: MessageData, options?: SendOptions): boolean {
    return this.#sessions.sockets.get(sid)?.trySend(data, options) ?? false;
  }

  /** {@link Socket.sendPrepared} of session `sid`: `prepareMessage` encodes once for many. Throws as {@link send}. */
  sendPrepared(sid: string, packet: PreparedPacket): Promise<void> {
    return this.#sessions.get(sid).sendPrepared(packet);
  }

  /** @returns the name of the transport that session `sid` uses. Throws as {@link send}. */
  transport(sid: string): string {
    return this.#sessions.get(sid).transport.name;
  }

  /** Close session `sid`, or all, each after what was sent to it. Resolves when they have ended; an unknown session has already. */
  async disconnect(sid?: string): Promise<void> {
    if (sid === undefined) await Promise.all(this.#sessions.sockets.values().map((socket) => socket[Symbol.asyncDispose]()));
    else await this.#sessions.sockets.get(sid)?.[Symbol.asyncDispose]();
  }

  /**
   * What the application keeps for session `sid`: a copy, empty at first, as deep as it is plain data; functions, bytes and instances
   * of classes are shared. Until they first wait, `close` listeners still find it.
   * @throws {SocketIsClosedError} `engineio/socket-closed` when there is no such session, or no longer.
   */
  getSession(sid: string): Partial<Data> {
    return this.#sessions.read(sid);
  }

  /** Keep `data` for session `sid`, in place of what was there. Throws as {@link getSession}. */
  saveSession(sid: string, data: Partial<Data>): void {
    this.#sessions.save(sid, data);
  }

  /**
   * Let `change` work on a copy of what is kept for `sid`, and save it once `change` has succeeded: what throws changes nothing.
   * @returns what `change` returns. Throws as {@link getSession}, also when the session ends meanwhile.
   */
  async session<Result>(sid: string, change: (data: Partial<Data>) => Result | Promise<Result>): Promise<Result> {
    const data = this.getSession(sid);
    const result = await change(data);
    this.saveSession(sid, data);
    return result;
  }

  /**
   * Go out of service: new sessions are refused with 503 and `Retry-After`, those that are there are closed one after the other,
   * each after what was sent to it. Requests of sessions that are left are served, so keep listening until it resolves.
   * @throws {EngineIOError} `engineio/invalid-option` naming the option; nothing has changed then.
   */
  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    const { clock } = this.opts;
    const sockets = this.#sessions.sockets.values();
    this.#sessions.admission.closingMs ??= clock.now() + drainDurationMs(sockets.length, options);
    const report = await new Drain(sockets, options, clock).run();
    await this.#upgrades.allClosed();
    return report;
  }

  /** {@link drain}, and then {@link close}. */
  async shutdown(options: DrainOptions = {}): Promise<DrainReport> {
    const report = await this.drain(options);
    await this.close();
    return report;
  }

  /** End all sessions with "server shutting down", refuse new ones, and wait until the WebSockets and an HTTP server of its own are closed. Idempotent. */
  async close(): Promise<void> {
    const { clock, httpCloseTimeout } = this.opts;
    this.#sessions.admission.closingMs ??= clock.now();
    for (const detach of this.#detach.splice(0)) detach();
    const closed = this.#owned.splice(0).map((server) => closeHttpServer(server, { timeoutMs: httpCloseTimeout, clock }));
    for (const socket of this.#sessions.sockets.values()) socket.session.fail("server shutting down", undefined, GOING_AWAY);
    await Promise.all([...closed, this.#upgrades.allClosed()]);
    this.emit("close");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Does code of the application's see requests before their sessions are open? */
  #showsRequests(): boolean {
    const { allowRequest, cors, cookie } = this.opts;
    if (this.#middlewares.length > 0 || this.hasListeners("initial_headers") || this.hasListeners("headers")) return true;
    if (this.generateId !== Server.prototype.generateId || this.opts.generateId !== undefined || allowRequest !== undefined) return true;
    return typeof cors === "function" || (cookie !== undefined && asksApplication(cookie));
  }

  /** A socket whose queue is watched is slower, so only a server that is listened to watches. */
  #announce(socket: Socket): void {
    if (this.hasListeners("flush")) socket.on("flush", () => this.emit("flush", socket));
    if (this.hasListeners("drain")) socket.on("drain", () => this.emit("drain", socket));
    this.emit("connection", socket);
  }
}
