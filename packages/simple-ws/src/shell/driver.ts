/**
 * The one loop: joins a core {@link Connection} with a byte link, the write batch, the sweep and whoever reads.
 *
 * Room: simple-ws shell. One per connection; users hold a {@link WebSocketConnection}, which holds this.
 */
import type { Swept } from "@x/errors/clock";
import { reportHandlerError } from "@x/errors/handlers";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { frameLength, type PreparedMessage } from "@x/wsframe";
import { closedError } from "../core/closed-error.js";
import type { CloseInfo, Role } from "../core/closing.js";
import { Connection, type ConnectionSink } from "../core/connection.js";
import type { ConnectionSettings } from "../core/options.js";
import { Deferred, handled } from "./deferred.js";
import { Intake, type IntakeOwner } from "./intake.js";
import { Outgoing, type OutgoingOwner } from "./outgoing.js";
import { Pings } from "./pings.js";
import type { ByteDuplex, DuplexHandler, Runtime } from "./ports.js";

/** What `send` returns while there is no pressure: one promise for all connections. */
const READY: Promise<void> = /* @__PURE__ */ Promise.resolve();

export class Driver implements DuplexHandler, ConnectionSink, IntakeOwner, OutgoingOwner, Swept {
  readonly #role: Role;
  readonly #settings: ConnectionSettings;
  readonly #runtime: Runtime;
  readonly #duplex: ByteDuplex;
  readonly #outgoing: Outgoing;
  readonly #machine: Connection;
  readonly intake: Intake;
  /** Called last, when nothing of the connection is left: for whoever keeps a list of connections. */
  onGone: (() => void) | undefined;
  #drained: Deferred<void> | undefined;
  #closed: Deferred<CloseInfo> | undefined;
  #pings: Pings | undefined;

  constructor(role: Role, settings: ConnectionSettings, runtime: Runtime, duplex: ByteDuplex) {
    this.#role = role;
    this.#settings = settings;
    this.#runtime = runtime;
    this.#duplex = duplex;
    this.#outgoing = new Outgoing(runtime.batch, duplex, settings.highWaterMarkBytes, this);
    this.#machine = new Connection(role, settings, runtime.codec, this.#outgoing, this, runtime.clock.now());
    this.intake = new Intake(settings, runtime.clock, this);
  }

  /** @param head bytes that came with the end of the opening handshake.
   *  @param answer our end of it, where it is not written yet: it leaves together with the first frames of this turn. */
  start(head: Uint8Array, answer?: Uint8Array): void {
    if (answer !== undefined) this.#outgoing.append(answer);
    if (this.#settings.pingIntervalMs > 0) this.#runtime.sweep.add(this);
    this.#duplex.start(this);
    if (head.length > 0) this.onChunk(head);
  }

  get state(): "open" | "closing" | "closed" {
    const { state } = this.#machine;
    return state === "draining" ? "closing" : state;
  }

  get bufferedBytes(): number {
    return this.#outgoing.bufferedBytes;
  }

  get closed(): Promise<CloseInfo> {
    const { info, state } = this.#machine;
    this.#closed ??= new Deferred();
    if (state === "closed" && info !== undefined) this.#closed.resolve(info);
    return this.#closed.promise;
  }

  // What the link and the sweep tell

  onChunk(chunk: Uint8Array): void {
    const { batch, clock } = this.#runtime;
    const outer = batch.enter(this.#outgoing);
    try {
      this.#machine.receive(chunk, clock.now());
    } catch (error) {
      reportHandlerError(error, { event: "receive" });
    } finally {
      batch.leave(this.#outgoing, outer);
    }
  }

  onEnd(): void {
    this.#machine.receiveEnd(this.#runtime.clock.now());
  }

  onDrain(): void {
    this.#outgoing.flushed();
  }

  onLinkClosed(): void {
    this.#machine.linkClosed();
  }

  get deadlineMs(): number {
    return this.#machine.deadlineMs;
  }

  tick(nowMs: number): void {
    this.#machine.tick(nowMs);
  }

  // What the machine tells

  onMessage(data: string | Uint8Array): void {
    this.intake.deliver(data);
  }

  onPong(payload: Uint8Array): void {
    this.#pings?.answer(payload);
  }

  onSettled(info: CloseInfo): void {
    this.intake.settle(info);
    this.#leaveOpen();
    this.#fail(info);
  }

  onClosed(info: CloseInfo): void {
    this.#runtime.sweep.delete(this);
    this.#runtime.batch.drop(this.#outgoing);
    this.#closed?.resolve(info);
    this.intake.close(info);
    this.onGone?.();
  }

  // What the intake and the way out tell

  onHold(isHeld: boolean): void {
    if (isHeld) {
      this.#machine.pause();
      this.#duplex.setReading(false);
      return;
    }
    const { batch, clock } = this.#runtime;
    const outer = batch.enter(this.#outgoing);
    try {
      this.#machine.resume(clock.now());
    } finally {
      batch.leave(this.#outgoing, outer);
    }
    if (this.intake.isHeld) return; // what had been held back filled the inbox again
    this.#duplex.setReading(true);
    if (this.state === "open") this.#runtime.sweep.touch(this);
  }

  onRelieved(): void {
    this.#machine.drained();
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.resolve();
    this.intake.drain();
  }

  // Intents

  send(data: string | Uint8Array): Promise<void> {
    this.#checkOpen();
    this.#checkRoom(data);
    if (typeof data === "string") this.#machine.sendText(data);
    else this.#machine.sendBinary(data);
    return this.#outgoing.isCongested ? this.#whenDrained() : READY;
  }

  sendPrepared(message: PreparedMessage): Promise<void> {
    this.#checkOpen();
    if (!this.#outgoing.hasRoomFor(message.frame.length, this.#settings.maxBufferedBytes)) throw this.#bufferFull();
    this.#machine.sendPrepared(message);
    return this.#outgoing.isCongested ? this.#whenDrained() : READY;
  }

  trySend(data: string | Uint8Array): boolean {
    if (this.#machine.state !== "open" || this.#outgoing.isCongested) return false;
    void this.send(data);
    return true;
  }

  ping(payload: Uint8Array | undefined, timeoutMs: number): Promise<number> {
    this.#checkOpen();
    this.#pings ??= new Pings(this.#runtime.clock, this.#settings.maxPings);
    this.#pings.checkRoom();
    const sent = payload ?? this.#pings.nextPayload();
    this.#machine.sendPing(sent);
    return this.#pings.add(sent, timeoutMs);
  }

  close(code: number, reason: string): Promise<CloseInfo> {
    if (this.#machine.state === "open") {
      this.intake.discard(true);
      this.#machine.close(code, reason, this.#runtime.clock.now());
      this.#leaveOpen();
    }
    return this.closed;
  }

  terminate(): void {
    this.intake.discard(true);
    this.#machine.terminate(this.#runtime.clock.now());
  }

  /** From the first Close on: a deadline runs, and reading must go on so that the other Close or FIN is seen. */
  #leaveOpen(): void {
    if (this.#machine.state === "closed") return;
    this.#runtime.sweep.add(this);
    this.onHold(false);
  }

  #checkOpen(): void {
    const { info } = this.#machine;
    if (info !== undefined) throw closedError(info);
  }

  /** Text is measured only where three bytes per unit might be too many. */
  #checkRoom(data: string | Uint8Array): void {
    const { maxBufferedBytes } = this.#settings;
    const isMasked = this.#role === "client";
    if (this.#outgoing.hasRoomFor(14 + data.length * 3, maxBufferedBytes)) return;
    const payloadBytes = typeof data === "string" ? this.#runtime.codec.text.byteLength(data) : data.length;
    if (!this.#outgoing.hasRoomFor(frameLength(payloadBytes, isMasked), maxBufferedBytes)) throw this.#bufferFull();
  }

  #bufferFull(): SimpleWebsocketError {
    const { maxBufferedBytes } = this.#settings;
    return new SimpleWebsocketError(`Cannot send: more than ${maxBufferedBytes} bytes would wait, must be fewer`, { code: "simple-ws/buffer-full", retryable: true, details: { maxBufferedBytes, bufferedBytes: this.bufferedBytes } });
  }

  #whenDrained(): Promise<void> {
    this.#drained ??= new Deferred();
    return handled(this.#drained.promise);
  }

  /** Nobody waits for a drain or a Pong of a connection that ends. */
  #fail(info: CloseInfo): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.reject(closedError(info));
    this.#pings?.fail(closedError(info));
  }
}
