/**
 * The client: connecting, upgrading, and what a page hears of. Names and events are `engine.io-client`'s.
 *
 * Room: engineio shell. HTTP, WebSocket and time are the platform's.
 */
import { ConnectionError } from "@x/errors/engineio";
import type { Handshake } from "../core/open.js";
import { type TransportName, Wire } from "../core/packet.js";
import type { CloseReason, SessionConfig } from "../core/session-config.js";
import { type ClientOptions, type ParsedClientOptions, parseClientOptions } from "./client-options.js";
import { ClientRequests } from "./client-requests.js";
import type { SocketHooks } from "./delivery.js";
import type { ClientPlatform, ClientStream, MessageData, RequestSettings } from "./ports.js";
import { EngineSocket, type SendOptions } from "./socket.js";
import { Target } from "./target.js";

/** Options of {@link connectWith}. */
export interface ConnectOptions extends ClientOptions {
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
}

/** One connection to a server. Opens itself; a closed one stays closed. */
export class ClientSocket extends EngineSocket {
  /** Has the last connection of this process or page got as far as WebSocket? For `rememberUpgrade`. */
  static priorWebsocketSuccess = false;
  /** The session's id, once open. */
  id: string | undefined;
  readonly opts: ParsedClientOptions;
  readonly #platform: ClientPlatform;
  readonly #target: Target;
  readonly #settings: RequestSettings;
  /** Gives up the WebSocket that is being opened. */
  #connecting: AbortController = new AbortController();
  readonly #unwatch: () => void;
  readonly #untried: TransportName[];
  #silenceMs = Infinity;
  #lastHeardMs = 0;

  /** @throws {EngineIOError} `engineio/invalid-option`, {ConnectionError} `engineio/connection-failed` for a bad URL. */
  constructor(url: string | undefined, options: ClientOptions, platform: ClientPlatform) {
    const opts = parseClientOptions(options);
    super(sessionConfig(opts, platform), hooks, opts.maxBufferedBytes, opts.maxBufferedBytes, opts.onError);
    this.opts = opts;
    this.#platform = platform;
    this.#target = new Target(url ?? platform.origin() ?? "", opts);
    this.#settings = {
      headers: opts.extraHeaders ?? {},
      withCredentials: opts.withCredentials,
      subprotocols: typeof opts.protocols === "string" ? [opts.protocols] : (opts.protocols ?? []),
      maxMessageBytes: opts.maxMessageBytes,
    };
    const isRemembered = opts.rememberUpgrade && ClientSocket.priorWebsocketSuccess && opts.transports.includes("websocket");
    this.#untried = isRemembered ? ["websocket"] : opts.tryAllTransports ? [...opts.transports] : opts.transports.slice(0, 1);
    super.on("heartbeat", () => this.#heard());
    platform.deadlines.add(this.session);
    this.session.openWithin(opts.connectTimeout);
    this.#unwatch = platform.watch({
      leaving: () => { if (opts.closeOnBeforeunload) this.close(); },
      offline: () => this.session.fail("transport close", new ConnectionError("Connection lost: the network went away", { code: "engineio/connection-lost" })),
      awake: () => this.#checkAwake(),
    });
    this.#tryNext();
  }

  /** @inheritDoc */
  override send(data: MessageData, callback?: () => void): Promise<void>;
  override send(data: MessageData, options?: SendOptions, callback?: () => void): Promise<void>;
  override send(data: MessageData, options?: SendOptions | (() => void), callback?: () => void): Promise<void> {
    this.#checkAwake();
    return typeof options === "function" ? super.send(data, options) : super.send(data, options, callback);
  }

  /** For {@link hooks}. */
  opened(handshake: Handshake): void {
    this.id = handshake.sid;
    this.#silenceMs = handshake.pingInterval + handshake.pingTimeout;
    this.#heard();
    ClientSocket.priorWebsocketSuccess = this.transport.name === "websocket";
    this.emit("handshake", handshake);
    this.emit("open");
    const mayUpgrade = this.opts.upgrade && this.transport.name === "polling" && this.opts.transports.includes("websocket");
    if (mayUpgrade && this.readyState === "open" && handshake.upgrades.includes("websocket")) void this.#upgrade();
  }

  /** For {@link hooks}. */
  openFailed(): boolean {
    if (this.#untried.length === 0) return false;
    queueMicrotask(() => this.#tryNext()); // the failed transport finishes first
    return true;
  }

  /** For {@link hooks}. */
  closed(reason: CloseReason, description: unknown): void {
    this.#connecting.abort();
    this.#unwatch();
    this.#platform.deadlines.delete(this.session);
    if (reason !== "transport error" && reason !== "parse error") return;
    ClientSocket.priorWebsocketSuccess = false;
    if (description instanceof Error) this.emit("error", description);
  }

  /** For {@link hooks}. */
  touch(): void {
    this.#platform.deadlines.touch(this.session);
  }

  /** Resolves when open; until somebody listens, messages are kept. */
  whenOpen(signal: AbortSignal | undefined): Promise<this> {
    this.holdMessages();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(new ConnectionError("Cannot connect: the caller gave up", { code: "engineio/aborted", cause: signal?.reason }));
        this.close();
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.once("open", () => {
        signal?.removeEventListener("abort", abort);
        resolve(this);
      });
      this.once("close", (reason, description) => {
        signal?.removeEventListener("abort", abort);
        reject(new ConnectionError(`Cannot connect: ${reason}`, reasonOf(description)));
      });
      if (signal?.aborted === true) abort();
    });
  }

  #tryNext(): void {
    const name = this.#untried.shift();
    if (name === undefined || this.readyState !== "opening") return;
    if (name === "polling") this.#poll();
    else this.#openWebSocket().catch((cause: unknown) => this.#websocketFailed(cause));
  }

  #poll(): void {
    const { maxPacketsPerPayload } = this.opts;
    const requests = new ClientRequests(this.session, this.#platform, this.#settings, maxPacketsPerPayload, () => this.#url("polling"));
    this.session.start(requests.polling);
    requests.polling.start();
  }

  async #openWebSocket(): Promise<void> {
    const stream = await this.#connect();
    this.session.start(stream);
    stream.listen();
  }

  #websocketFailed(cause: unknown): void {
    if (this.readyState === "opening" && this.openFailed()) return;
    this.session.fail("transport error", cause);
  }

  async #upgrade(): Promise<void> {
    const { clock, deadlines } = this.#platform;
    const connecting = new AbortController();
    this.#connecting = connecting;
    const limit = { deadlineMs: clock.now() + this.opts.upgradeTimeout, tick: (): void => { limit.deadlineMs = Infinity; connecting.abort(); } };
    deadlines.add(limit);
    try {
      const stream = await this.#connect();
      if (!this.session.tryUpgrade(stream)) {
        stream.end(Wire.close, 1000);
        return;
      }
      void stream.write(Wire.probe).catch(nothing); // its end is reported to the session
      stream.listen();
    } catch (cause) {
      if (this.readyState === "open") this.emit("upgradeError", new ConnectionError("Upgrade failed: the session goes on with polling", { code: "engineio/upgrade-failed", cause }));
    } finally {
      deadlines.delete(limit);
    }
  }

  #connect(): Promise<ClientStream> {
    return this.#platform.openWebSocket(this.session, this.#url("websocket"), this.#settings, this.#connecting.signal);
  }

  #url(transport: TransportName): string {
    return this.#target.url(transport, this.id, this.#platform.wallNowMs());
  }

  #heard(): void {
    this.#lastHeardMs = this.#platform.wallNowMs();
  }

  /** After a sleep the timers are late, or stood still: what the server must have given up is over. */
  #checkAwake(): void {
    if (this.readyState === "open" && this.#platform.wallNowMs() - this.#lastHeardMs > this.#silenceMs) this.session.fail("ping timeout");
  }
}

/** @returns an open socket. @throws {ConnectionError} when it cannot be opened; `cause` and `httpStatus` say why. */
export function openSocket<Opened extends ClientSocket>(socket: Opened, signal: AbortSignal | undefined): Promise<Opened> {
  return socket.whenOpen(signal);
}

/** One object for all clients. */
const hooks: SocketHooks<EngineSocket> = {
  opened: (socket, handshake) => client(socket)?.opened(handshake),
  openFailed: (socket) => client(socket)?.openFailed() === true,
  upgraded: () => void (ClientSocket.priorWebsocketSuccess = true),
  closed: (socket, reason, description) => client(socket)?.closed(reason, description),
  touch: (socket) => client(socket)?.touch(),
};

function client(socket: EngineSocket): ClientSocket | undefined {
  return socket instanceof ClientSocket ? socket : undefined;
}

function sessionConfig(opts: ParsedClientOptions, platform: ClientPlatform): SessionConfig {
  return {
    role: "client",
    clock: platform.clock,
    text: platform.text,
    upgradeTimeoutMs: opts.upgradeTimeout,
    closeTimeoutMs: opts.closeTimeout,
    maxBufferedBytes: opts.maxBufferedBytes,
    highWaterMarkBytes: opts.highWaterMarkBytes,
    maxOutgoingPackets: opts.maxOutgoingPackets,
    maxUnaskedPongs: 0, // servers send none
  };
}

/** What a failed connect passes on of its cause. */
function reasonOf(cause: unknown): { cause: unknown; httpStatus?: number | undefined; body?: unknown } {
  return cause instanceof ConnectionError ? { cause, httpStatus: cause.httpStatus, body: cause.body } : { cause };
}

function nothing(): void {
  // see the caller
}
