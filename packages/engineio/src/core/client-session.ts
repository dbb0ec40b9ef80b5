/**
 * A session as a client has it: what may be sent and received when, the server's heartbeat, the upgrade, and the one end.
 *
 * Room: engineio core. Sans-I/O, as the server's `Session`: packets, transports and the time come in, a {@link SessionSink}
 * hears what happened, and nothing that a server sends makes a method throw. Apart from the server's, so that a page does
 * not carry it. Times are milliseconds, sizes bytes. Protocol document §"Protocol", §"Heartbeat", §"Upgrade".
 */
import { ConnectionError } from "@x/errors/engineio";
import { type Carrier, NORMAL_CLOSE, PROTOCOL_ERROR, type StreamCarrier, isStream } from "./carrier.js";
import { ClientHandover } from "./client-handover.js";
import { ClientHeartbeat } from "./client-heartbeat.js";
import { ClientSender, type ClientSenderOwner } from "./client-sender.js";
import { type Handshake, decodeOpen } from "./open.js";
import type { PreparedPacket, SendOptions, WirePacket } from "./packet.js";
import { unexpectedPacket } from "./payload.js";
import type { ClientSessionConfig, CloseReason, ReadyState } from "./session-config.js";
import type { CarriedSession, HeldSession } from "./session-ports.js";
import type { SessionSink } from "./session-sink.js";
import * as Wire from "./wire.js";

/** The state machine; drivers call `tick` when `deadlineMs` has passed. */
export class ClientSession implements CarriedSession, HeldSession, ClientSenderOwner {
  readonly config: ClientSessionConfig;
  readonly outbox: ClientSender;
  state: ReadyState = "opening";
  carrier: Carrier | undefined;
  /** Has a stream taken over from polling? */
  isUpgraded = false;
  readonly #sink: SessionSink;
  #isObserved = false;
  readonly #heartbeat = new ClientHeartbeat();
  #handover: ClientHandover | undefined;
  /** When opening, or closing, must be over. */
  #phaseUntilMs = Infinity;

  constructor(config: ClientSessionConfig, sink: SessionSink) {
    this.config = config;
    this.#sink = sink;
    this.outbox = new ClientSender(this);
  }

  /** When {@link tick} has something to do; `Infinity` once closed. */
  get deadlineMs(): number {
    return Math.min(this.#heartbeat.deadlineMs, this.#phaseUntilMs, this.#handover?.deadlineMs ?? Infinity);
  }

  /** Is a second transport on trial? */
  get isUpgrading(): boolean {
    return this.#handover !== undefined;
  }

  get isCongested(): boolean {
    return this.outbox.isCongested;
  }

  /** A transport to begin with. */
  start(carrier: Carrier): void {
    this.carrier = carrier;
  }

  /** OPEN must come within this time. */
  openWithin(timeoutMs: number): void {
    this.#endPhaseIn(timeoutMs);
  }

  observe(): void {
    this.#isObserved = true;
  }

  /**
   * Send one message; while the session opens it waits.
   * @returns a promise that resolves below the low-water mark.
   * @throws {SocketIsClosedError} `engineio/socket-closed`, {ContentTooLongError} `engineio/content-too-long`.
   */
  send(data: string | Uint8Array, options?: SendOptions): Promise<void> {
    return this.outbox.send(data, options);
  }

  sendPrepared(packet: PreparedPacket): Promise<void> {
    return this.send(packet.data, packet);
  }

  /** For {@link ClientSender}. */
  packetCreated(wire: WirePacket): boolean {
    if (this.#isObserved) this.#sink.onPacketCreate(wire);
    return this.#isObserved;
  }

  receive(wire: WirePacket, carrier: Carrier): void {
    if (carrier !== this.carrier) {
      if (carrier !== this.#handover?.stream) return; // a carrier of the past
      if (!this.#handover.receive(wire, this.carrier)) this.#handoverFailed(unexpectedPacket(wire));
      return;
    }
    if (this.state === "closed") return;
    if (this.#isObserved) this.#sink.onPacket(wire);
    if (this.state === "opening") this.#receiveOpen(wire);
    else if (typeof wire !== "string") this.#sink.onMessage(wire);
    else if (wire.startsWith(Wire.message)) this.#sink.onMessage(wire.slice(1));
    else if (wire.startsWith(Wire.ping)) this.#receivePing(wire);
    else if (wire.startsWith(Wire.close)) this.#end("transport close", undefined, Wire.noop);
    else if (!wire.startsWith(Wire.noop)) this.fail("parse error", unexpectedPacket(wire));
  }

  carrierEnded(carrier: Carrier, reason: CloseReason, description: unknown): void {
    if (carrier === this.#handover?.stream) this.#handoverFailed(description);
    else if (carrier !== this.carrier) return;
    else if (this.state === "opening" && this.#sink.onOpenFailed(description)) this.carrier = undefined;
    else this.fail(reason, description);
  }

  /** A second transport, on which the driver sends the probe. @returns `false` when it is not wanted: not open, upgrading, or on a stream already. */
  tryUpgrade(stream: StreamCarrier): boolean {
    const { carrier } = this;
    if (this.state !== "open" || this.#handover !== undefined || carrier === undefined || isStream(carrier)) return false;
    this.#handover = new ClientHandover(stream, this.config.clock.now() + this.config.upgradeTimeoutMs);
    this.#sink.onDeadline();
    this.#sink.onUpgrading(stream);
    return true;
  }

  /** Polling has fallen silent: the stream may take over. */
  paused(): void {
    const handover = this.#handover;
    if (handover?.isSwitching !== true) return;
    const { stream } = handover;
    handover.complete();
    const polling = this.carrier;
    this.#handover = undefined;
    this.isUpgraded = true;
    this.carrier = stream;
    polling?.end(Wire.noop, NORMAL_CLOSE);
    this.#sink.onUpgrade(stream);
    this.#flushOrRest(stream);
  }

  /** The transport can take more. */
  flush(): void {
    if (this.outbox.length > 0) void this.carrier?.flush();
  }

  flushed(): void {
    if (this.outbox.length > 0 || this.state === "closed") return;
    if (this.state === "closing") {
      this.#end("forced close", undefined, Wire.noop);
      return;
    }
    this.outbox.relieve();
    this.#sink.onDrain();
  }

  /** All that time brings: the server's silence, and the limits of opening, upgrading and closing. */
  tick(nowMs: number): void {
    if (nowMs >= this.#phaseUntilMs) {
      if (this.state === "closing") this.#end("forced close", undefined, Wire.close);
      else this.fail("transport error", timedOut("the server opened no session in time"));
      return;
    }
    if (nowMs >= (this.#handover?.deadlineMs ?? Infinity)) this.#handoverFailed(timedOut("the new transport did not take over in time"));
    if (this.#heartbeat.isOver(nowMs)) this.fail("ping timeout");
  }

  /** Send what was sent before, then CLOSE, and end; `isHasty` drops what waits. Idempotent. */
  close(isHasty = false): void {
    const { state, carrier, outbox } = this;
    if (state === "closed" || (state === "closing" && !isHasty)) return;
    if (state === "opening" || carrier === undefined) {
      this.#end("forced close", undefined, Wire.close);
      return;
    }
    this.state = "closing";
    this.#heartbeat.stop(); // nothing follows CLOSE
    if (this.#handover?.isSwitching === false) this.#handoverFailed(outbox.closedError());
    if (isHasty) outbox.clear();
    if (!isStream(carrier)) outbox.push(Wire.close);
    this.#endPhaseIn(this.config.closeTimeoutMs);
    this.#flushOrRest(carrier);
  }

  /** End at once, whatever waits. Idempotent. */
  fail(reason: CloseReason, description?: unknown): void {
    const goodbye = this.state === "opening" ? Wire.noop : Wire.close; // without a session there is nothing to close
    this.#end(reason, description, goodbye, reason === "parse error" ? PROTOCOL_ERROR : NORMAL_CLOSE);
  }

  #receiveOpen(wire: WirePacket): void {
    if (wire === Wire.close) {
      this.fail("transport close", new ConnectionError("Cannot connect: the server closed the session", { code: "engineio/connection-lost" }));
      return;
    }
    let handshake: Handshake;
    try {
      if (typeof wire !== "string") throw unexpectedPacket(wire);
      handshake = decodeOpen(wire);
    } catch (cause) {
      this.fail("parse error", cause);
      return;
    }
    this.state = "open";
    this.#phaseUntilMs = Infinity;
    this.outbox.maxPayloadBytes = handshake.maxPayload ?? this.outbox.maxPayloadBytes;
    this.#heartbeat.start(this.config.clock.now(), handshake);
    this.#sink.onDeadline();
    this.#sink.onOpen(handshake);
    this.flush();
  }

  #receivePing(wire: string): void {
    if (this.state !== "open") return;
    this.#heartbeat.heard(this.config.clock.now());
    this.#sink.onHeartbeat();
    void this.outbox.enqueue(Wire.pong + wire.slice(1));
  }

  /** The session goes on with polling. */
  #handoverFailed(cause: unknown): void {
    const handover = this.#handover;
    if (handover === undefined) return;
    this.#handover = undefined;
    handover.abandon(this.carrier);
    this.#sink.onUpgradeError(handover.stream, cause);
  }

  #flushOrRest(carrier: Carrier): void {
    if (this.outbox.length > 0) void carrier.flush();
    else this.flushed();
  }

  #endPhaseIn(timeoutMs: number): void {
    this.#phaseUntilMs = this.config.clock.now() + timeoutMs;
    this.#sink.onDeadline();
  }

  #end(reason: CloseReason, description: unknown, goodbye: string, closeCode = NORMAL_CLOSE): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.#phaseUntilMs = Infinity;
    this.#heartbeat.stop();
    const stream = this.#handover?.stream;
    this.#handover = undefined;
    this.carrier?.end(goodbye, closeCode);
    stream?.end(Wire.close, closeCode);
    this.outbox.stop(reason, description);
    this.#sink.onClose(reason, description);
  }
}

function timedOut(what: string): ConnectionError {
  return new ConnectionError(`Cannot connect: ${what}`, { code: "engineio/connect-timeout" });
}
