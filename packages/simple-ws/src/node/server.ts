/**
 * `serve`: a whole WebSocket server, on a port of its own or beside an http server's other work.
 *
 * Room: simple-ws node.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { callSafely, reportHandlerError } from "@x/errors/handlers";
import { ConnectionError } from "@x/errors/simple-ws";
import { parseNumbers } from "../core/options.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { nodeRuntime } from "./runtime.js";
import { HANDSHAKE_TIMEOUT_MS, type AcceptOptions } from "./server-options.js";
import { acceptOn, answer, refused } from "./upgrade.js";

export interface ServeOptions extends AcceptOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default "127.0.0.1"; "0.0.0.0" or "::" to be reached from elsewhere. */
  readonly host?: string;
  /** Serves on this server, which the caller starts and stops, instead of one of its own. */
  readonly server?: Server;
  /** Only requests for this path. Default all; others get 404 on a server of its own, and are left alone on a given one. */
  readonly path?: string;
  /** Open connections at once. Default 10 000. Over it: 503, `simple-ws/overloaded`. */
  readonly maxConnections?: number;
  /** A connection is open. What this throws or rejects with closes it with 1011 and goes to {@link onError}. */
  readonly onConnection: (connection: WebSocketConnection, request: IncomingMessage) => unknown;
  /** Failures of {@link onConnection}. Default: the reporter of `@x/errors/handlers`. */
  readonly onError?: (error: unknown, connection: WebSocketConnection) => void;
  /** Requests that were refused, after their answer. Default: nothing. */
  readonly onRefused?: (error: unknown, request: IncomingMessage) => void;
}

export const MAX_CONNECTIONS = 10_000;

/** A running server. */
export class WebSocketServer {
  readonly #options: ServeOptions;
  readonly #maxConnections: number;
  readonly #server: Server;
  readonly #isOwn: boolean;
  readonly #connections = new Set<WebSocketConnection>();
  /** Handshakes under way. */
  #opening = 0;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(options: ServeOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.#isOwn = options.server === undefined;
    this.#maxConnections = parseNumbers(options, { maxConnections: MAX_CONNECTIONS }, new Set()).maxConnections;
    server.on("upgrade", this.#onUpgrade);
    if (this.#isOwn) server.on("request", refuseRequest);
  }

  get port(): number {
    return this.#address().port;
  }

  /** Where a client on this machine connects to. */
  get url(): string {
    const { address, family, port } = this.#address();
    const host = address === "::" || address === "0.0.0.0" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
    return `ws://${host}:${port}${this.#options.path ?? "/"}`;
  }

  /** Connections that are open now. */
  get connections(): ReadonlySet<WebSocketConnection> {
    return this.#connections;
  }

  /**
   * Takes no more connections, closes those that are open with 1001, and stops listening (on a server of its own).
   * @returns when the last one has gone, which takes at most `closeTimeoutMs`. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const stopped = this.#isOwn ? new Promise<void>((resolve) => this.#server.close(() => resolve())) : undefined;
    await Promise.all(Array.from(this.#connections, (connection) => connection.close(1001, "Server is closing")));
    if (this.#isOwn) this.#server.closeAllConnections();
    await stopped;
    this.#server.off("upgrade", this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!this.#isOwn && !this.#isForUs(request)) return;
    void this.#admit(request, socket, head);
  };

  readonly #onGone = (connection: WebSocketConnection): void => {
    this.#connections.delete(connection);
  };

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#opening++;
    try {
      const connection = await this.#accept(request, socket, head);
      this.#track(connection);
      this.#run(connection, request);
    } catch (error) {
      callSafely(() => this.#options.onRefused?.(error, request), []);
    } finally {
      this.#opening--;
    }
  }

  async #accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocketConnection> {
    const refusal = this.#refusalOf(request);
    if (refusal === undefined) return await acceptOn(nodeRuntime(), request, socket, head, this.#options, this.#onGone);
    socket.on("error", ignore);
    throw answer(socket, refusal);
  }

  #refusalOf(request: IncomingMessage): ConnectionError | undefined {
    if (!this.#isForUs(request)) return refused({ statusCode: 404 }, "nothing is served at this path");
    if (this.#closing !== undefined) return refused({ statusCode: 503 }, "the server is closing", "simple-ws/server-closing");
    if (this.#connections.size + this.#opening > this.#maxConnections) return refused({ statusCode: 503, headers: { "Retry-After": "10" } }, `${this.#maxConnections} connections are open, must be fewer`, "simple-ws/overloaded");
    return undefined;
  }

  #isForUs(request: IncomingMessage): boolean {
    const { path } = this.#options;
    return path === undefined || request.url?.split("?", 1)[0] === path;
  }

  #track(connection: WebSocketConnection): void {
    if (connection.state === "closed") return; // gone before anybody heard of it
    this.#connections.add(connection);
    if (this.#closing !== undefined) void connection.close(1001, "Server is closing");
  }

  #run(connection: WebSocketConnection, request: IncomingMessage): void {
    const { onConnection, onError } = this.#options;
    callSafely(() => onConnection(connection, request), [], (error) => {
      if (onError === undefined) reportHandlerError(error, { event: "connection" });
      else callSafely(() => onError(error, connection), []);
      void connection.close(1011, "Internal error");
    });
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
  const { handshakeTimeoutMs } = parseNumbers(options, { handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS }, new Set());
  const server = options.server ?? createServer({ headersTimeout: handshakeTimeoutMs, requestTimeout: handshakeTimeoutMs, connectionsCheckingInterval: Math.min(handshakeTimeoutMs, 1_000) });
  const sockets = new WebSocketServer(options, server);
  if (options.server === undefined) await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
  return sockets;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: unknown): void => reject(new ConnectionError(`Cannot listen on ${host}:${port}`, { code: "simple-ws/network-error", cause }));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      resolve();
    });
  });
}

/** A plain request to a WebSocket server (RFC 9110 §15.5.22). */
function refuseRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Connection": "close", "Content-Type": "text/plain" });
  response.end("This is a WebSocket server\n");
}

function ignore(): void {
  // the refusal is known
}
