/**
 * One connection of the client, shared by its sockets in several namespaces, and kept alive.
 *
 * Room: socketio shell. Joins the sans-I/O {@link ClientConnection} and {@link Decoder} to the engine and the clock.
 */
import { backgroundClock, type Clock, type Random, Timers } from "@x/errors/clock";
import { contained, type OnError } from "@x/errors/handlers";
import { ConnectionError } from "@x/errors/socketio";
import { ClientConnection, type ClientConnectionSink, type ReconnectPolicy } from "../../core/client-connection.js";
import type { Codec } from "../../core/codec.js";
import type { DefaultEventsMap, Untyped } from "../../core/event-types.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";
import { readCodec } from "../../core/parser.js";
import type { Attempt } from "./attempt.js";
import { abortedError } from "./bounded.js";
import { EngineLink, type EngineOwner } from "./engine-link.js";
import { ManagerSettings } from "./manager-settings.js";
import { type ManagerOptions, readPolicy, safeRetryIf, type SocketOptions } from "./options.js";
import type { EngineClient, EngineFactory } from "./ports.js";
import { Socket } from "./socket.js";
import type { SocketManager } from "./socket-manager.js";
import { readNamespace } from "./url.js";

export class Manager<Options extends ManagerOptions = ManagerOptions, Engine extends EngineClient = EngineClient>
  extends ManagerSettings implements SocketManager, ClientConnectionSink, EngineOwner<Options, Engine> {
  readonly uri: string;
  /** Read at each attempt, so that what is changed here holds from the next one on. */
  readonly opts: { -readonly [Name in keyof Options]: Options[Name] };
  /** The Engine.IO socket, while there is one. */
  engine: Engine | undefined;
  readonly nsps: Map<string, Socket<Untyped, Untyped, this>> = new Map<string, Socket<Untyped, Untyped, this>>();
  readonly clock: Clock;
  readonly report: OnError;
  readonly codec: Codec;
  /** @internal */
  readonly random: Random;
  readonly #connection: ClientConnection;
  readonly #link: EngineLink<Options, Engine>;
  /** @internal */
  readonly sweep: Timers;
  readonly #onFirst: ((error?: Error) => void)[] = [];

  constructor(uri: string, opts: Options, createEngine: EngineFactory<Options, Engine>) {
    const report = contained(opts.onError);
    super(report);
    this.uri = uri;
    this.opts = opts;
    this.report = report;
    this.clock = opts.clock ?? backgroundClock;
    this.codec = readCodec(opts);
    this.random = opts.random ?? Math.random;
    this.#link = new EngineLink(this, createEngine);
    this.#connection = new ClientConnection(readPolicy({ ...opts, retryIf: safeRetryIf(report, opts.retryIf) }), this.random, this);
    this.sweep = new Timers(this.clock);
    this.sweep.add(this.#connection);
    if (opts.autoConnect !== false) this.open();
  }

  get isOpen(): boolean {
    return this.#connection.kind === "open";
  }

  /** Whether it waits for, or makes, another attempt. */
  get isReconnecting(): boolean {
    return this.#connection.kind === "waiting";
  }

  /**
   * @param namespace with or without its leading slash.
   * @returns the socket of a namespace, made when there is none.
   * @throws {BadNamespaceError} `socketio/bad-namespace` for a name with a comma or a question mark, or over `maxNamespaceLength`;
   *   {@link SocketIOError} `socketio/invalid-option`.
   */
  socket<Listen = DefaultEventsMap, Emit = DefaultEventsMap>(namespace: string, options: SocketOptions = {}): Socket<Listen, Emit, this> {
    const nsp = readNamespace(namespace, this.opts.maxNamespaceLength);
    const existing = this.nsps.get(nsp);
    const socket = (existing ?? new Socket(this, nsp, options)) as Socket<Listen, Emit, this>; // maps of events are types only
    if (existing === undefined) this.nsps.set(nsp, socket);
    if (this.opts.autoConnect !== false) socket.connect();
    return socket;
  }

  /**
   * Connects, unless it is connected or about to be; at once, where it waits for another attempt.
   * @param onFirst told the outcome of this attempt. Where it is the first one, there is no other after it fails.
   */
  open(onFirst?: (error?: Error) => void): this {
    if (onFirst !== undefined) this.#onFirst.push(onFirst);
    if (this.isOpen) this.#settleFirst();
    else this.#connection.open(this.clock.now(), onFirst === undefined);
    return this;
  }

  /** {@link open}. */
  connect(onFirst?: (error?: Error) => void): this {
    return this.open(onFirst);
  }

  /** @internal */
  write(packets: EncodedPacket, flags?: EmitFlags): void {
    this.#link.write(packets, flags);
  }

  /** @internal Whether a packet would leave at once. */
  get isWritable(): boolean {
    return this.isOpen && this.engine?.writeBuffer.length === 0;
  }

  protected override stopReconnecting(): void {
    if (!this.isReconnecting) return;
    this.#connection.close("forced close");
    this.#endSockets(abortedError(undefined, "reconnect"));
  }

  /** @internal A socket wants no connection any more; the last one takes it along. */
  release(): void {
    if (this.#sockets().length > 0) return;
    this.#connection.close("forced close");
    this.#settleFirst(abortedError(undefined, "connect"));
  }

  /** @internal A socket was let in. */
  answered(): void {
    this.#connection.answered(this.clock.now());
  }

  /**
   * @internal A socket had no answer in time. Where none is connected, nobody needs this connection: there may be a better one.
   * @returns whether it was given up.
   */
  giveUp(error: Error): boolean {
    const isNeeded = this.#sockets().some((socket) => socket.connected);
    if (isNeeded) return false;
    this.stopEngine();
    this.#connection.lost("timeout", error, this.clock.now(), error);
    return true;
  }

  /** @internal */
  override get policy(): ReconnectPolicy {
    return this.#connection.policy;
  }
  override set policy(policy: ReconnectPolicy) {
    this.#connection.policy = policy;
  }

  /** @internal */
  get attempt(): Attempt {
    return this.#link.attempt;
  }

  /** @internal An engine that cannot even begin throws at whoever wanted the connection. */
  startEngine(attempt: number, reason: Error | undefined): void {
    try {
      this.#link.start(attempt, reason);
    } catch (error) {
      this.#onFirst.length = 0;
      this.#connection.close("forced close");
      throw error;
    }
  }

  /** @internal */
  stopEngine(): void {
    this.#link.drop()?.close();
  }

  /** @internal */
  engineOpened(): void {
    this.#connection.opened();
  }

  /** @internal */
  engineFailed(cause: Error): void {
    if (this.#connection.kind !== "opening") return;
    this.#link.drop();
    this.#connection.failed(new ConnectionError(cause.message, { cause }), this.clock.now());
  }

  /** @internal */
  engineLost(reason: string, description: unknown): void {
    if (!this.isOpen) {
      this.engineFailed(description instanceof Error ? description : new Error(`Connection closed: ${reason}`));
      return;
    }
    this.#link.drop();
    this.#connection.lost(reason, description, this.clock.now());
  }

  /** @internal */
  onHeartbeat(): void {
    this.run("ping", []);
  }

  /** @internal */
  onPacket(packet: Packet): void {
    this.run("packet", [packet]);
    this.nsps.get(packet.nsp)?.receive(packet);
  }

  /** @internal */
  onOpen(attempt: number): void {
    const sockets = this.#sockets(); // who begins to connect from now on asks by itself
    this.#settleFirst();
    this.run("open", []);
    for (const socket of sockets) if (socket.active && this.isOpen) socket.onOpen();
    if (attempt > 0) this.run("reconnect", [attempt]);
  }

  /** @internal */
  onError(error: Error, attempt: number): void {
    this.#settleFirst(error);
    this.run("error", [error]);
    if (attempt > 0) this.run("reconnect_error", [error]);
    for (const socket of this.#sockets()) socket.onConnectError(error);
    this.#endSockets(error);
  }

  /** @internal */
  onAttempt(attempt: number): void {
    this.run("reconnect_attempt", [attempt]);
  }

  /** @internal */
  onGiveUp(error: Error): void {
    this.run("reconnect_failed", []);
    this.#endSockets(error);
  }

  /** @internal */
  onDeadline(): void {
    this.sweep.touch(this.#connection);
  }

  /** @internal */
  onClose(reason: string, description: unknown, error: Error): void {
    this.run("close", [reason, description]);
    for (const socket of this.#sockets()) socket.onLost(reason, description, error);
    this.#endSockets(error);
  }

  /** Whoever waits for an answer is told when there will be no other attempt; and may well begin one. */
  #endSockets(error: Error): void {
    for (const socket of this.#sockets()) if (socket.active && this.#connection.kind === "closed") socket.onGiveUp(error);
  }

  /** Tells whoever waits for the outcome of an attempt. */
  #settleFirst(error?: Error): void {
    for (const onFirst of this.#onFirst.splice(0)) this.callListener("open", onFirst, error === undefined ? [] : [error]);
  }

  #sockets(): Socket<Untyped, Untyped, this>[] {
    return [...this.nsps.values()].filter((socket) => socket.active);
  }
}
