/**
 * One WebSocket connection after its opening handshake, for both roles, without I/O: bytes and times in, bytes and callbacks
 * out (RFC 6455 §5–7).
 *
 * Room: simple-ws core. Bytes leave through a {@link ByteOutput}, everything else through a {@link ConnectionSink}. Nothing a
 * peer sends makes a method throw; state is settled before a callback runs. Times are whole milliseconds of any one clock.
 */
import type { WebSocketException } from "@x/errors/wsframe";
import { Decoder, Opcode, type AgreedExtensions, type DecoderSink, type PreparedMessage } from "@x/wsframe";
import { IDLE_REASON, PING_TIMEOUT_REASON } from "./closed-error.js";
import { Detour, type DetourOwner } from "./detour.js";
import { Ending, type EndingSink } from "./ending.js";
import { writeBinary, writeControl, writeData, writeText, type ByteOutput } from "./frames.js";
import { Keepalive } from "./keepalive.js";
import type { Profile } from "./profile.js";

export interface ConnectionSink extends EndingSink {
  onMessage(data: string | Uint8Array): void;
  /** See {@link DecoderSink.wantsFragments}. */
  readonly wantsFragments: boolean;
  onFragment(payload: Uint8Array, opcode: Opcode, isLast: boolean): void;
  /** After it has been answered. */
  onPing(payload: Uint8Array): void;
  onPong(payload: Uint8Array): void;
  /** An extension works on a message, and what follows it should stay in the network meanwhile; or it has done so. */
  onBusy(isBusy: boolean): void;
}

const NOTHING = new Uint8Array(0);

export class Connection extends Ending<ByteOutput & ConnectionSink> implements DecoderSink, DetourOwner {
  isPaused = false;
  readonly #decoder: Decoder;
  readonly #keepalive: Keepalive | undefined;
  /** The one Ping whose Pong waits for a congested output (§5.5.3: only the latest needs an answer). */
  #owedPong: Uint8Array | undefined;

  constructor(profile: Profile, extensions: AgreedExtensions | undefined, shell: ByteOutput & ConnectionSink, nowMs: number) {
    super(profile, shell, nowMs);
    const { settings } = profile;
    this.#decoder = new Decoder({ role: profile.role, rules: profile.rules, reservedBits: extensions?.reservedBits, sink: this });
    this.#keepalive = settings.pingIntervalMs > 0 || settings.idleTimeoutMs > 0 ? new Keepalive(settings, nowMs) : undefined;
    if (extensions !== undefined) this.detour = new Detour(profile, extensions.extension, shell, this);
  }

  /** When {@link tick} is due; Infinity for never. Only leaving "open" moves it earlier. */
  get deadlineMs(): number {
    if (this.state !== "open") return this.endDeadlineMs;
    return this.isPaused || this.isBusy ? Infinity : this.#keepalive?.deadlineMs ?? Infinity;
  }

  /** See {@link Keepalive.latencyMs}. */
  get latencyMs(): number | undefined {
    return this.#keepalive?.latencyMs;
  }

  /** An extension works on a message that came in; see {@link ConnectionSink.onBusy}. */
  get isBusy(): boolean {
    return this.detour?.isBusy === true;
  }

  // Inputs

  receive(chunk: Uint8Array, nowMs: number): void {
    this.nowMs = nowMs;
    if (!this.isReading) return;
    this.#keepalive?.heard(nowMs);
    try {
      this.#decoder.push(chunk, nowMs);
    } catch (error) {
      this.failFor(error);
    }
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs;
    if (nowMs < this.deadlineMs) return;
    if (this.state !== "open") {
      this.endTimedOut();
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
    this.isPaused = true;
    this.#decoder.pause();
  }

  /** Delivers what was held back, then goes on. */
  resume(nowMs: number): void {
    if (!this.isPaused) return;
    this.nowMs = nowMs;
    this.isPaused = false;
    const held = this.detour?.takeHeld();
    if (held !== undefined) this.shell.onMessage(held);
    this.#goOn();
  }

  /** The output is no longer congested. */
  drained(): void {
    const owed = this.#owedPong;
    this.#owedPong = undefined;
    if (owed !== undefined && this.state === "open") writeControl(this.shell, this.profile, Opcode.pong, owed);
  }

  // Intents; those that send need state "open"

  send(data: string | Uint8Array, mayCompress = true): void {
    if (this.detour?.send(data, mayCompress) !== true) this.#write(data);
  }

  sendPrepared(message: PreparedMessage, mayCompress = true): void {
    if (this.detour?.sendPrepared(message, mayCompress) === true) return;
    if (this.profile.role === "server") this.shell.append(message.frame);
    else this.#write(message.data);
  }

  /** @param payload at most 125 bytes. */
  sendPing(payload: Uint8Array): void {
    writeControl(this.shell, this.profile, Opcode.ping, payload);
  }

  /** Calls `begin` once a message may be sent in pieces, by {@link sendFragment}; all other messages wait for {@link endFragments}. */
  beginFragments(begin: () => void): void {
    this.detour ??= new Detour(this.profile, undefined, this.shell, this);
    this.detour.reserve(begin);
  }

  /** @param opcode of the message with its first piece, continuation with the others. */
  sendFragment(payload: Uint8Array, opcode: Opcode, isFinal: boolean): void {
    writeData(this.shell, this.profile, payload, opcode, isFinal, 0);
    if (this.detour !== undefined) this.detour.hasHalfMessage = !isFinal;
  }

  /** Half a message cannot be taken back: the connection ends with 1011 then. */
  endFragments(): void {
    if (this.detour?.hasHalfMessage === true && this.state === "open") this.fail(1011, "");
    this.detour?.release();
  }

  /** Hangs up without a Close. */
  terminate(nowMs: number): void {
    this.nowMs = nowMs;
    this.#decoder.pause();
    this.hangUp();
  }

  // What the decoder finds

  onMessage(data: string | Uint8Array): void {
    this.#keepalive?.received(this.nowMs);
    this.shell.onMessage(data);
  }

  get wantsFragments(): boolean {
    return this.shell.wantsFragments;
  }

  onFragment(payload: Uint8Array, opcode: Opcode, isLast: boolean): void {
    this.shell.onFragment(payload, opcode, isLast);
  }

  onExtended(payload: Uint8Array, opcode: Opcode, reserved: number): void {
    this.detour?.receive(payload, opcode, reserved);
  }

  onPing(payload: Uint8Array): void {
    if (this.state !== "open") return; // §5.5.1: nothing follows our Close
    if (this.shell.isCongested) this.#owedPong = payload;
    else writeControl(this.shell, this.profile, Opcode.pong, payload);
    this.shell.onPing(payload);
  }

  onPong(payload: Uint8Array): void {
    this.shell.onPong(payload);
  }

  onClose(code: number, reason: string): void {
    this.#decoder.pause(); // §1.4: what follows a Close is not read
    this.closeReceived(code, reason);
  }

  // What the detour tells

  onAway(): void {
    this.#decoder.pause();
    this.shell.onBusy(true);
  }

  onArrived(): void {
    this.#goOn();
    this.shell.onBusy(this.isBusy);
  }

  onFault(error: WebSocketException): void {
    this.failFor(error);
  }

  /** Parses what waited, unless something still holds it up. */
  #goOn(): void {
    if (this.isPaused || this.isBusy || !this.isReading) return;
    this.#keepalive?.resumed(this.nowMs);
    try {
      this.#decoder.resume();
    } catch (error) {
      this.failFor(error);
    }
  }

  #write(data: string | Uint8Array): void {
    if (typeof data === "string") writeText(this.shell, this.profile, data);
    else writeBinary(this.shell, this.profile, data);
  }
}
