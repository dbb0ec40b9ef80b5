/**
 * One Engine.IO session, either role: what may be sent and received when, heartbeat, upgrade and the one end.
 *
 * Room: engineio core. Sans-I/O: packets, transports and the time come in; a {@link SessionSink} hears what happened.
 * Nothing that a peer sends makes a method throw. Times are milliseconds, sizes bytes.
 */
import { ConnectionError } from "@x/errors/engineio";
import { type Carrier, isStream } from "./carrier.js";
import { Heartbeat } from "./heartbeat.js";
import { type Handshake, decodeOpen } from "./open.js";
import { Code, type PreparedPacket, Wire, type WirePacket } from "./packet.js";
import { unexpectedPacket } from "./payload.js";
import { Sender, type SenderOwner } from "./sender.js";
import type { CloseReason, ReadyState, SessionConfig } from "./session-config.js";
import { type Upgrade, onTrialPacket, upgradeDeadline } from "./upgrade.js";

/** What a session reports; state is settled before each call. */
export interface SessionSink {
  onOpen(handshake: Handshake): void;
  /** Client: the transport ended before OPEN. @returns `true` when another one will be tried. */
  onOpenFailed(description: unknown): boolean;
  onMessage(data: string | Uint8Array): void;
  onPacket(wire: WirePacket): void;
  onPacketCreate(wire: WirePacket): void;
  onHeartbeat(): void;
  onUpgrading(carrier: Carrier): void;
  onUpgrade(carrier: Carrier): void;
  onUpgradeError(carrier: Carrier, cause: unknown): void;
  /** The outbox is empty. */
  onDrain(): void;
  /** The deadline may have moved earlier. */
  onDeadline(): void;
  onClose(reason: CloseReason, description: unknown): void;
}

const NORMAL_CLOSE = 1000;
const PROTOCOL_ERROR = 1002;

/** The state machine; drivers call `tick` when `deadlineMs` has passed. */
export class Session implements SenderOwner {
  readonly config: SessionConfig;
  readonly outbox: Sender;
  state: ReadyState = "opening";
  carrier: Carrier | undefined;
  deadlineMs: number = Number.POSITIVE_INFINITY;
  readonly #sink: SessionSink;
  readonly #heartbeat: Heartbeat;
  #isObserved = false;
  #upgrade: Upgrade<Carrier> = { kind: "none" };
  /** When opening, or closing, must be over. */
  #phaseDeadlineMs = Infinity;

  constructor(config: SessionConfig, sink: SessionSink, maxPayloadBytes: number, maxMessageBytes: number) {
    this.config = config;
    this.#sink = sink;
    this.outbox = new Sender(this, maxPayloadBytes, maxMessageBytes);
    this.#heartbeat = new Heartbeat(config.role);
  }

  get isUpgrading(): boolean {
    return this.#upgrade.kind === "probing" || this.#upgrade.kind === "switching";
  }

  get isUpgraded(): boolean {
    return this.#upgrade.kind === "done";
  }

  /** The first transport. A server is open at once; a client when OPEN has come. */
  start(carrier: Carrier): void {
    this.carrier = carrier;
  }

  /** Client: OPEN must come within this time. */
  openWithin(timeoutMs: number): void {
    this.#phaseDeadlineMs = this.config.clock.now() + timeoutMs;
    this.#settleDeadline();
  }

  /** Server: the handshake is granted; `openWire` is the OPEN packet, which leaves first. */
  open(openWire: string, pingIntervalMs: number, pingTimeoutMs: number): void {
    this.state = "open";
    void this.outbox.enqueue(openWire);
    this.#beginHeartbeat(pingIntervalMs, pingTimeoutMs);
    this.flush();
  }

  /**
   * Send one message.
   * @returns a promise that resolves below the low-water mark; without pressure always the same resolved one.
   * @throws {SocketIsClosedError} `engineio/socket-closed` unless open (a client may queue while it opens).
   * @throws {ContentTooLongError} `engineio/content-too-long` above the largest message the peer or we allow.
   */
  send(data: string | Uint8Array): Promise<void> {
    return this.outbox.send(data);
  }

  /** {@link send} for a message encoded once for many receivers. */
  sendPrepared(packet: PreparedPacket): Promise<void> {
    return this.outbox.sendPrepared(packet);
  }

  /** Somebody wants to hear of single packets. */
  observe(): void {
    this.#isObserved = true;
    this.outbox.observe();
  }

  /** For {@link Sender}. */
  packetCreated(wire: WirePacket): void {
    this.#sink.onPacketCreate(wire);
  }

  /** A packet arrived on `carrier`. */
  receive(wire: WirePacket, carrier: Carrier): void {
    if (carrier !== this.carrier) {
      this.#receiveOnTrial(wire, carrier);
      return;
    }
    if (this.state === "closed") return;
    if (this.#isObserved) this.#sink.onPacket(wire);
    if (typeof wire !== "string") this.#receiveMessage(wire);
    else if (wire.charCodeAt(0) === Code.message) this.#receiveMessage(wire.slice(1));
    else this.#receiveControl(wire);
  }

  /** `carrier` is gone, by the peer's will or the network's: `reason` and `description` are what users hear. */
  carrierEnded(carrier: Carrier, reason: CloseReason, description: unknown): void {
    if (carrier === this.carrier) this.#carrierLost(reason, description);
    else this.#abortTrial(carrier, description);
  }

  /** A second transport for this session. @returns `false` when it is not wanted: upgraded, upgrading, not open, or no polling. */
  tryUpgrade(carrier: Carrier): boolean {
    if (this.state !== "open" || this.#upgrade.kind !== "none" || this.carrier?.name !== "polling") return false;
    this.#upgrade = { kind: "probing", link: carrier, deadlineMs: this.config.clock.now() + this.config.upgradeTimeoutMs };
    this.#settleDeadline();
    this.#sink.onUpgrading(carrier);
    return true;
  }

  /** Client: polling is silent, so the new transport may take over. */
  paused(): void {
    if (this.#upgrade.kind !== "switching" || this.config.role !== "client") return;
    const { link } = this.#upgrade;
    this.#upgrade = { kind: "done" };
    writeOnTrial(link, Wire.upgrade);
    this.#switchTo(link);
  }

  /** The transport can take more. */
  flush(): void {
    if (this.outbox.length > 0) void this.carrier?.flush();
  }

  /** Called by a carrier that has emptied, or partly emptied, the outbox. */
  flushed(): void {
    if (this.outbox.length > 0 || this.state === "closed") return;
    if (this.state === "closing") {
      this.#end("forced close", undefined, Wire.noop, NORMAL_CLOSE);
      return;
    }
    this.outbox.settle();
    this.outbox.relieve();
    this.#sink.onDrain();
  }

  /** All that time brings: heartbeat, upgrade limit, closing limit. */
  tick(nowMs: number): void {
    if (this.state === "closed") return;
    if (nowMs >= this.#phaseDeadlineMs) {
      this.#phaseExpired();
      return;
    }
    if (nowMs >= upgradeDeadline(this.#upgrade) && this.#upgrade.kind !== "none" && this.#upgrade.kind !== "done") {
      this.#abortTrial(this.#upgrade.link, "upgrade timeout");
    }
    const due = this.#heartbeat.due(nowMs);
    if (due === "expired") this.fail("ping timeout");
    else if (due === "ping") void this.outbox.enqueue(Wire.ping);
    this.#settleDeadline();
  }

  /** Send what was sent before, then CLOSE, and end with "forced close"; `isHasty` drops what waits. Idempotent. */
  close(isHasty = false): void {
    if (this.state === "closed" || (this.state === "closing" && !isHasty)) return;
    const { state, carrier } = this;
    if (state === "opening" || carrier === undefined) {
      this.#end("forced close", undefined, Wire.close, NORMAL_CLOSE);
      return;
    }
    this.state = "closing";
    this.outbox.settle();
    if (this.#upgrade.kind === "probing") this.#abortTrial(this.#upgrade.link, "session closing");
    if (isHasty) this.outbox.clear();
    if (carrier.name === "polling") this.outbox.push(Wire.close);
    this.#phaseDeadlineMs = this.config.clock.now() + this.config.closeTimeoutMs;
    this.#settleDeadline();
    if (this.outbox.length > 0) void carrier.flush();
    else this.flushed();
  }

  /** End at once, whatever waits. Idempotent. */
  fail(reason: CloseReason, description?: unknown, closeCode: number = reason === "parse error" ? PROTOCOL_ERROR : NORMAL_CLOSE): void {
    this.#end(reason, description, Wire.close, closeCode);
  }

  #carrierLost(reason: CloseReason, description: unknown): void {
    if (this.state === "opening" && this.#sink.onOpenFailed(description)) this.carrier = undefined;
    else this.fail(reason, description);
  }

  #phaseExpired(): void {
    if (this.state === "closing") this.#end("forced close", undefined, Wire.close, NORMAL_CLOSE);
    else this.fail("transport error", new ConnectionError("Cannot connect: the server opened no session in time", { code: "engineio/connect-timeout" }));
  }

  #receiveMessage(data: string | Uint8Array): void {
    if (this.state === "open" || this.state === "closing") this.#sink.onMessage(data);
    else this.fail("parse error", unexpectedPacket(typeof data === "string" ? Wire.message : data));
  }

  #receiveControl(wire: string): void {
    const { role } = this.config;
    const code = wire.charCodeAt(0);
    if (this.state === "opening") {
      this.#receiveOpen(wire);
    } else if (code === Code.pong && role === "server") {
      if (!this.#heartbeat.heard(this.config.clock.now())) return;
      this.#settleDeadline();
      this.#sink.onHeartbeat();
    } else if (code === Code.ping && role === "client") {
      this.#heartbeat.heard(this.config.clock.now());
      this.#settleDeadline();
      this.#sink.onHeartbeat();
      void this.outbox.enqueue(`3${wire.slice(1)}`);
    } else if (code === Code.close) {
      this.#end("transport close", undefined, Wire.noop, NORMAL_CLOSE);
    } else if (code !== Code.noop || role === "server") {
      this.fail("parse error", unexpectedPacket(wire));
    }
  }

  #receiveOpen(wire: string): void {
    let handshake: Handshake;
    try {
      handshake = decodeOpen(wire);
    } catch (cause) {
      this.fail("parse error", cause);
      return;
    }
    this.state = "open";
    this.#phaseDeadlineMs = Infinity;
    if (handshake.maxPayload !== undefined) {
      this.outbox.maxPayloadBytes = handshake.maxPayload;
      this.outbox.maxMessageBytes = Math.min(this.outbox.maxMessageBytes, handshake.maxPayload);
    }
    this.#beginHeartbeat(handshake.pingInterval, handshake.pingTimeout);
    this.outbox.settle();
    this.#sink.onOpen(handshake);
    this.flush();
  }

  #receiveOnTrial(wire: WirePacket, carrier: Carrier): void {
    const trial = this.#upgrade;
    if ((trial.kind !== "probing" && trial.kind !== "switching") || trial.link !== carrier) return; // a carrier of the past
    const [next, action] = onTrialPacket<Carrier>(trial, typeof wire === "string" ? wire : "", this.config.role);
    switch (action) {
      case "abort":
        this.#abortTrial(carrier, unexpectedPacket(wire));
        return;
      case "answer-probe":
        this.#upgrade = next;
        writeOnTrial(carrier, Wire.probeAnswer);
        this.carrier?.pause();
        return;
      case "pause-polling":
        this.#upgrade = next;
        this.carrier?.pause();
        return;
      case "switch":
        this.#upgrade = next;
        this.#switchTo(carrier);
        return;
      case "ignore":
    }
  }

  #switchTo(carrier: Carrier): void {
    const old = this.carrier;
    this.carrier = carrier;
    this.#settleDeadline();
    old?.end(Wire.noop, NORMAL_CLOSE);
    this.#sink.onUpgrade(carrier);
    if (this.outbox.length > 0) void carrier.flush();
    else this.flushed();
  }

  #abortTrial(carrier: Carrier, cause: unknown): void {
    const trial = this.#upgrade;
    if ((trial.kind !== "probing" && trial.kind !== "switching") || trial.link !== carrier) return;
    this.#upgrade = { kind: "none" };
    this.#settleDeadline();
    carrier.end(Wire.close, PROTOCOL_ERROR);
    this.carrier?.resume();
    this.#sink.onUpgradeError(carrier, cause);
  }

  #beginHeartbeat(intervalMs: number, timeoutMs: number): void {
    this.#heartbeat.start(this.config.clock.now(), intervalMs, timeoutMs);
    this.#settleDeadline();
  }

  #settleDeadline(): void {
    const before = this.deadlineMs;
    this.deadlineMs = this.state === "closed" ? Infinity : Math.min(this.#heartbeat.deadlineMs, upgradeDeadline(this.#upgrade), this.#phaseDeadlineMs);
    if (this.deadlineMs < before) this.#sink.onDeadline();
  }

  #end(reason: CloseReason, description: unknown, goodbye: string, closeCode: number): void {
    if (this.state === "closed") return;
    const trial = this.#upgrade;
    this.state = "closed";
    this.#upgrade = { kind: "none" };
    this.#heartbeat.stop();
    this.deadlineMs = Infinity;
    this.carrier?.end(goodbye, closeCode);
    if (trial.kind === "probing" || trial.kind === "switching") trial.link.end(Wire.close, closeCode);
    this.outbox.stop(reason, description);
    this.#sink.onClose(reason, description);
  }
}

/** A link that cannot take a packet any more reports its own end, so a failure here says nothing new. */
function writeOnTrial(link: Carrier, wire: string): void {
  if (!isStream(link)) return;
  try {
    void link.write(wire).catch(nothing);
  } catch {
    nothing();
  }
}

function nothing(): void {
  // see above
}
