/**
 * The client's end of a namespace.
 *
 * Room: socketio shell. Names and reasons as in socket.io-client.
 */
import type { ErrorContext } from "@x/errors/handlers";
import { ConnectionError, DisconnectedError } from "@x/errors/socketio";
import type { AckListener } from "../../core/acks.js";
import type { DefaultEventsMap } from "../../core/event-types.js";
import { EventSocket } from "../../core/event-socket.js";
import { reservedEvent } from "../../core/faults.js";
import type { EmitFlags } from "../../core/outgoing.js";
import { type EncodedPacket, isReservedEvent, type Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import type { Recovery } from "../../core/recovery.js";
import { type ConnectAnswer, type RecoverableSession, settle, takeOffset } from "../../core/recovery-client.js";
import { OfflineBuffer } from "./offline-buffer.js";
import { type Auth, readSocketSettings, type SocketOptions, type SocketSettings } from "./options.js";
import { type Asker, Question } from "./question.js";
import { readRefusal } from "./refusal.js";
import { RetryQueue } from "./retry-queue.js";
import type { ClientReservedEvents, SocketManager } from "./socket-manager.js";

interface Waiting {
  readonly packets: EncodedPacket;
  readonly id: number | undefined;
  readonly flags: EmitFlags;
}

export class Socket<Listen = DefaultEventsMap, Emit = DefaultEventsMap, M extends SocketManager = SocketManager> extends EventSocket<Listen, Emit, ClientReservedEvents, Socket<Listen, Emit, M>> implements Asker {
  readonly io: M;
  readonly nsp: string;
  /** Given by the server; another one after each reconnection. `undefined` while not connected. */
  id: string | undefined;
  connected = false;
  /** What became of its session at the last reconnection, where the server keeps sessions; `undefined` before the first. */
  recovery: Recovery | undefined;
  auth: Auth | undefined;
  /** @internal Told when it is over for good; without a cause when either side wanted it. */
  onFinal: ((reason: string, cause?: Error) => void) | undefined;
  readonly #settings: SocketSettings;
  readonly #waiting: OfflineBuffer<Waiting>;
  readonly #received: OfflineBuffer<Packet>;
  readonly #retries: RetryQueue | undefined;
  readonly #question: Question;
  #session: RecoverableSession | undefined;
  #isActive = false;
  /** Why it is over for good; cleared by `connect()`. */
  #finalReason: string | undefined;
  #ids = 0;
  /** Of the event that is just being written: should that cost the connection, whoever awaits its answer is told the cause itself. */
  #writing: number | undefined;

  constructor(io: M, nsp: string, options: SocketOptions = {}) {
    const settings = readSocketSettings(options);
    super({ clock: io.clock, settings, sweep: io.sweep });
    this.io = io;
    this.nsp = nsp;
    this.auth = options.auth;
    this.#settings = settings;
    this.#question = new Question(this);
    this.#waiting = new OfflineBuffer(settings.maxBufferedEvents, settings.bufferPolicy);
    this.#received = new OfflineBuffer(settings.maxBufferedEvents, "oldest");
    this.#retries = settings.retries === 0 ? undefined : new RetryQueue(settings.retries, settings.maxPendingAcks, (flags, event, args, done) => this.emitOnce({ ...flags, timeout: flags.timeout ?? settings.ackTimeout }, event, [...args, done]), () => this.connected, (error) => this.#report(error));
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** Whether id, rooms and data are those of before the reconnection, and missed events follow. */
  get recovered(): boolean {
    return this.recovery?.outcome === "recovered";
  }

  /** Whether it is connected or will try to be. */
  get active(): boolean {
    return this.#isActive;
  }

  /** Connects, and the manager with it. */
  connect(): this {
    const isAsking = this.#isActive && this.io.isOpen;
    this.#isActive = true;
    this.#finalReason = undefined;
    if (isAsking) return this;
    if (this.io.isOpen) this.onOpen();
    else if (!this.io.isReconnecting) this.io.open();
    return this;
  }

  /** {@link connect}. */
  open(): this {
    return this.connect();
  }

  /** Leaves the namespace; the connection ends with its last active socket. */
  disconnect(): this {
    this.#session = undefined;
    if (this.connected) this.#question.leave();
    this.#end("io client disconnect");
    return this;
  }

  /** {@link disconnect}. */
  close(): this {
    return this.disconnect();
  }

  /** Disconnects: for `using`. */
  [Symbol.dispose](): void {
    this.disconnect();
  }

  /** @internal Ask for the namespace. */
  onOpen(): void {
    this.#received.clear(); // a server that repeats what was missed begins anew
    this.#question.ask(this.auth, this.#session);
  }

  /** @internal An attempt to connect failed; there may be others. */
  onConnectError(error: Error): void {
    if (this.#isActive && !this.connected) this.run("connect_error", [error]);
  }

  /** @internal There will be no other attempt. */
  onGiveUp(cause: Error): void {
    this.#end("reconnection failed", cause);
  }

  /** @internal The connection is lost; another one may follow. @param error what that means for one that was not connected yet. */
  onLost(reason: string, description: unknown, error: Error): void {
    this.#question.drop();
    if (this.connected) this.#tellDisconnect(reason, description);
    else this.onConnectError(error);
  }

  /** @internal The server, or `auth`, says no: for good, or for now. */
  onRefusal(error: Error): void {
    if (this.connected || !this.#question.isRepeated(error)) this.#end("io server disconnect", error, error.message);
    this.run("connect_error", [error]);
  }

  /** @internal */
  receive(packet: Packet): void {
    const { type, data } = packet;
    if (type === PacketType.EVENT || type === PacketType.ACK ? !this.#isActive : !this.#question.takes(type)) return; // it was under way
    if (type === PacketType.CONNECT) this.#onConnect(data);
    else if (type === PacketType.ACK) this.receiveAck(packet);
    else if (type === PacketType.CONNECT_ERROR) this.onRefusal(readRefusal(data, this.nsp));
    else if (type === PacketType.DISCONNECT) this.#onServerDisconnect(data);
    else if (this.connected) this.receiveEvent(this.#withoutOffset(packet));
    else this.#received.add(packet, () => undefined);
  }

  /** @internal With `retries` an event has more than one try. */
  override emitWith(flags: EmitFlags, event: string, args: readonly unknown[]): this {
    const last = args.at(-1);
    if (this.#retries === undefined || flags.volatile === true) this.emitOnce(flags, event, args);
    else if (typeof last === "function") this.#retry(flags, event, args.slice(0, -1), (...reply) => this.callListener(event, last as AckListener, reply));
    else this.#retry(flags, event, args, undefined);
    return this;
  }

  protected override transmit(packet: Packet, flags: EmitFlags): void {
    const packets = this.io.codec.encode(packet);
    if (flags.volatile === true && !(this.connected && this.io.isWritable)) return;
    if (this.connected) {
      this.#writing = flags.isReply === true ? undefined : packet.id;
      this.io.write(packets, flags);
      this.#writing = undefined;
    } else if (flags.isReply === true) return;
    else if (this.#finalReason !== undefined) throw overError(this.#finalReason);
    else this.#waiting.add({ packets, id: packet.id, flags }, ({ id }) => this.failAck(id, new DisconnectedError("Dropped: too many events wait for the connection", { code: "socketio/disconnected", reason: "buffer full" })));
  }

  protected override listenerFailed(error: unknown, context: ErrorContext): unknown {
    return this.io.report(error, { ...context, namespace: this.nsp });
  }

  protected override nextAckId(): number {
    return this.#ids++;
  }

  protected override get path(): string {
    return this.nsp;
  }

  protected override get endReason(): string | undefined {
    return this.#finalReason;
  }

  protected override get defaultAckTimeoutMs(): number {
    return this.#settings.ackTimeout;
  }

  protected override abandon(id: number): void {
    this.#waiting.remove((waiting) => waiting.id === id);
  }

  #retry(flags: EmitFlags, event: string, args: readonly unknown[], ack: AckListener | undefined): void {
    if (isReservedEvent(event)) throw reservedEvent(event);
    if (this.#finalReason !== undefined) throw overError(this.#finalReason);
    this.#retries?.add(flags, event, args, ack);
  }

  #onConnect(data: unknown): void {
    const answer = (data ?? {}) as ConnectAnswer;
    const { sid } = answer;
    if (typeof sid !== "string") {
      this.onRefusal(new ConnectionError("Cannot connect: the server speaks Socket.IO protocol 4 or older", { code: "socketio/unexpected-packet", retryable: false }));
      return;
    }
    this.#question.drop();
    this.io.answered();
    this.id = sid;
    this.connected = true;
    ({ session: this.#session, recovery: this.recovery } = settle(this.#session, answer));
    this.#catchUp();
  }

  /** What waited goes out before a listener can add to it. Whoever is told anything may have had enough, and the connection may be lost. */
  #catchUp(): void {
    const isConnected = (): boolean => this.connected;
    this.#retries?.resume();
    this.#waiting.drain(isConnected, (waiting) => this.#send(waiting));
    this.#received.drain(isConnected, (packet) => this.receiveEvent(this.#withoutOffset(packet)));
    if (this.connected) this.run("connect", []);
  }

  /** Of what waited, each is lost alone. */
  #send({ packets, id, flags }: Waiting): void {
    try {
      this.io.write(packets, flags);
    } catch (error) {
      this.#report(error);
      if (error instanceof Error) this.failAck(id, error);
    }
  }

  /** As what a listener throws: whatever `onError` does with it. */
  #report(error: unknown): void {
    this.callListener("emit", () => { throw error; }, []);
  }

  /** @param data python-socketio's reason. Before the answer to CONNECT it is one. */
  #onServerDisconnect(data: unknown): void {
    this.#session = undefined;
    if (this.connected) this.#end("io server disconnect", data === undefined ? undefined : readRefusal(data, this.nsp));
    else this.onRefusal(readRefusal(data, this.nsp));
  }

  /** Over for good: nobody waits for an answer any more. @param why what those hear who waited. */
  #end(reason: string, cause?: Error, why: string = reason): void {
    const wasConnected = this.connected;
    this.connected = false;
    this.#isActive = false;
    this.#question.drop();
    this.#finalReason = why;
    this.#waiting.remove(({ id }) => id !== undefined);
    this.io.release();
    this.#retries?.end(overError(why));
    this.loseAcks(why, cause);
    this.onFinal?.(why, cause);
    if (wasConnected) this.#tellDisconnect(reason, cause);
  }

  #tellDisconnect(reason: string, description: unknown): void {
    this.connected = false;
    this.id = undefined;
    this.loseAcks(reason, description, (id) => id === this.#writing || this.#waiting.some((waiting) => waiting.id === id));
    this.run("disconnect", [reason, description]);
  }

  #withoutOffset(packet: Packet): Packet {
    return this.#session === undefined ? packet : takeOffset(this.#session, packet);
  }
}

function overError(reason: string): DisconnectedError {
  return new DisconnectedError(`Cannot emit: the socket is disconnected (${reason}), connect() first`, { reason });
}
