/**
 * The sessions of a server: who is there, how one begins, what the application keeps for each, and how it is forgotten.
 *
 * Room: engineio node.
 */
import type { IncomingMessage } from "node:http";
import { Sweep } from "@x/errors/clock";
import { copyData } from "@x/errors/data-copy";
import { SocketIsClosedError } from "@x/errors/engineio";
import { callSafely } from "@x/errors/handlers";
import { Registry } from "@x/errors/registry";
import { openEncoder } from "../core/open.js";
import type { SessionConfig } from "../core/session-config.js";
import type { SocketHooks } from "../shell/delivery.js";
import type { EngineSocket } from "../shell/socket.js";
import { Admission } from "./admission.js";
import { keep } from "./kept-request.js";
import type { ParsedServerOptions } from "./parse-options.js";
import { Socket, type Ticket } from "./server-socket.js";
import { nodeText } from "./text.js";

/** The application, as far as sessions have to do with it. */
export interface Application {
  newId(request: IncomingMessage): string | Promise<string>;
  /** Does code of its own see requests before their sessions are open? */
  seesRequests(): boolean;
  /** A socket is open. */
  announce(socket: Socket): void;
}

export class Sessions {
  /** By id. */
  readonly sockets: Registry<string, Socket> = new Registry<string, Socket>();
  readonly admission: Admission;
  readonly #options: ParsedServerOptions;
  readonly #config: SessionConfig;
  readonly #hooks: SocketHooks<EngineSocket>;
  /** Ticks what is due, sessions and requests alike: one timer for all. */
  readonly sweep: Sweep;
  readonly #application: Application;
  /** OPEN by session id, for those who may upgrade, and for those who have nothing to upgrade to. */
  readonly #encodeUpgradable: (sid: string) => string;
  readonly #encodeFinal: (sid: string) => string;
  readonly #data = new Map<string, object>();
  /** Sessions of whose end the application is hearing now: more than one where a listener ends another session. */
  readonly #ending: string[] = [];

  constructor(options: ParsedServerOptions, application: Application) {
    this.#options = options;
    this.#application = application;
    this.admission = new Admission(options, this.sockets, (request) => application.newId(request));
    this.sweep = new Sweep(options.clock);
    this.#config = {
      clock: options.clock,
      text: nodeText,
      upgradeTimeoutMs: options.upgradeTimeout,
      closeTimeoutMs: options.closeTimeout,
      maxBufferedBytes: options.maxBufferedBytes,
      highWaterMarkBytes: options.highWaterMarkBytes,
      maxOutgoingPackets: options.maxOutgoingPackets,
      maxUnaskedPongs: options.maxUnaskedPongs,
    };
    const { pingInterval, pingGrace, pingTimeout, maxHttpBufferSize, allowUpgrades, transports, customTransports } = options;
    const terms = { upgrades: [], pingInterval: pingInterval + pingGrace, pingTimeout, maxPayload: maxHttpBufferSize };
    const streams = [...transports.filter((name) => name !== "polling"), ...customTransports];
    this.#encodeUpgradable = openEncoder({ ...terms, upgrades: allowUpgrades ? streams : [] });
    this.#encodeFinal = openEncoder(terms);
    this.#hooks = {
      opened: nothing,
      openFailed: () => false,
      upgraded: nothing,
      touch: (socket) => this.sweep.touch(socket.session),
      closed: (socket) => { if (socket instanceof Socket) this.#forget(socket); },
      gone: (socket) => { if (socket instanceof Socket) this.#dropData(socket); },
    };
  }

  /**
   * A session for `ticket`; {@link open} it once it has a transport.
   * @param isShared somebody else may hold on to the request: it stays as it is.
   */
  create(ticket: Ticket, request: IncomingMessage, isShared: boolean): Socket {
    const kept = isShared || this.#application.seesRequests() ? request : keep(request);
    const socket = new Socket(ticket, kept, this.#config, this.#hooks, this.#options.maxHttpBufferSize, this.#options.onError);
    this.sockets.set(socket.id, socket);
    this.admission.opened(ticket);
    this.sweep.add(socket.session);
    return socket;
  }

  /** OPEN, the first message if there is one, and then the application. A client on polling is told what it may upgrade to. */
  open(socket: Socket, isPolling: boolean): void {
    const { pingInterval, pingTimeout, initialPacket, onError } = this.#options;
    const encode = isPolling ? this.#encodeUpgradable : this.#encodeFinal;
    socket.session.open(encode(socket.id), pingInterval, pingTimeout);
    if (initialPacket !== undefined) callSafely(() => void socket.send(initialPacket), [], (error) => onError(error, { event: "initialPacket" }));
    this.#application.announce(socket);
    socket.emit("open");
  }

  /** @throws {SocketIsClosedError} `engineio/socket-closed` when there is no such session, or no longer. */
  get(sid: string): Socket {
    const socket = this.sockets.get(sid);
    if (socket !== undefined) return socket;
    throw noSession(sid);
  }

  /** What the application keeps for a session: a copy ({@link copyData}), empty at first. Throws as {@link get}. */
  read(sid: string): object {
    if (!this.#ending.includes(sid)) this.get(sid);
    return copyData({ ...this.#data.get(sid) });
  }

  /** Throws as {@link get}. */
  save(sid: string, data: object): void {
    if (!this.#ending.includes(sid)) this.get(sid);
    this.#data.set(sid, copyData({ ...data }));
  }

  /** The end, told before the application hears of it; its listeners still find what it kept until they first wait. */
  #forget(socket: Socket): void {
    this.sockets.delete(socket.id);
    this.sweep.delete(socket.session);
    this.admission.leave(socket);
    this.#ending.push(socket.id);
  }

  #dropData({ id }: Socket): void {
    this.#ending.pop(); // one that ended meanwhile has gone before
    this.#data.delete(id);
  }
}

function noSession(sid: string): SocketIsClosedError {
  return new SocketIsClosedError(`Cannot use session ${JSON.stringify(sid.slice(0, 64))}: it does not exist, or no longer`, { details: { sid: sid.slice(0, 64) } });
}

function nothing(): void {
  // a server's sessions are open from the start
}
