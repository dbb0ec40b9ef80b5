/**
 * The Socket.IO server on Node: an Engine.IO server, its namespaces, and the HTTP server under them.
 *
 * Room: socketio node. Names as in socket.io 4; everything of the default namespace is also here.
 */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { DrainOptions, DrainReport, FetchInfo, Server as EngineServer, ServerOptions as EngineOptions } from "@x/engineio/server";
import { callSafely } from "@x/errors/handlers";
import { SocketIOError } from "@x/errors/socketio";
import type { Adapter, AdapterFactory } from "../adapter/port.js";
import type { PacketEncoder } from "../core/codec.js";
import { readRecovery } from "../core/recovery.js";
import type { DefaultEventsMap, Untyped } from "../core/event-types.js";
import { type Admission, Client } from "../shell/server/client.js";
import { DefaultNamespace } from "../shell/server/default-namespace.js";
import type { Namespace, NspSocket } from "../shell/server/namespace.js";
import { readSettings, type SocketServerOptions } from "../shell/server/options.js";
import { defaultAdapter, keeperFinder } from "../shell/server/recovery.js";
import { NamespaceRegistry, type NamespaceMatcher } from "../shell/server/registry.js";
import type { EngineConnection, ServerContext } from "../shell/server/ports.js";
import { type ClientFiles, clientFiles } from "./client-files.js";
import { createContext } from "./context.js";
import { Endpoint, httpServerOf } from "./endpoint.js";
import { Engine } from "./engine.js";

/** Our options and all of Engine.IO's. */
export interface ServerOptions extends SocketServerOptions, Omit<EngineOptions, "path" | "onError"> {
  /** Where the client's bundles are, by socket.io-client's names. Default: this package's own; to be given where a server is itself a bundle. */
  readonly clientDirectory?: string;
}

export class Server<Listen = DefaultEventsMap, Emit = DefaultEventsMap, InterServer = DefaultEventsMap, SocketData = Untyped>
  extends DefaultNamespace<Listen, Emit, InterServer, SocketData>
  implements AsyncDisposable {
  override readonly sockets: Namespace<Listen, Emit, InterServer, SocketData>;
  readonly encoder: PacketEncoder;
  readonly opts: ServerOptions;
  /** The Engine.IO server, from {@link attach} on; that it is not there before is kept from the type, as in socket.io. */
  declare engine: EngineServer;
  /** From {@link attach} on, as {@link engine}; none with an engine of the application's own. */
  declare httpServer: HttpServer | HttpsServer;
  #engine: EngineServer | undefined;
  readonly #endpoint = new Endpoint();
  readonly #admission: Admission = (client, ask, auth) => {
    const existing = this.#namespaces.all.get(ask.nsp);
    if (existing !== undefined) existing.admit(client, ask, auth);
    else this.#namespaces.ask(ask.nsp, auth, (namespace) => {
      if (namespace === undefined) client.refuse(ask, { message: "Invalid namespace" });
      else namespace.admit(client, ask, auth);
    });
  };
  readonly #clientFiles: ClientFiles;
  readonly #context: ServerContext;
  /** Read anew for each connection, so that what is set later holds for those that come later. */
  readonly #settings: ReturnType<typeof readSettings>;
  readonly #namespaces: NamespaceRegistry;
  #adapter: AdapterFactory;

  /**
   * @param target a port to listen on, an HTTP server to share, or the options for a later {@link attach}.
   * @throws {SocketIOError} `socketio/invalid-option`; {@link EngineIOError} `engineio/invalid-option` for Engine.IO's.
   */
  constructor(target?: number | HttpServer | HttpsServer | ServerOptions | null, options?: ServerOptions) {
    const isOptions = typeof target === "object" && target !== null && !("listen" in target);
    const opts = options ?? (isOptions ? target : {});
    const settings = readSettings(opts);
    const context = createContext(settings, opts);
    super((error, failure) => context.report(error, failure));
    const recovery = opts.connectionStateRecovery === undefined ? undefined : readRecovery(opts.connectionStateRecovery);
    this.opts = recovery === undefined ? opts : { ...opts, connectionStateRecovery: recovery }; // where adapters look for it
    this.#settings = settings;
    this.#context = context;
    this.encoder = context.encoder;
    this.#clientFiles = clientFiles(opts.clientDirectory);
    this.#adapter = opts.adapter ?? defaultAdapter(recovery, heartbeatMs(opts), context);
    this.#namespaces = new NamespaceRegistry({
      encoder: context.encoder,
      opts: this.opts,
      of: (name) => this.of(name),
      createAdapter: (nsp) => create(this.#adapter, nsp),
      findKeeper: keeperFinder(recovery, context),
      emptied: (nsp) => { if (context.settings.cleanupEmptyChildNamespaces) this.#namespaces.release(nsp.name); },
    }, context);
    this.sockets = this.#namespaces.named("/");
    if (target !== undefined && target !== null && !isOptions) this.attach(target);
  }

  /** Namespaces by name. */
  get _nsps(): ReadonlyMap<string, Namespace> {
    return this.#namespaces.all;
  }

  /**
   * Takes over the requests below `path` of an HTTP server, or opens one on a port.
   * @throws {SocketIOError} `socketio/invalid-argument` for a request handler, such as an Express app: give that to `createServer` first.
   */
  attach(target: number | HttpServer | HttpsServer, options?: ServerOptions): this {
    const engine = this.#createEngine(options); // throws for a wrong option, before anything listens
    const httpServer = httpServerOf(target);
    engine.attach(httpServer);
    this.httpServer = httpServer;
    this.#endpoint.attached(httpServer, engine);
    return this.bind(engine);
  }

  /** {@link attach}. */
  listen(target: number | HttpServer | HttpsServer, options?: ServerOptions): this {
    return this.attach(target, options);
  }

  /** @throws {SocketIOError} `socketio/unsupported`: uWebSockets.js is on no registry, and nothing here is made of it. */
  attachApp(_app: unknown, _options?: ServerOptions): never {
    throw new SocketIOError("Cannot attach to an app of uWebSockets.js, which is not supported: attach to an HTTP server of node:http or node:https", { code: "socketio/unsupported" });
  }

  /** Serves the sessions of an Engine.IO server of the application's own. */
  bind(engine: EngineServer): this {
    this.engine = this.#engine = engine;
    this.#endpoint.add(engine);
    engine.on("connection", (conn) => this.onconnection(conn));
    return this;
  }

  /** Serves one Engine.IO session, wherever it comes from. */
  onconnection(conn: EngineConnection): this {
    new Client(conn, this.#context, this.#admission);
    return this;
  }

  /** Handles one HTTP request of a server that is not attached to; the answer is always written. */
  readonly handleRequest = (request: IncomingMessage, response: ServerResponse): void => this.#anyEngine.handleRequest(request, response);

  /** Handles one `upgrade` request of a server that is not attached to; the socket is always answered. */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => this.#anyEngine.handleUpgrade(request, socket, head);

  /**
   * Handles one Web-standard request: polling, for frameworks that speak `Request` and `Response`. WebSockets need {@link handleUpgrade};
   * without one, set `transports: ["polling"]`.
   * @returns the answer; rejects with the reason of the request's signal when the client hangs up.
   */
  readonly fetch = (request: Request, info?: FetchInfo): Promise<Response> => this.#anyEngine.fetch(request, info);

  /** @returns the port on which the HTTP server listens. */
  get port(): number | undefined {
    return this.#endpoint.port;
  }

  /** @returns `http://host:port` (`https:` for such a server) where it listens. */
  get url(): string | undefined {
    return this.#endpoint.url;
  }

  /** The path of the endpoint, without a slash at its end; given one, sets it for the next {@link attach}. */
  path(): string;
  path(path: string): this;
  path(path?: string): string | this {
    if (path === undefined) return this.#settings.path;
    this.#settings.path = readSettings({ path }).path;
    return this;
  }

  /** Whether the client's bundles are served; given a boolean, sets it. */
  serveClient(): boolean;
  serveClient(isServed: boolean): this;
  serveClient(isServed?: boolean): boolean | this {
    if (isServed === undefined) return this.#settings.serveClient;
    this.#settings.serveClient = isServed;
    return this;
  }

  /** How long a client may take to join its first namespace, in milliseconds; given a number, sets it for clients that come later. */
  connectTimeout(): number;
  connectTimeout(timeoutMs: number): this;
  connectTimeout(timeoutMs?: number): number | this {
    if (timeoutMs === undefined) return this.#settings.connectTimeout;
    this.#settings.connectTimeout = readSettings({ connectTimeout: timeoutMs }).connectTimeout;
    return this;
  }

  /**
   * The namespace of a name (made when there is none), or the template of all that match a RegExp or a function.
   * @param listener for its `connect` event, which comes before `connection`.
   */
  of<L = Listen, E = Emit, I = InterServer, D = SocketData>(name: string | RegExp | NamespaceMatcher, listener?: (socket: NspSocket<L, E, I, D>) => unknown): Namespace<L, E, I, D> {
    const namespace: Namespace<L, E, I, D> = typeof name === "string" ? this.#namespaces.named(name) : this.#namespaces.matching(name);
    if (listener !== undefined) namespace.onConnection(listener);
    return namespace;
  }

  /** What delivers broadcasts; given one, changes it in every namespace, before the first client connects. */
  adapter(): AdapterFactory;
  adapter(factory: AdapterFactory): this;
  adapter(factory?: AdapterFactory): AdapterFactory | this {
    if (factory === undefined) return this.#adapter;
    this.#adapter = factory;
    for (const namespace of this.#namespaces.all.values()) namespace.renewAdapter();
    return this;
  }

  /**
   * Ends every socket ("server shutting down"), every connection, the adapters, and the HTTP server, the last within {@link ServerOptions.httpCloseTimeout}. Idempotent.
   * @param callback called when all have ended, with what the HTTP server says if it did not listen; the promise does not reject for that.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    const namespaces = [...this.#namespaces.all.values()]; // with those that go when their sockets do
    for (const { sockets } of namespaces) for (const socket of [...sockets.values()]) socket.end("server shutting down");
    const adapters = namespaces.map((namespace) => namespace.closeAdapter());
    const error = await this.#endpoint.close(); // at once: an adapter that never ends keeps no connection
    await Promise.all(adapters);
    if (callback !== undefined) callSafely(callback, [error], (failure) => this.#context.report(failure, { event: "close" }));
  }

  /** Are new clients refused, because of {@link drain} or {@link close}? For health checks. */
  get isClosing(): boolean {
    return this.#endpoint.isClosing;
  }

  /**
   * Goes out of service: new clients are refused with 503 and `Retry-After`, those that are there are hung up on one after the
   * other, each after what was sent to it, and not told to stay away, so that they connect again elsewhere. Keep listening until it resolves.
   * @throws {EngineIOError} (as a rejection) `engineio/invalid-option` naming the option; nothing has changed then.
   */
  drain(options: DrainOptions = {}): Promise<DrainReport> {
    return this.#endpoint.drain(options);
  }

  /** {@link drain}, and then {@link close}. */
  async shutdown(options: DrainOptions = {}): Promise<DrainReport> {
    const report = await this.drain(options);
    await this.close();
    return report;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The one that there is, or one that nothing is attached to. */
  get #anyEngine(): EngineServer {
    if (this.#engine === undefined) this.bind(this.#createEngine());
    return this.engine;
  }

  #createEngine(options?: ServerOptions): EngineServer {
    const engineOptions = { ...this.opts, ...options, path: options?.path ?? this.#settings.path, onError: this.#context.report };
    return new Engine(engineOptions, () => (this.#settings.serveClient ? this.#clientFiles : undefined));
  }
}

/** @returns the longest silence of a connection that is still taken for alive: a busy server may be late to notice one. */
function heartbeatMs({ pingInterval = 25_000, pingTimeout = 20_000 }: ServerOptions): number {
  return 2 * (pingInterval + pingTimeout);
}

/** A class must be constructed, a plain function called. */
function create(factory: AdapterFactory, nsp: unknown): Adapter {
  const isClass = factory.prototype !== undefined;
  return isClass ? (Reflect.construct(factory, [nsp]) as Adapter) : (factory as (nsp: unknown) => Adapter)(nsp);
}
