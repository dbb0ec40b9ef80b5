/**
 * One connection of the client, shared by its sockets in several namespaces, and kept alive.
 *
 * Room: socketio shell. Joins the sans-I/O {@link ClientConnection} and {@link Decoder} to the engine and the clock.
 */
import { backgroundClock, type Clock, Timers } from "@x/errors/clock";
import { type OnError, reportHandlerError } from "@x/errors/handlers";
import { ConnectionError } from "@x/errors/socketio";
import { ClientConnection, type ClientConnectionSink, type ReconnectPolicy } from "../../core/client-connection.js";
import type { Codec, PacketDecoder } from "../../core/codec.js";
import { TypedEmitter } from "../../core/emitter.js";
import type { DefaultEventsMap, Untyped } from "../../core/event-types.js";
import { DEFAULT_PACKET_LIMITS } from "../../core/limits.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";
import { readCodec } from "../../core/parser.js";
import { ask, type Asked, type Attempt, mustAsk } from "./attempt.js";
import { type ManagerOptions, readPolicy, type SocketOptions } from "./options.js";
import type { EngineClient, EngineFactory } from "./ports.js";
import { Socket } from "./socket.js";
import type { SocketManager } from "./socket-manager.js";

export interface ManagerEvents {
  open: () => void;
  error: (error: Error) => void;
  close: (reason: string, description?: unknown) => void;
  ping: () => void;
  packet: (packet: Packet) => void;
  reconnect_attempt: (attempt: number) => void;
  reconnect: (attempt: number) => void;
  reconnect_error: (error: Error) => void;
  reconnect_failed: () => void;
}

export class Manager<Options extends ManagerOptions = ManagerOptions, Engine extends EngineClient = EngineClient>
  extends TypedEmitter<object, ManagerEvents> implements SocketManager, ClientConnectionSink {
  readonly uri: string;
  readonly opts: Options;
  /** The Engine.IO socket, while there is one. */
  engine: Engine | undefined;
  readonly nsps: Map<string, Socket<Untyped, Untyped, this>> = new Map<string, Socket<Untyped, Untyped, this>>();
  readonly clock: Clock;
  readonly report: OnError;
  readonly codec: Codec;
  readonly #createEngine: EngineFactory<Options, Engine>;
  readonly #connection: ClientConnection;
  /** @internal */
  readonly sweep: Timers;
  #abort = new AbortController();
  #attempt: Attempt = { attempt: 1, reason: undefined, signal: this.#abort.signal };
  #onFirst: ((error?: Error) => void) | undefined;

  constructor(uri: string, opts: Options, createEngine: EngineFactory<Options, Engine>) {
    const report = opts.onError ?? reportHandlerError;
    super(report);
    this.uri = uri;
    this.opts = opts;
    this.report = report;
    this.clock = opts.clock ?? backgroundClock;
    this.codec = readCodec(opts);
    this.#createEngine = createEngine;
    this.#connection = new ClientConnection(readPolicy(opts), opts.random ?? Math.random, this);
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

  /** @returns the socket of a namespace, made when there is none. */
  socket<Listen = DefaultEventsMap, Emit = DefaultEventsMap>(nsp: string, options: SocketOptions = {}): Socket<Listen, Emit, this> {
    const existing = this.nsps.get(nsp);
    const socket = (existing ?? new Socket(this, nsp, options)) as Socket<Listen, Emit, this>; // maps of events are types only
    if (existing === undefined) this.nsps.set(nsp, socket);
    if (this.opts.autoConnect !== false) socket.connect();
    return socket;
  }

  /**
   * Connects, unless it is connected or about to be.
   * @param onFirst told the outcome of this attempt; there is no other one after it fails then.
   */
  open(onFirst?: (error?: Error) => void): this {
    if (this.isOpen) onFirst?.();
    else this.#onFirst = onFirst ?? this.#onFirst;
    this.#connection.open(this.clock.now(), onFirst === undefined);
    this.sweep.touch(this.#connection);
    return this;
  }

  /** {@link open}. */
  connect(onFirst?: (error?: Error) => void): this {
    return this.open(onFirst);
  }

  reconnection(): boolean;
  reconnection(value: boolean): this;
  reconnection(value?: boolean): boolean | this {
    return value === undefined ? this.#connection.policy.reconnection : this.#change({ reconnection: value });
  }
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): number | this {
    return value === undefined ? this.#connection.policy.reconnectionAttempts : this.#change({ reconnectionAttempts: value });
  }
  reconnectionDelay(): number;
  reconnectionDelay(value: number): this;
  reconnectionDelay(value?: number): number | this {
    return value === undefined ? this.#connection.policy.reconnectionDelay : this.#change({ reconnectionDelay: value });
  }
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(value?: number): number | this {
    return value === undefined ? this.#connection.policy.reconnectionDelayMax : this.#change({ reconnectionDelayMax: value });
  }
  randomizationFactor(): number;
  randomizationFactor(value: number): this;
  randomizationFactor(value?: number): number | this {
    return value === undefined ? this.#connection.policy.randomizationFactor : this.#change({ randomizationFactor: value });
  }
  timeout(): number;
  timeout(value: number | false): this;
  timeout(value?: number | false): number | this {
    return value === undefined ? this.#connection.policy.timeout : this.#change({ timeout: value === false ? Infinity : value });
  }

  /** @internal */
  write(packets: EncodedPacket): void {
    const { engine } = this;
    try {
      for (const message of packets) void engine?.send(message);
    } catch (error) {
      if (packets.length > 1) engine?.close(); // the server may be waiting for the rest of the packet
      throw error;
    }
  }

  /** @internal Whether a packet would leave at once. */
  get isWritable(): boolean {
    return this.isOpen && this.engine?.writeBuffer.length === 0;
  }

  /** @internal A socket wants no connection any more; the last one takes it along. */
  release(): void {
    for (const socket of this.nsps.values()) if (socket.active) return;
    this.#connection.close("forced close");
  }

  /** @internal When to connect again. */
  get policy(): ReconnectPolicy {
    return this.#connection.policy;
  }

  /** @internal */
  get attempt(): Attempt {
    return this.#attempt;
  }

  /** @internal */
  startEngine(attempt: number, reason: Error | undefined): void {
    const { signal } = this.#abort;
    this.#attempt = { attempt: attempt + 1, reason, signal };
    if (!mustAsk(this.opts)) {
      this.#dial(this.opts as Asked<Options>);
      return;
    }
    ask(this.opts, this.#attempt).then((options) => {
      if (!signal.aborted) this.#dial(options);
    }).catch((error: unknown) => {
      if (!signal.aborted) this.#failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  #dial(options: Asked<Options>): void {
    const { path = "/socket.io" } = this.opts;
    const engine = this.#create(options.url ?? this.uri, { ...options, path });
    this.engine = engine;
    const isCurrent = (): boolean => this.engine === engine;
    engine.on("open", () => isCurrent() && this.#act(() => this.#connection.opened(this.clock.now())));
    engine.on("error", (error) => isCurrent() && this.#connection.kind === "opening" && this.#failed(error));
    engine.on("heartbeat", () => isCurrent() && this.run("ping", []));
    const decoder = this.codec.createDecoder({ limits: { ...DEFAULT_PACKET_LIMITS, ...this.opts }, adopt: adoptBytes });
    engine.attach({
      onMessage: (data) => isCurrent() && this.#receive(decoder, data),
      onClose: (reason, description) => isCurrent() && this.#lost(reason, description),
    });
  }

  /** @internal */
  stopEngine(): void {
    this.#drop()?.close();
  }

  /** Nothing of the engine counts any more, nor of what was asked for it. */
  #drop(): Engine | undefined {
    const { engine } = this;
    this.engine = undefined;
    this.#abort.abort();
    this.#abort = new AbortController();
    return engine;
  }

  /** @internal */
  onOpen(attempt: number): void {
    this.#settleFirst();
    this.run("open", []);
    for (const socket of this.#sockets()) socket.onOpen();
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
  onClose(reason: string, description: unknown): void {
    this.run("close", [reason, description]);
    for (const socket of this.#sockets()) socket.onLost(reason, description);
    this.#endSockets(new ConnectionError(`Connection lost: ${reason}`, { code: "socketio/connection-lost", cause: description }));
  }

  /** Whoever waits for an answer is told when there will be no other attempt. */
  #endSockets(error: Error): void {
    if (this.#connection.kind === "closed") for (const socket of this.#sockets()) socket.onGiveUp(error);
  }

  #receive(decoder: PacketDecoder, data: string | Uint8Array): void {
    let packet: Packet | undefined;
    try {
      packet = decoder.push(data);
    } catch (error) {
      const { engine } = this;
      this.#lost("parse error", error);
      engine?.close();
      return;
    }
    if (packet === undefined) return;
    this.run("packet", [packet]);
    this.nsps.get(packet.nsp)?.receive(packet);
  }

  /** An engine that cannot even begin, for its options or the address, throws at whoever wanted the connection. */
  #create(url: string, options: Asked<Options>): Engine {
    try {
      return this.#createEngine(url, options);
    } catch (error) {
      this.#connection.close("forced close");
      throw error;
    }
  }

  #failed(cause: Error): void {
    this.#drop();
    this.#act(() => this.#connection.failed(new ConnectionError(cause.message, { cause }), this.clock.now()));
  }

  #lost(reason: string, description: unknown): void {
    if (this.#connection.kind === "opening") {
      this.#failed(description instanceof Error ? description : new Error(`Connection closed: ${reason}`));
      return;
    }
    this.#drop();
    this.#act(() => this.#connection.lost(reason, description, this.clock.now()));
  }

  /** Its deadline may have moved. */
  #act(change: () => void): void {
    change();
    this.sweep.touch(this.#connection);
  }

  #change(policy: Partial<ReconnectPolicy>): this {
    this.#connection.policy = { ...this.#connection.policy, ...policy };
    return this;
  }

  #settleFirst(error?: Error): void {
    const onFirst = this.#onFirst;
    this.#onFirst = undefined;
    onFirst?.(error);
  }

  #sockets(): Socket<Untyped, Untyped, this>[] {
    return [...this.nsps.values()].filter((socket) => socket.active);
  }
}

/** On Node handlers get a Buffer over the same memory, as with socket.io-client; elsewhere a Uint8Array. */
function adoptBytes(bytes: Uint8Array): unknown {
  const { Buffer } = globalThis as { Buffer?: { from(memory: ArrayBufferLike, offset: number, length: number): unknown } };
  return Buffer === undefined ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
