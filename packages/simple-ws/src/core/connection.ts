/**
 * One WebSocket connection after its opening handshake, for both roles, without I/O: bytes and times in, bytes and callbacks
 * out (RFC 6455 §5–7).
 *
 * Room: simple-ws core. Bytes leave through a {@link ByteOutput}, everything else through a {@link ConnectionSink}. Nothing a
 * peer sends makes a method throw; state is settled before a callback runs. Times are whole milliseconds of any one clock.
 */
import { WebSocketException } from "@x/errors/wsframe";
import { Decoder, encodeClosePayload, isSendableCloseCode, MAX_REASON_BYTES, Opcode, type AgreedExtensions, type DecoderSink, type PreparedMessage } from "@x/wsframe";
import { IDLE_REASON, PING_TIMEOUT_REASON } from "./closed-error.js";
import { OPEN, onCloseReceived, onCloseRequested, onCloseTimeout, onEndReceived, onFault, onLinkClosed, onTerminated, type CloseInfo, type ClosingEffect, type ClosingState, type Transition } from "./closing.js";
import { writeBinary, writeControl, writeData, writeShared, writeText, type ByteOutput } from "./frames.js";
import { Inbound, type InboundOwner } from "./inbound.js";
import { Keepalive } from "./keepalive.js";
import { Outbound, type OutboundSink } from "./outbound.js";
import type { Profile } from "./profile.js";

export interface ConnectionSink {
  onMessage(data: string | Uint8Array): void;
  /** After it has been answered. */
  onPing(payload: Uint8Array): void;
  onPong(payload: Uint8Array): void;
  /** An extension works on a message, and what follows it should stay in the network meanwhile; or it has done so. */
  onBusy(isBusy: boolean): void;
  /** Why the connection ends is settled: no message will follow; the link may take a little longer. Once, before onClosed. */
  onSettled(info: CloseInfo): void;
  /** The link is gone. Once; the last callback. */
  onClosed(info: CloseInfo): void;
}

const NOTHING = new Uint8Array(0);

export class Connection implements DecoderSink, InboundOwner, OutboundSink {
  readonly #profile: Profile;
  readonly #shell: ByteOutput & ConnectionSink;
  readonly #decoder: Decoder;
  readonly #keepalive: Keepalive | undefined;
  readonly #inbound: Inbound | undefined;
  #outbound: Outbound | undefined;
  #state: ClosingState = OPEN;
  /** -1 while open, and once it has passed. */
  #closeDeadlineMs = -1;
  #nowMs: number;
  #isPaused = false;
  /** What an extension gave back while reading was paused. */
  #held: string | Uint8Array | undefined;
  /** The one Ping whose Pong waits for a congested output (§5.5.3: only the latest needs an answer). */
  #owedPong: Uint8Array | undefined;

  constructor(profile: Profile, extensions: AgreedExtensions | undefined, shell: ByteOutput & ConnectionSink, nowMs: number) {
    const { settings, codec } = profile;
    this.#profile = profile;
    this.#shell = shell;
    this.#nowMs = nowMs;
    this.#decoder = new Decoder({ role: profile.role, rules: profile.rules, reservedBits: extensions?.reservedBits, sink: this });
    this.#keepalive = settings.pingIntervalMs > 0 || settings.idleTimeoutMs > 0 ? new Keepalive(settings, nowMs) : undefined;
    if (extensions === undefined) return;
    this.#inbound = new Inbound(extensions.extension, settings.maxMessageBytes, codec.text, this);
    this.#outbound = new Outbound(extensions.extension, codec.text, this);
  }

  get state(): ClosingState["kind"] {
    return this.#state.kind;
  }

  /** Why the connection ends, as far as it is known: `undefined` while open. */
  get info(): CloseInfo | undefined {
    switch (this.#state.kind) {
      case "open": return undefined;
      case "closing": return { ...this.#state.sent, wasClean: false, initiator: "local" };
      case "draining": case "closed": return this.#state.info;
    }
  }

  /** When {@link tick} is due; Infinity for never. Only leaving "open" moves it earlier. */
  get deadlineMs(): number {
    switch (this.#state.kind) {
      case "open": return this.#isPaused || this.isBusy ? Infinity : this.#keepalive?.deadlineMs ?? Infinity;
      case "closing": case "draining": return this.#closeDeadlineMs < 0 ? Infinity : this.#closeDeadlineMs;
      case "closed": return Infinity;
    }
  }

  /** See {@link Keepalive.latencyMs}. */
  get latencyMs(): number | undefined {
    return this.#keepalive?.latencyMs;
  }

  /** An extension works on a message that came in; see {@link ConnectionSink.onBusy}. */
  get isBusy(): boolean {
    return this.#inbound?.isBusy === true;
  }

  // Inputs

  receive(chunk: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    if (!this.#isReading) return;
    this.#keepalive?.heard(nowMs);
    try {
      this.#decoder.push(chunk, nowMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The peer's FIN. */
  receiveEnd(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#apply(onEndReceived(this.#state));
  }

  /** The link is gone, both ways. Idempotent. */
  linkClosed(): void {
    this.#apply(onLinkClosed(this.#state));
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    if (nowMs < this.deadlineMs) return;
    if (this.#state.kind !== "open") {
      this.#closeDeadlineMs = -1; // once is enough: the link reports its end by itself
      this.#apply(onCloseTimeout(this.#state));
      return;
    }
    switch (this.#keepalive?.tick(nowMs)) {
      case "ping": this.sendPing(NOTHING); break;
      case "timeout": this.fail(1008, PING_TIMEOUT_REASON); break;
      case "idle": this.fail(1008, IDLE_REASON); break;
      case "wait": case undefined: break;
    }
  }

  /** Messages stop, even in the middle of a chunk, until {@link resume}; silence is no fault of the peer meanwhile. */
  pause(): void {
    this.#isPaused = true;
    this.#decoder.pause();
  }

  /** Delivers what was held back, then goes on. */
  resume(nowMs: number): void {
    if (!this.#isPaused) return;
    this.#nowMs = nowMs;
    this.#isPaused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#shell.onMessage(held);
    this.#goOn();
  }

  /** The output is no longer congested. */
  drained(): void {
    const owed = this.#owedPong;
    this.#owedPong = undefined;
    if (owed !== undefined && this.#state.kind === "open") this.#writeControl(Opcode.pong, owed);
  }

  // Intents; those that send need state "open"

  send(data: string | Uint8Array): void {
    if (this.#outbound?.takes(data) === true) this.#outbound.send(data);
    else this.writeMessage(data);
  }

  sendPrepared(message: PreparedMessage): void {
    if (this.#outbound?.takes(message.payload) === true) this.#outbound.sendPrepared(message);
    else if (this.#profile.role === "server") this.#shell.append(message.frame);
    else this.writeMessage(message.data);
  }

  /** @param payload at most 125 bytes. */
  sendPing(payload: Uint8Array): void {
    this.#writeControl(Opcode.ping, payload);
  }

  /** Calls `begin` once a message may be sent in pieces, by {@link sendFragment}; all other messages wait for {@link endFragments}. */
  beginFragments(begin: () => void): void {
    const outbound = (this.#outbound ??= new Outbound(undefined, this.#profile.codec.text, this));
    outbound.after(() => {
      outbound.reserve();
      begin();
    });
  }

  /** @param opcode of the message with its first piece, continuation with the others. */
  sendFragment(payload: Uint8Array, opcode: Opcode, isFinal: boolean): void {
    writeData(this.#shell, this.#profile, payload, opcode, isFinal, 0);
  }

  endFragments(): void {
    this.#outbound?.release();
  }

  /** Starts the closing handshake (§7.1.2). The caller has checked code and reason. */
  close(code: number, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#apply(onCloseRequested(this.#state, { code, reason }));
  }

  /** Hangs up without a Close. */
  terminate(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#decoder.pause();
    this.#apply(onTerminated(this.#state));
  }

  /** Ends the connection for something that the peer did, or did not do (§7.1.7). */
  fail(code: number, reason: string): void {
    this.#apply(onFault(this.#state, { code, reason }));
  }

  // What the decoder and the extensions find

  onMessage(data: string | Uint8Array): void {
    this.#keepalive?.received(this.#nowMs);
    this.#shell.onMessage(data);
  }

  onExtended(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    const message = this.#inbound?.receive(payload, opcode, reserved);
    if (message !== undefined) {
      this.onMessage(message);
    } else if (this.isBusy) {
      this.#decoder.pause();
      this.#shell.onBusy(true);
    }
  }

  onInbound(outcome: string | Uint8Array | WebSocketException): void {
    if (outcome instanceof WebSocketException) this.#fail(outcome);
    else if (this.#isPaused) this.#held = outcome;
    else this.onMessage(outcome);
    this.#goOn();
    this.#shell.onBusy(this.isBusy);
  }

  onPing(payload: Uint8Array): void {
    if (this.#state.kind !== "open") return; // §5.5.1: nothing follows our Close
    if (this.#shell.isCongested) this.#owedPong = payload;
    else this.#writeControl(Opcode.pong, payload);
    this.#shell.onPing(payload);
  }

  onPong(payload: Uint8Array): void {
    this.#shell.onPong(payload);
  }

  onClose(code: number, reason: string): void {
    this.#decoder.pause(); // §1.4: what follows a Close is not read
    this.#apply(onCloseReceived(this.#state, { code, reason }, this.#profile.role));
  }

  // What the way out asks for

  writeMessage(data: string | Uint8Array): void {
    if (typeof data === "string") writeText(this.#shell, this.#profile, data);
    else writeBinary(this.#shell, this.#profile, data);
  }

  writePayload(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    writeData(this.#shell, this.#profile, payload, opcode, true, reserved);
  }

  writeShared(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    if (this.#profile.role === "server") writeShared(this.#shell, payload, opcode, reserved);
    else this.writePayload(payload, opcode, reserved);
  }

  hold(bytes: number): void {
    this.#shell.hold(bytes);
  }

  outboundFailed(error: WebSocketException): void {
    this.#fail(error);
  }

  // How states change

  /** Bytes are of use: before our Close, and between it and the peer's. */
  get #isReading(): boolean {
    return this.#state.kind === "open" || this.#state.kind === "closing";
  }

  /** Parses what waited, unless something still holds it up. */
  #goOn(): void {
    if (this.#isPaused || this.isBusy || !this.#isReading) return;
    this.#keepalive?.heard(this.#nowMs);
    try {
      this.#decoder.resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const isPeers = error instanceof WebSocketException;
    const code = isPeers && error.closeCode !== undefined && isSendableCloseCode(error.closeCode) ? error.closeCode : 1011;
    this.fail(code, isPeers ? this.#shorten(error.message) : "");
    if (!isPeers) throw error; // a sink or this package is at fault: not to be hidden
  }

  #apply([next, effects]: Transition): void {
    const before = this.#state;
    if (next === before && effects.length === 0) return;
    this.#state = next;
    if (before.kind === "open") this.#closeDeadlineMs = this.#nowMs + this.#profile.settings.closeTimeoutMs;
    for (const effect of effects) {
      if (effect.kind === "destroy" || this.#outbound === undefined) this.#carryOut(effect);
      else this.#outbound.after(() => this.#carryOut(effect)); // what was sent before the Close leaves before it
    }
    this.#report(before, next);
  }

  #carryOut(effect: ClosingEffect): void {
    switch (effect.kind) {
      case "send": this.#writeControl(Opcode.close, encodeClosePayload(effect.close.code, effect.close.reason, this.#profile.codec.text)); break;
      case "end": this.#shell.end(); break;
      case "destroy": this.#shell.destroy(); break;
    }
  }

  #report(before: ClosingState, next: ClosingState): void {
    const wasSettled = before.kind === "draining" || before.kind === "closed";
    if ((next.kind === "draining" || next.kind === "closed") && !wasSettled) {
      this.#inbound?.close();
      this.#held = undefined;
      this.#shell.onSettled(next.info);
    }
    if (next.kind === "closed" && before.kind !== "closed") {
      this.#outbound?.close();
      this.#shell.onClosed(next.info);
    }
  }

  #writeControl(opcode: Opcode, payload: Uint8Array): void {
    writeControl(this.#shell, this.#profile, opcode, payload);
  }

  #shorten(reason: string): string {
    const { text } = this.#profile.codec;
    let shorter = reason.slice(0, MAX_REASON_BYTES);
    while (text.byteLength(shorter) > MAX_REASON_BYTES) shorter = shorter.slice(0, -1);
    return shorter;
  }
}
