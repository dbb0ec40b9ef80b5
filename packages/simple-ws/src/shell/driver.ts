/**
 * The one loop: joins a core {@link Connection} with a byte link, the write batch, the sweep and whoever reads.
 *
 * Room: simple-ws shell. One per connection; users hold a {@link WebSocketConnection}, which holds this.
 */
import type { Clock, Swept } from "@x/errors/clock";
import { reportHandlerError } from "@x/errors/handlers";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { frameLength, type AgreedExtensions, type PreparedMessage } from "@x/wsframe";
import { closedError, INBOX_FULL_REASON } from "../core/closed-error.js";
import type { CloseInfo } from "../core/closing.js";
import { Connection, type ConnectionSink } from "../core/connection.js";
import type { ConnectionSettings } from "../core/options.js";
import type { ConnectionHandler, ConnectionStats, Fragments } from "./contract.js";
import { Deferred, handled } from "./deferred.js";
import { sendFragments } from "./fragments.js";
import { hand, Intake, tellClosed, tellControl, tellDrained, type IntakeOwner } from "./intake.js";
import { Outgoing } from "./outgoing.js";
import { Pings } from "./pings.js";
import type { ByteDuplex, DuplexHandler } from "./ports.js";
import type { ConnectionProfile } from "./profile.js";

/** What `send` returns while there is no pressure: one promise for all connections. */
const READY: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** Whoever keeps a list of connections. */
export interface DriverOwner {
  /** Called last, when nothing of the connection is left. */
  onGone(driver: Driver): void;
}

export class Driver extends Outgoing implements DuplexHandler, ConnectionSink, IntakeOwner, Swept {
  owner: DriverOwner | undefined;
  readonly #machine: Connection;
  /** Who gets messages as long as nothing else is wanted than that: see {@link attach}. */
  #handler: ConnectionHandler | undefined;
  #intake: Intake | undefined;
  #messagesSent = 0;
  #messagesReceived = 0;
  #drained: Deferred<void> | undefined;
  #closed: Deferred<CloseInfo> | undefined;
  #pings: Pings | undefined;

  constructor(profile: ConnectionProfile, duplex: ByteDuplex, extensions?: AgreedExtensions) {
    super(profile, duplex);
    this.#machine = new Connection(profile, extensions, this, this.#now());
  }

  /** @param answer our end of the opening handshake, where it is not written yet: it leaves together with the first frames of this turn. */
  start(answer?: Uint8Array): void {
    const { settings, runtime } = this.profile;
    if (answer !== undefined) this.append(answer);
    if (settings.pingIntervalMs > 0 || settings.idleTimeoutMs > 0) runtime.sweep.add(this);
    this.duplex.start(this);
  }

  /** Made when somebody reads otherwise than by {@link attach}, or when a connection ends: idle ones have none. */
  get intake(): Intake {
    if (this.#intake !== undefined) return this.#intake;
    const intake = new Intake(this, this.#handler);
    const { info, state } = this.#machine;
    if (info !== undefined && state !== "closing") intake.settle(info);
    if (state === "closed") intake.close();
    this.#handler = undefined;
    this.#intake = intake;
    return intake;
  }

  attach(handler: ConnectionHandler): void {
    if (this.#intake === undefined && this.#handler === undefined && this.#machine.state === "open") this.#handler = handler;
    else this.intake.attach(handler);
  }

  get limits(): ConnectionSettings {
    return this.profile.settings;
  }

  get clock(): Clock {
    return this.profile.runtime.clock;
  }

  get state(): "open" | "closing" | "closed" {
    const { state } = this.#machine;
    return state === "draining" ? "closing" : state;
  }

  get closed(): Promise<CloseInfo> {
    const { info, state } = this.#machine;
    this.#closed ??= new Deferred();
    if (state === "closed" && info !== undefined) this.#closed.resolve(info);
    return this.#closed.promise;
  }

  // What the link and the sweep tell

  onChunk(chunk: Uint8Array): void {
    const { batch } = this.profile.runtime;
    const outer = batch.enter(this);
    try {
      this.#machine.receive(chunk, this.#now());
    } catch (error) {
      reportHandlerError(error, { event: "receive" });
    } finally {
      batch.leave(this, outer);
    }
  }

  onEnd(): void {
    this.#machine.receiveEnd(this.#now());
  }

  onDrain(): void {
    this.flushed();
  }

  onLinkClosed(): void {
    this.#machine.linkClosed();
  }

  get deadlineMs(): number {
    return this.#machine.deadlineMs;
  }

  tick(nowMs: number): void {
    this.#machine.tick(Math.floor(nowMs));
  }

  // What the machine tells

  onMessage(data: string | Uint8Array): void {
    this.#messagesReceived++;
    if (this.#handler === undefined) this.intake.deliver(data);
    else hand(this.#handler, data);
  }

  onPing(payload: Uint8Array): void {
    const handler = this.#handler ?? this.#intake?.handler;
    if (handler !== undefined) tellControl(handler, "onPing", payload);
  }

  onPong(payload: Uint8Array): void {
    this.#pings?.answer(payload);
    const handler = this.#handler ?? this.#intake?.handler;
    if (handler !== undefined) tellControl(handler, "onPong", payload);
  }

  onBusy(isBusy: boolean): void {
    if (isBusy) this.duplex.setReading(false);
    else this.#readOn();
  }

  onSettled(info: CloseInfo): void {
    this.#intake?.settle(info);
    this.#leaveOpen();
    this.#fail(info);
  }

  onClosed(info: CloseInfo): void {
    const { sweep, batch } = this.profile.runtime;
    sweep.delete(this);
    batch.drop(this);
    this.#closed?.resolve(info);
    this.#intake?.close();
    if (this.#handler !== undefined) tellClosed(this.#handler, info);
    this.owner?.onGone(this);
  }

  // What the intake and the way out tell

  onHold(isHeld: boolean): void {
    if (isHeld) {
      this.#machine.pause();
      this.duplex.setReading(false);
      return;
    }
    const { batch } = this.profile.runtime;
    const outer = batch.enter(this);
    try {
      this.#machine.resume(this.#now());
    } finally {
      batch.leave(this, outer);
    }
    this.#readOn();
  }

  onOverflow(): void {
    this.#machine.fail(1008, INBOX_FULL_REASON);
  }

  protected onRelieved(): void {
    this.#machine.drained();
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.resolve();
    this.#intake?.drain();
    if (this.#handler !== undefined) tellDrained(this.#handler);
  }

  // Intents

  send(data: string | Uint8Array): Promise<void> {
    this.#checkOpen();
    this.#checkRoom(data);
    this.#messagesSent++;
    this.#machine.send(data);
    return this.#readiness();
  }

  sendPrepared(message: PreparedMessage): Promise<void> {
    this.#checkOpen();
    if (!this.hasRoomFor(message.frame.length, this.limits.maxBufferedBytes)) throw this.#bufferFull();
    this.#messagesSent++;
    this.#machine.sendPrepared(message);
    return this.#readiness();
  }

  trySend(data: string | Uint8Array): boolean {
    if (this.#machine.state !== "open" || this.isCongested) return false;
    void this.send(data);
    return true;
  }

  trySendPrepared(message: PreparedMessage): boolean {
    if (this.#machine.state !== "open" || this.isCongested) return false;
    void this.sendPrepared(message);
    return true;
  }

  sendFragments(fragments: Fragments): Promise<void> {
    this.#checkOpen();
    this.#messagesSent++;
    return handled(sendFragments(this.#machine, fragments, () => this.#readiness()));
  }

  ping(payload: Uint8Array | undefined, timeoutMs: number): Promise<number> {
    this.#checkOpen();
    this.#pings ??= new Pings(this.clock, this.limits.maxPings);
    this.#pings.checkRoom();
    const sent = payload ?? this.#pings.nextPayload();
    this.#machine.sendPing(sent);
    return this.#pings.add(sent, timeoutMs);
  }

  close(code: number, reason: string): Promise<CloseInfo> {
    if (this.#machine.state === "open") {
      this.intake.discard(true);
      this.#machine.close(code, reason, this.#now());
      this.#leaveOpen();
    }
    return this.closed;
  }

  terminate(): void {
    this.intake.discard(true);
    this.#machine.terminate(this.#now());
  }

  get stats(): ConnectionStats {
    return {
      messagesSent: this.#messagesSent,
      messagesReceived: this.#messagesReceived,
      messagesDropped: this.#intake?.dropped ?? 0,
      bytesSent: this.duplex.bytesSent,
      bytesReceived: this.duplex.bytesReceived,
      bufferedBytes: this.bufferedBytes,
      latencyMs: this.#pings?.latencyMs ?? this.#machine.latencyMs,
    };
  }

  /** Whole milliseconds: they fit into fields without an object each. */
  #now(): number {
    return Math.floor(this.profile.runtime.clock.now());
  }

  #readOn(): void {
    if (this.#intake?.isHeld === true || this.#machine.isBusy) return; // what had been held back filled the inbox again
    this.duplex.setReading(true);
    if (this.state === "open") this.profile.runtime.sweep.touch(this);
  }

  /** From the first Close on: a deadline runs, and reading must go on so that the other Close or FIN is seen. */
  #leaveOpen(): void {
    if (this.#machine.state === "closed") return;
    this.profile.runtime.sweep.add(this);
    this.onHold(false);
  }

  #checkOpen(): void {
    const { info } = this.#machine;
    if (info !== undefined) throw closedError(info);
  }

  /** Text is measured only where three bytes per unit might be too many. */
  #checkRoom(data: string | Uint8Array): void {
    const { maxBufferedBytes } = this.limits;
    if (this.hasRoomFor(14 + data.length * 3, maxBufferedBytes)) return;
    const payloadBytes = typeof data === "string" ? this.profile.codec.text.byteLength(data) : data.length;
    if (!this.hasRoomFor(frameLength(payloadBytes, this.profile.role === "client"), maxBufferedBytes)) throw this.#bufferFull();
  }

  #bufferFull(): SimpleWebsocketError {
    const { maxBufferedBytes } = this.limits;
    return new SimpleWebsocketError(`Cannot send: more than ${maxBufferedBytes} bytes would wait, must be fewer`, { code: "simple-ws/buffer-full", retryable: true, details: { maxBufferedBytes, bufferedBytes: this.bufferedBytes } });
  }

  #readiness(): Promise<void> {
    if (!this.isCongested) return READY;
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
