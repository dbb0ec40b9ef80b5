/**
 * The one loop: joins a core {@link Connection} with a byte link, the write batch, the sweep and whoever reads.
 *
 * Room: simple-ws shell. One per connection; users hold a {@link WebSocketConnection}, which holds this.
 */
import type { Swept } from "@x/errors/clock";
import { reportHandlerError } from "@x/errors/handlers";
import type { AgreedExtensions, PreparedMessage } from "@x/wsframe";
import { closedError, INBOX_FULL_REASON } from "../core/closed-error.js";
import type { CloseInfo } from "../core/closing.js";
import { Connection, type ConnectionSink } from "../core/connection.js";
import type { ConnectionStats, Fragments } from "./contract.js";
import { sendFragments } from "./fragments.js";
import { Incoming } from "./incoming.js";
import type { ByteDuplex, DuplexHandler } from "./ports.js";
import type { ConnectionProfile } from "./profile.js";
import { Waits } from "./waits.js";

/** What `send` returns while there is no pressure: one promise for all connections. */
const READY: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** Whoever keeps a list of connections. */
export interface DriverOwner {
  /** Called last, when nothing of the connection is left. */
  onGone(driver: Driver): void;
}

export class Driver extends Incoming implements DuplexHandler, ConnectionSink, Swept {
  owner: DriverOwner | undefined;
  protected readonly machine: Connection;
  #messagesSent = 0;
  #waits: Waits | undefined;

  constructor(profile: ConnectionProfile, duplex: ByteDuplex, extensions?: AgreedExtensions) {
    super(profile, duplex);
    this.machine = new Connection(profile, extensions, this, this.#now());
  }

  /** @param answer our end of the opening handshake, where it is not written yet, as bytes or ASCII: it leaves together with the first frames of this turn. */
  start(answer?: Uint8Array | string): void {
    const { settings, runtime } = this.profile;
    if (typeof answer === "string") this.#write(answer);
    else if (answer !== undefined) this.append(answer);
    if (settings.pingIntervalMs > 0 || settings.idleTimeoutMs > 0) runtime.sweep.add(this);
    this.duplex.start(this);
  }

  get state(): "open" | "closing" | "closed" {
    const { state } = this.machine;
    return state === "draining" ? "closing" : state;
  }

  get closed(): Promise<CloseInfo> {
    const { info, state } = this.machine;
    const { end } = this.#waiting();
    if (state === "closed" && info !== undefined) this.#waits?.close(info);
    return end;
  }

  // What the link and the sweep tell

  onChunk(chunk: Uint8Array): void {
    const { batch } = this.profile.runtime;
    const outer = batch.enter(this);
    try {
      this.machine.receive(chunk, this.#now());
    } catch (error) {
      reportHandlerError(error, { event: "receive" });
    } finally {
      batch.leave(this, outer);
    }
  }

  onEnd(): void {
    this.machine.receiveEnd(this.#now());
  }

  onDrain(): void {
    this.flushed();
  }

  onLinkClosed(): void {
    this.machine.linkClosed();
  }

  get deadlineMs(): number {
    return this.machine.deadlineMs;
  }

  tick(nowMs: number): void {
    this.machine.tick(Math.floor(nowMs));
  }

  // What the machine tells

  onPing(payload: Uint8Array): void {
    this.tellControl("onPing", payload);
  }

  onPong(payload: Uint8Array): void {
    this.profile.runtime.sweep.touch(this); // the next Ping may be due before the Pong was
    this.#waits?.answer(payload);
    this.tellControl("onPong", payload);
  }

  onBusy(isBusy: boolean): void {
    if (isBusy) this.duplex.setReading(false);
    else this.#readOn();
  }

  onSettled(info: CloseInfo): void {
    this.tellSettled(info);
    this.#leaveOpen();
    this.#waits?.settle(info);
  }

  onClosed(info: CloseInfo): void {
    const { sweep, batch } = this.profile.runtime;
    sweep.delete(this);
    batch.drop(this);
    this.#waits?.close(info);
    this.tellClosed(info);
    this.owner?.onGone(this);
  }

  // What the intake and the way out tell

  onHold(isHeld: boolean): void {
    if (isHeld) {
      this.machine.pause();
      this.duplex.setReading(false);
      return;
    }
    const { batch } = this.profile.runtime;
    const outer = batch.enter(this);
    try {
      this.machine.resume(this.#now());
    } finally {
      batch.leave(this, outer);
    }
    this.#readOn();
  }

  onOverflow(): void {
    this.machine.fail(1008, INBOX_FULL_REASON);
  }

  protected onRelieved(): void {
    this.machine.drained();
    this.#waits?.drained();
    this.tellDrained();
  }

  // Intents

  send(data: string | Uint8Array, mayCompress: boolean): Promise<void> {
    this.#checkOpen();
    if (!this.hasRoomForMessage(data)) throw this.bufferFull();
    this.#messagesSent++;
    this.machine.send(data, mayCompress);
    return this.#readiness();
  }

  sendPrepared(message: PreparedMessage, mayCompress: boolean): Promise<void> {
    this.#checkOpen();
    if (!this.hasRoomForPrepared(message)) throw this.bufferFull();
    this.#messagesSent++;
    this.machine.sendPrepared(message, mayCompress);
    return this.#readiness();
  }

  trySend(data: string | Uint8Array, mayCompress: boolean): boolean {
    if (this.machine.state !== "open" || this.isCongested || !this.hasRoomForMessage(data)) return false;
    void this.send(data, mayCompress);
    return true;
  }

  trySendPrepared(message: PreparedMessage, mayCompress: boolean): boolean {
    if (this.machine.state !== "open" || this.isCongested || !this.hasRoomForPrepared(message)) return false;
    void this.sendPrepared(message, mayCompress);
    return true;
  }

  sendFragments(fragments: Fragments): Promise<void> {
    this.#checkOpen();
    this.#messagesSent++;
    const outcome = this.#waiting().unfinished();
    void sendFragments(this.machine, fragments, () => this.#readiness(), outcome);
    return outcome.promise;
  }

  ping(payload: Uint8Array | undefined, timeoutMs: number): Promise<number> {
    this.#checkOpen();
    const { pings } = this.#waiting();
    pings.checkRoom();
    const sent = payload ?? pings.nextPayload();
    this.machine.sendPing(sent);
    return pings.add(sent, timeoutMs);
  }

  close(code: number, reason: string): Promise<CloseInfo> {
    if (this.machine.state === "open") {
      this.intake.discard(true);
      this.machine.close(code, reason, this.#now());
      this.#leaveOpen();
    }
    return this.closed;
  }

  terminate(): void {
    this.intake.discard(true);
    this.machine.terminate(this.#now());
  }

  get stats(): ConnectionStats {
    return {
      messagesSent: this.#messagesSent,
      messagesReceived: this.messagesReceived,
      messagesDropped: this.messagesDropped,
      bytesSent: this.duplex.bytesSent,
      bytesReceived: this.duplex.bytesReceived,
      bufferedBytes: this.bufferedBytes,
      latencyMs: this.#waits?.latencyMs ?? this.machine.latencyMs,
    };
  }

  /** Straight to where the frames go: nothing has to be put together then. */
  #write(ascii: string): void {
    const start = this.reserve(ascii.length);
    this.commit(start + this.profile.codec.text.write(ascii, this.target, start));
  }

  /** Whole milliseconds: they fit into fields without an object each. */
  #now(): number {
    return Math.floor(this.profile.runtime.clock.now());
  }

  #readOn(): void {
    if (this.isHeld || this.machine.isBusy) return; // what had been held back filled the inbox again
    this.duplex.setReading(true);
    if (this.state === "open") this.profile.runtime.sweep.touch(this);
  }

  /** From the first Close on: a deadline runs, and reading must go on so that the other Close or FIN is seen. */
  #leaveOpen(): void {
    if (this.machine.state === "closed") return;
    this.profile.runtime.sweep.add(this);
    this.onHold(false);
  }

  #checkOpen(): void {
    const { info } = this.machine;
    if (info !== undefined) throw closedError(info);
  }

  #readiness(): Promise<void> {
    return this.isCongested ? this.#waiting().room : READY;
  }

  #waiting(): Waits {
    return this.#waits ??= new Waits(this.profile);
  }
}
