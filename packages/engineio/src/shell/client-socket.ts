/**
 * The client: connecting, upgrading, and what a page hears of. Names and events are `engine.io-client`'s.
 *
 * Room: engineio shell. HTTP, WebSocket and time are the platform's.
 */
import { ConnectionError } from "@x/errors/engineio";
import { NORMAL_CLOSE } from "../core/carrier.js";
import { ClientSession } from "../core/client-session.js";
import type { Handshake } from "../core/open.js";
import type { SendOptions, TransportName } from "../core/packet.js";
import type { ClientSessionConfig, CloseReason } from "../core/session-config.js";
import * as Wire from "../core/wire.js";
import { type ClientOptions, type ParsedClientOptions, parseClientOptions, requestSettings } from "./client-options.js";
import { ClientRequests } from "./client-requests.js";
import type { SocketHooks } from "./delivery.js";
import type { ClientPlatform, ClientStream, ClientTransport, MessageData } from "./ports.js";
import { SessionSocket } from "./session-socket.js";
import { Target } from "./target.js";
import { after } from "./timer.js";

/** An element of the option `transports`. */
type Choice = TransportName | ClientTransport;

/** One connection to a server. Opens itself; a closed one stays closed. */
export class ClientSocket extends SessionSocket<ClientSession> {
  /** Has the last connection of this process or page got as far as WebSocket? For `rememberUpgrade`. */
  static priorWebsocketSuccess = false;

  /** The session's id, once open. */
  id: string | undefined;
  readonly opts: ParsedClientOptions;
  protected readonly platform: ClientPlatform;
  readonly #target: Target;
  /** Gives up the stream that is being opened. */
  #opening: AbortController = new AbortController();
  readonly #unwatch: () => void;
  readonly #untried: Choice[];
  #silenceMs = Infinity;
  #lastHeardMs = 0;

  /** @throws {EngineIOError} `engineio/invalid-option`, {ConnectionError} `engineio/connection-failed` for a bad URL. */
  constructor(url: string | undefined, options: ClientOptions, platform: ClientPlatform) {
    const opts = parseClientOptions(options);
    super((sink) => new ClientSession(sessionConfig(opts, platform), sink), hooks, opts.onError);
    this.opts = opts;
    this.platform = platform;
    this.#target = new Target(url ?? platform.origin() ?? "", opts);
    const isRemembered = opts.rememberUpgrade && ClientSocket.priorWebsocketSuccess && opts.transports.includes("websocket");
    this.#untried = isRemembered ? ["websocket"] : opts.tryAllTransports ? [...opts.transports] : opts.transports.slice(0, 1);
    platform.deadlines.add(this.session);
    this.session.openWithin(opts.connectTimeout);
    this.#unwatch = platform.watch({
      leaving: () => { if (opts.closeOnBeforeunload) this.close(); },
      offline: () => { if (!this.#target.isLocal) this.session.fail("transport close", new ConnectionError("Connection lost: the network went away", { code: "engineio/connection-lost" })); },
      awake: () => this.#checkAwake(),
    });
    void this.#tryNext();
  }

  /** @inheritDoc */
  override send(data: MessageData, options?: SendOptions | (() => void), callback?: () => void): Promise<void> {
    this.#checkAwake();
    return super.send(data, options, callback);
  }

  /** For {@link hooks}. */
  opened(handshake: Handshake): void {
    this.id = handshake.sid;
    this.#silenceMs = handshake.pingInterval + handshake.pingTimeout;
    this.heard();
    ClientSocket.priorWebsocketSuccess = this.transport.name === "websocket";
    this.emit("handshake", handshake);
    this.emit("open");
    if (this.opts.upgrade && this.transport.name === "polling" && this.readyState === "open") void this.#upgrade(handshake.upgrades);
  }

  /** For {@link hooks}. */
  openFailed(): boolean {
    if (this.#untried.length === 0) return false;
    queueMicrotask(() => { if (this.readyState === "opening") void this.#tryNext(); }); // the failed transport finishes first
    return true;
  }

  /** For {@link hooks}: the server's heartbeat. */
  heard(): void {
    this.#lastHeardMs = this.platform.wallNowMs();
  }

  /** For {@link hooks}. */
  closed(reason: CloseReason, description: unknown): void {
    this.#opening.abort();
    this.#unwatch();
    this.platform.deadlines.delete(this.session);
    if (reason !== "transport error" && reason !== "parse error") return;
    ClientSocket.priorWebsocketSuccess = false;
    if (description instanceof Error) this.emit("error", description);
  }

  /** For {@link hooks}. */
  touch(): void {
    this.platform.deadlines.touch(this.session);
  }

  async #tryNext(): Promise<void> {
    const choice = this.#untried.shift();
    if (choice === undefined) return;
    if (choice === "polling") {
      this.#poll();
      return;
    }
    try {
      const stream = await this.#open(choice);
      if (this.readyState === "opening") {
        this.session.start(stream);
        stream.listen();
      } else {
        stream.end(Wire.close, NORMAL_CLOSE); // it comes too late
      }
    } catch (cause) {
      if (this.readyState !== "opening" || !this.openFailed()) this.session.fail("transport error", cause);
    }
  }

  #poll(): void {
    const { opts, session } = this;
    const requests = new ClientRequests(session, this.platform, opts, () => this.#url("polling"));
    session.start(requests.polling);
    requests.polling.start();
  }

  /** Moves on to the first stream of ours that the server offers, too, and that opens. */
  async #upgrade(offered: readonly string[]): Promise<void> {
    for (const choice of this.opts.transports) {
      if (choice !== "polling" && offered.includes(nameOf(choice)) && await this.#upgradeTo(choice)) return;
    }
  }

  /** @returns whether there is nothing left to try. */
  async #upgradeTo(choice: Choice): Promise<boolean> {
    const opening = this.#opening = new AbortController();
    const stop = after(this.platform.clock, this.opts.upgradeTimeout, () => opening.abort());
    try {
      const stream = await this.#open(choice);
      if (!this.session.tryUpgrade(stream)) {
        stream.end(Wire.close, NORMAL_CLOSE);
        return true;
      }
      void stream.write(Wire.probe).catch(nothing); // its end is reported to the session
      stream.listen();
      return true;
    } catch (cause) {
      if (this.readyState !== "open") return true;
      this.emit("upgradeError", new ConnectionError("Upgrade failed: the session goes on with polling", { code: "engineio/upgrade-failed", cause }));
      return false;
    } finally {
      stop();
    }
  }

  #open(choice: Choice): Promise<ClientStream> {
    const name = nameOf(choice);
    const { signal } = this.#opening;
    const settings = requestSettings(this.opts, name);
    return typeof choice === "object"
      ? choice.open(this.session, this.#url(name), settings, signal)
      : this.platform.openWebSocket(this.session, this.#url(name), settings, signal);
  }

  #url(transport: string): string {
    return this.#target.url(transport, this.id, this.platform.wallNowMs());
  }

  /** After a sleep the timers are late, or stood still: what the server must have given up is over. */
  #checkAwake(): void {
    if (this.readyState === "open" && this.platform.wallNowMs() - this.#lastHeardMs > this.#silenceMs) this.session.fail("ping timeout");
  }
}

function nameOf(choice: Choice): string {
  return typeof choice === "string" ? choice : choice.name;
}

/** One object for all clients. */
const hooks: SocketHooks<ClientSocket> = {
  opened: (socket, handshake) => socket.opened(handshake),
  openFailed: (socket) => socket.openFailed(),
  upgraded: (socket) => { ClientSocket.priorWebsocketSuccess = socket.transport.name === "websocket"; },
  heard: (socket) => {
    socket.heard();
    socket.emit("ping");
    socket.emit("pong");
  },
  closed: (socket, reason, description) => socket.closed(reason, description),
  touch: (socket) => socket.touch(),
};

function sessionConfig(opts: ParsedClientOptions, platform: ClientPlatform): ClientSessionConfig {
  return {
    clock: platform.clock,
    text: platform.text,
    upgradeTimeoutMs: opts.upgradeTimeout,
    closeTimeoutMs: opts.closeTimeout,
    maxBufferedBytes: opts.maxBufferedBytes,
    highWaterMarkBytes: opts.highWaterMarkBytes,
    maxOutgoingPackets: opts.maxOutgoingPackets,
  };
}

function nothing(): void {
  // see the caller
}
