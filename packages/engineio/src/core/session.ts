/**
 * One Engine.IO session as a server has it: what may be sent and received when, heartbeat, and the one end.
 *
 * Room: engineio core. Sans-I/O: packets, transports and the time come in; a {@link SessionSink} hears what happened.
 * Nothing that a peer sends makes a method throw. Times are milliseconds, sizes bytes. The outgoing half is `Sender`, the
 * move to another transport `Handover`. A client's session is `ClientSession`.
 */
import { ConnectionError, UnknownPacketError } from "@x/errors/engineio";
import { type Carrier, NORMAL_CLOSE, PROTOCOL_ERROR, type StreamCarrier, isStream } from "./carrier.js";
import * as Code from "./code.js";
import { Handover, type HandoverOwner } from "./handover.js";
import { Heartbeat } from "./heartbeat.js";
import type { PreparedPacket, SendOptions, WirePacket } from "./packet.js";
import { unexpectedPacket } from "./payload.js";
import { Sender, type SenderOwner } from "./sender.js";
import type { CloseReason, ReadyState, SessionConfig } from "./session-config.js";
import type { SessionSink } from "./session-sink.js";
import * as Wire from "./wire.js";

const GOING_AWAY = 1001;

/** The state machine; drivers call `tick` when `deadlineMs` has passed. */
export class Session implements SenderOwner, HandoverOwner {
  readonly config: SessionConfig;
  readonly outbox: Sender;
  state: ReadyState = "opening";
  carrier: Carrier | undefined;
  /** Somebody wants to hear of single packets. */
  isObserved = false;
  /** Has a stream taken over from polling? */
  isUpgraded = false;
  readonly #sink: SessionSink;
  readonly #heartbeat: Heartbeat;
  #handover: Handover | undefined;
  /** Is the whole server closing, and this session with it? */
  #isGoingAway = false;
  /** When closing must be over. */
  #closeDeadlineMs: number | undefined;

  constructor(config: SessionConfig, sink: SessionSink, maxPayloadBytes: number, maxMessageBytes: number) {
    this.config = config;
    this.#sink = sink;
    this.outbox = new Sender(this, maxPayloadBytes, maxMessageBytes);
    this.#heartbeat = new Heartbeat();
  }

  /** When {@link tick} has something to do; `Infinity` once closed. */
  get deadlineMs(): number {
    return Math.min(this.#heartbeat.deadlineMs, this.#closeDeadlineMs ?? Infinity, this.#handover?.deadlineMs ?? Infinity);
  }

  /** Would a sender have to wait? */
  get isCongested(): boolean {
    return this.outbox.isCongested;
  }

  /** Is a second transport on trial? */
  get isUpgrading(): boolean {
    return this.#handover !== undefined;
  }

  /** The first transport. */
  start(carrier: Carrier): void {
    this.carrier = carrier;
  }

  /** The handshake is granted; `openWire` is the OPEN packet, which leaves first. */
  open(openWire: string, pingIntervalMs: number, pingTimeoutMs: number): void {
    this.state = "open";
    this.outbox.begin(openWire);
    this.#beginHeartbeat(pingIntervalMs, pingTimeoutMs);
    this.flush();
  }

  /**
   * Send one message.
   * @returns a promise that resolves below the low-water mark; without pressure always the same resolved one.
   * @throws {SocketIsClosedError} `engineio/socket-closed` unless open.
   * @throws {ContentTooLongError} `engineio/content-too-long` above the largest message the peer or we allow.
   */
  send(data: string | Uint8Array, options?: SendOptions): Promise<void> {
    return this.outbox.send(data, options);
  }

  /** {@link send} for a message encoded once for many receivers. */
  sendPrepared(packet: PreparedPacket): Promise<void> {
    return this.outbox.sendPrepared(packet);
  }

  /** From now on each packet is shown, and takes the way through the queue. */
  observe(): void {
    this.isObserved = true;
    this.outbox.settle();
  }

  /** For {@link Sender}. */
  packetCreated(wire: WirePacket): void {
    this.#sink.onPacketCreate(wire);
  }

  /** A packet arrived on `carrier`. */
  receive(wire: WirePacket, carrier: Carrier): void {
    if (carrier !== this.carrier) {
      if (this.#handover?.stream === carrier) this.#handover.receive(wire); // else a carrier of the past
      return;
    }
    if (this.state === "closed") return;
    if (this.isObserved) this.#sink.onPacket(wire);
    if (typeof wire !== "string") this.#receiveMessage(wire);
    else if (wire.charCodeAt(0) === Code.message) this.#receiveMessage(wire.slice(1));
    else this.#receiveControl(wire);
  }

  /** `carrier` is gone, by the peer's will or the network's: `reason` and `description` are what users hear. */
  carrierEnded(carrier: Carrier, reason: CloseReason, description: unknown): void {
    if (carrier === this.carrier) this.fail(reason, description);
    else if (this.#handover?.stream === carrier) this.handoverFailed(this.#handover, description);
  }

  /** A second transport for this session. @returns `false` when it is not wanted: upgraded, upgrading, not open, or on a stream already. */
  tryUpgrade(stream: StreamCarrier): boolean {
    const { carrier } = this;
    if (this.state !== "open" || this.#handover !== undefined || carrier === undefined || isStream(carrier)) return false;
    this.#handover = new Handover(this, stream);
    this.#sink.onDeadline();
    this.#sink.onUpgrading(stream);
    return true;
  }

  /** For {@link Handover}. */
  handedOver(handover: Handover): void {
    if (this.#handover !== handover) return;
    const { stream } = handover;
    const polling = this.carrier;
    this.#handover = undefined;
    this.isUpgraded = true;
    this.carrier = stream;
    polling?.end(Wire.noop, NORMAL_CLOSE);
    this.#sink.onUpgrade(stream);
    if (this.outbox.length > 0) void stream.flush();
    else this.flushed();
  }

  /** For {@link Handover}. */
  handoverFailed(handover: Handover, cause: unknown): void {
    if (this.#handover !== handover) return;
    this.#handover = undefined;
    handover.stream.end(Wire.close, PROTOCOL_ERROR);
    this.carrier?.resume();
    this.#sink.onUpgradeError(handover.stream, cause);
  }

  /** The transport can take more. */
  flush(): void {
    if (this.outbox.length > 0) void this.carrier?.flush();
  }

  /** Called by a carrier that has emptied, or partly emptied, the outbox. */
  flushed(): void {
    if (this.outbox.length > 0 || this.state === "closed") return;
    if (this.state === "closing") {
      this.#endAsAsked(Wire.noop);
      return;
    }
    this.outbox.settle();
    this.outbox.relieve();
    this.#sink.onDrain();
  }

  /** All that time brings: heartbeat, upgrade limit, closing limit. */
  tick(nowMs: number): void {
    if (this.state === "closed") return;
    if (nowMs >= (this.#closeDeadlineMs ?? Infinity)) {
      this.#endAsAsked(Wire.close);
      return;
    }
    if (this.#handover !== undefined && nowMs >= this.#handover.deadlineMs) this.handoverFailed(this.#handover, timedOut());
    const due = this.#heartbeat.due(nowMs);
    if (due === "expired") this.fail("ping timeout");
    else if (due === "ping") void this.outbox.enqueue(Wire.ping);
  }

  /** Send what was sent before, then CLOSE, and end with `reason`; `isHasty` drops what waits. Idempotent. */
  close(isHasty = false, reason: "forced close" | "server shutting down" = "forced close"): void {
    if (this.state === "closed" || (this.state === "closing" && !isHasty)) return;
    const { state, carrier } = this;
    this.#isGoingAway = reason === "server shutting down";
    if (state === "opening" || carrier === undefined) {
      this.#endAsAsked(Wire.close);
      return;
    }
    this.state = "closing";
    this.#heartbeat.stop(); // nothing follows CLOSE
    this.outbox.settle();
    if (this.#handover?.isProbing === true) this.handoverFailed(this.#handover, this.outbox.closedError());
    if (isHasty) this.outbox.clear();
    if (!isStream(carrier)) this.outbox.push(Wire.close);
    this.#closeDeadlineMs = this.config.clock.now() + this.config.closeTimeoutMs;
    this.#sink.onDeadline();
    if (this.outbox.length > 0) void carrier.flush();
    else this.flushed();
  }

  /** End at once, whatever waits. Idempotent. */
  fail(reason: CloseReason, description?: unknown, closeCode: number = reason === "parse error" ? PROTOCOL_ERROR : NORMAL_CLOSE): void {
    this.#end(reason, description, Wire.close, closeCode);
  }

  #receiveMessage(data: string | Uint8Array): void {
    if (this.state === "open" || this.state === "closing") this.#sink.onMessage(data);
    else this.fail("parse error", unexpectedPacket(typeof data === "string" ? Wire.message : data));
  }

  #receiveControl(wire: string): void {
    const code = wire.charCodeAt(0);
    if (code === Code.pong) this.#receivePong();
    else if (code === Code.close) this.#end("transport close", undefined, Wire.noop, NORMAL_CLOSE);
    else this.fail("parse error", unexpectedPacket(wire));
  }

  #receivePong(): void {
    const { clock, maxUnaskedPongs } = this.config;
    if (this.#heartbeat.heard(clock.now())) {
      this.#sink.onDeadline(); // the next PING may be due before the PONG was
      this.#sink.onHeartbeat();
    } else if (this.#heartbeat.unasked > maxUnaskedPongs) {
      this.fail("parse error", new UnknownPacketError(`Session ended: more than ${maxUnaskedPongs} PONGs that answer no PING`, { code: "engineio/too-many-pongs", packetType: Wire.pong, details: { maxUnaskedPongs } }));
    }
  }

  #beginHeartbeat(intervalMs: number, timeoutMs: number): void {
    this.#heartbeat.start(this.config.clock.now(), intervalMs, timeoutMs);
    this.#sink.onDeadline();
  }

  #endAsAsked(goodbye: string): void {
    if (this.#isGoingAway) this.#end("server shutting down", undefined, goodbye, GOING_AWAY);
    else this.#end("forced close", undefined, goodbye, NORMAL_CLOSE);
  }

  #end(reason: CloseReason, description: unknown, goodbye: string, closeCode: number): void {
    if (this.state === "closed") return;
    const handover = this.#handover;
    this.state = "closed";
    this.#handover = undefined;
    this.#closeDeadlineMs = undefined;
    this.#heartbeat.stop();
    this.carrier?.end(goodbye, closeCode);
    handover?.stream.end(Wire.close, closeCode);
    this.outbox.stop(reason, description);
    this.#sink.onClose(reason, description);
  }
}

function timedOut(): ConnectionError {
  return new ConnectionError("Cannot upgrade: the new transport did not take over in time", { code: "engineio/connect-timeout" });
}
