/**
 * `serve`: a whole WebSocket server, on a port of its own or beside an http server's other work.
 *
 * Room: simple-ws node.
 */
import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { callSafely, reportHandlerError } from "@x/errors/handlers";
import { Registry } from "@x/errors/registry";
import { ConnectionError } from "@x/errors/simple-ws";
import { prepareMessage, type PreparedMessage } from "@x/wsframe";
import type { Sendable, SendOptions } from "../shell/contract.js";
import type { Driver } from "../shell/driver.js";
import { checkClose, payloadOf } from "../shell/payload.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { refuse, refused, serverClosing } from "./refusals.js";
import { nodeRuntime } from "./runtime.js";
import { parseServeOptions, type ServeOptions, type ServeSettings } from "./serve-options.js";
import { acceptOn, type ConnectionOwner } from "./upgrade.js";

/** Why a server goes away: what its clients are told. */
export interface CloseServerOptions {
  /** Default 1001. */
  readonly code?: number;
  /** Default "Server is closing". */
  readonly reason?: string;
}

/** Who is left out of a broadcast, and how it is sent. */
export interface BroadcastOptions extends SendOptions {
  /** Left out: whom the message comes from. */
  readonly except?: WebSocketConnection;
  /** Who gets it. Default: all. */
  readonly filter?: (connection: WebSocketConnection) => boolean;
}

const GOODBYE: Required<CloseServerOptions> = { code: 1001, reason: "Server is closing" };

/** A running server. */
export class WebSocketServer implements ConnectionOwner {
  readonly #options: ServeOptions;
  readonly #settings: ServeSettings;
  readonly #server: Server;
  readonly #connections = new Registry<Driver, WebSocketConnection>();
  /** Of a TLS server of our own, all of them: node:https knows only those whose TLS handshake is over. */
  readonly #tcp = new Set<Socket>();
  /** Handshakes under way. */
  #opening = 0;
  #closing: Promise<void> | undefined;
  readonly #ending = new AbortController();
  #goodbye = GOODBYE;

  /** @internal */
  constructor(options: ServeOptions, settings: ServeSettings, server: Server) {
    this.#options = options;
    this.#settings = settings;
    this.#server = server;
    setMaxListeners(0, this.#ending.signal); // one for every request that is being verified
    server.on("upgrade", this.#onUpgrade);
    if (settings.isOwn) server.on("request", refuseRequest);
    if (settings.isOwn && settings.isSecure) this.#watch(server);
  }

  get port(): number {
    return this.#address().port;
  }

  /** Where a client on this machine connects to. */
  get url(): string {
    const { address, family, port } = this.#address();
    const host = address === "::" || address === "0.0.0.0" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
    return `${this.#settings.isSecure ? "wss" : "ws"}://${host}:${port}${this.#settings.path ?? "/"}`;
  }

  /** The connections that are open now: a copy. */
  get connections(): ReadonlySet<WebSocketConnection> {
    return new Set(this.#connections.values());
  }

  get connectionsCount(): number {
    return this.#connections.size;
  }

  /**
   * Sends one message to all open connections, encoded (and compressed) once. Whoever does not keep up is not waited for:
   * a connection that holds more than its `highWaterMarkBytes`, or has no room for the message, is left out.
   * @returns how many it was sent to.
   * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`.
   */
  broadcast(data: Sendable | PreparedMessage, options: BroadcastOptions = {}): number {
    const { except, filter } = options;
    const message = typeof data === "object" && "frame" in data ? data : prepareMessage(payloadOf(data));
    let sent = 0;
    this.#connections.forEach((connection) => {
      if (connection === except || filter?.(connection) === false) return;
      if (connection.trySendPrepared(message, options)) sent++;
    });
    return sent;
  }

  /**
   * Takes no more connections, closes those that are open, and stops listening (on a server of its own).
   * @returns when the last one has gone, which takes at most `closeTimeoutMs`. Idempotent.
   * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`.
   */
  close(options: CloseServerOptions = {}): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    const goodbye = { ...GOODBYE, ...options };
    checkClose(goodbye.code, goodbye.reason);
    this.#goodbye = goodbye;
    this.#closing = this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { isOwn } = this.#settings;
    const { code, reason } = this.#goodbye;
    this.#ending.abort();
    const stopped = isOwn ? new Promise<void>((resolve) => this.#server.close(() => resolve())) : undefined;
    await Promise.all(this.#connections.values().map((connection) => connection.close(code, reason)));
    if (isOwn) this.#server.closeAllConnections();
    for (const socket of this.#tcp) socket.destroy();
    await stopped;
    this.#server.off("upgrade", this.#onUpgrade);
  }

  #watch(server: Server): void {
    const tcp = this.#tcp;
    const forget = function (this: Socket): void {
      tcp.delete(this);
    };
    server.on("connection", (socket: Socket) => {
      tcp.add(socket);
      socket.once("close", forget);
    });
  }

  /** For {@link acceptOn}. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** For {@link acceptOn}. */
  onOpened(driver: Driver, connection: WebSocketConnection): void {
    this.#connections.set(driver, connection);
  }

  /** For {@link acceptOn}. */
  onGone(driver: Driver): void {
    this.#connections.delete(driver);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!this.#settings.isOwn && !this.#isForUs(request)) return;
    try {
      const connection = this.#accept(request, socket, head);
      if (connection instanceof Promise) void this.#wait(connection, request);
    } catch (error) {
      this.#reportRefusal(error, request);
    }
  };

  /** @throws {ConnectionError} at once or later: refused, and answered. */
  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): WebSocketConnection | Promise<WebSocketConnection> {
    const refusal = this.#refusalOf(request);
    if (refusal === undefined) return acceptOn(nodeRuntime(), request, socket, head, this.#options, this);
    throw refuse(request, socket, refusal);
  }

  async #wait(opening: Promise<WebSocketConnection>, request: IncomingMessage): Promise<void> {
    this.#opening++;
    try {
      await opening;
    } catch (error) {
      this.#reportRefusal(error, request);
    } finally {
      this.#opening--;
    }
  }

  #refusalOf(request: IncomingMessage): ConnectionError | undefined {
    const { maxConnections } = this.#settings;
    if (!this.#isForUs(request)) return refused({ statusCode: 404 }, "nothing is served at this path");
    if (this.#closing !== undefined) return serverClosing();
    if (this.#connections.size + this.#opening >= maxConnections) return refused({ statusCode: 503, headers: { "Retry-After": "10" } }, `${maxConnections} connections are open, must be fewer`, "simple-ws/overloaded");
    return undefined;
  }

  #isForUs(request: IncomingMessage): boolean {
    const { path } = this.#settings;
    return path === undefined || pathOf(request.url ?? "") === path;
  }

  /** For {@link acceptOn}. */
  readonly greet = (connection: WebSocketConnection, request: IncomingMessage): void => {
    if (this.#closing !== undefined) {
      void connection.close(this.#goodbye.code, this.#goodbye.reason); // it was being verified when we closed
      return;
    }
    const { onConnection, onError } = this.#options;
    callSafely(() => onConnection(connection, request), [], (error) => {
      if (onError === undefined) reportHandlerError(error, { event: "connection" });
      else callSafely(() => onError(error, connection), []);
      void connection.close(1011, "Internal error");
    });
  };

  #reportRefusal(error: unknown, request: IncomingMessage): void {
    callSafely(() => this.#options.onRefused?.(error, request), []);
  }

  #address(): AddressInfo {
    const address = this.#server.address();
    if (typeof address === "object" && address !== null) return address;
    throw new ConnectionError("Cannot tell the address: the server listens on none", { code: "simple-ws/network-error" });
  }
}

/**
 * Starts a WebSocket server.
 *
 * @returns the server, listening.
 * @throws {ConnectionError} `simple-ws/network-error`: it cannot listen; the cause is the system's error.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`.
 */
export async function serve(options: ServeOptions): Promise<WebSocketServer> {
  const settings = parseServeOptions(options);
  const server = options.server ?? create(options, settings);
  const sockets = new WebSocketServer(options, settings, server);
  if (settings.isOwn) await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
  return sockets;
}

function create({ tls }: ServeOptions, { handshakeTimeoutMs, maxHeaderBytes }: ServeSettings): Server {
  const http = {
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(handshakeTimeoutMs, 1_000),
    maxHeaderSize: maxHeaderBytes, // over it node:http answers 431
  };
  return tls === undefined ? createServer(http) : createSecureServer({ ...http, handshakeTimeout: handshakeTimeoutMs, ...tls });
}

/** Of a request target in origin form or, as servers must accept it (RFC 9112 §3.2.2), in absolute form. */
function pathOf(target: string): string {
  const [path = ""] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]+/i, "").split("?", 1);
  return path === "" ? "/" : path;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: unknown): void => reject(new ConnectionError(`Cannot listen on ${host}:${port}`, { code: "simple-ws/network-error", cause }));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      server.on("error", (error) => reportHandlerError(error, { event: "server" })); // no room for another connection ends none, and no process
      resolve();
    });
  });
}

/** A plain request to a WebSocket server (RFC 9110 §15.5.22). */
function refuseRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Connection": "close", "Content-Type": "text/plain" });
  response.end("This is a WebSocket server\n");
}
