/**
 * One WebSocket connection after its opening handshake, for both roles, without I/O: bytes and times in, bytes and callbacks
 * out (RFC 6455 §5–7).
 *
 * Room: simple-ws core. Bytes leave through a {@link ByteOutput}, everything else through a {@link ConnectionSink}. Nothing a
 * peer sends makes a method throw; state is settled before a callback runs. Times are milliseconds of any one clock.
 */
import { WebSocketException } from "@x/errors/wsframe";
import { Decoder, encodeClosePayload, frameLength, isSendableCloseCode, MAX_REASON_BYTES, maxFrameBytes, Opcode, writeBinaryFrame, writeControlFrame, writeTextFrame, type DecoderSink, type PreparedMessage, type TextPort } from "@x/wsframe";
import { PING_TIMEOUT_REASON } from "./closed-error.js";
import { OPEN, onCloseReceived, onCloseRequested, onCloseTimeout, onEndReceived, onFault, onLinkClosed, onTerminated, type Close, type CloseInfo, type ClosingState, type Role, type Transition } from "./closing.js";
import { Keepalive } from "./keepalive.js";
import type { ConnectionSettings } from "./options.js";

/** Where frames go, in order. Memory is the output's: a frame is written where {@link reserve} says. */
export interface ByteOutput {
  /** The memory that the last {@link reserve} spoke of. */
  readonly target: Uint8Array;
  /** @returns the offset in {@link target} from which `bytes` bytes may be written. */
  reserve(bytes: number): number;
  /** What was written since {@link reserve} ends at this offset of {@link target}. */
  commit(end: number): void;
  /** Bytes that nobody changes any more. */
  append(bytes: Uint8Array): void;
  /** Writes what is queued, then FIN. */
  end(): void;
  /** Drops what is queued and the link. */
  destroy(): void;
  /** More waits than the peer takes: what may be left out should be. */
  readonly isCongested: boolean;
}

export interface ConnectionSink {
  onMessage(data: string | Uint8Array): void;
  onPong(payload: Uint8Array): void;
  /** Why the connection ends is settled: no message will follow; the link may take a little longer. Once, before onClosed. */
  onSettled(info: CloseInfo): void;
  /** The link is gone. Once; the last callback. */
  onClosed(info: CloseInfo): void;
}

/** What all connections of one process or one memory pair share. */
export interface Codec {
  readonly text: TextPort;
  /** Uniform in [0, 1), unpredictable where masks protect intermediaries (RFC 6455 §10.3). */
  readonly random: () => number;
  /** Makes the memory of binary messages; it need not be zeroed. */
  readonly allocate: (bytes: number) => Uint8Array;
}

const MAX_CONTROL_FRAME_BYTES = 131;
/** Texts up to this length reserve three bytes per unit; longer ones are measured first. */
const SHORT_TEXT = 8_192;
const NOTHING = new Uint8Array(0);

export class Connection implements DecoderSink {
  readonly #role: Role;
  readonly #settings: ConnectionSettings;
  readonly #codec: Codec;
  readonly #output: ByteOutput;
  readonly #sink: ConnectionSink;
  readonly #decoder: Decoder;
  readonly #keepalive: Keepalive | undefined;
  #state: ClosingState = OPEN;
  #closeDeadlineMs = Infinity;
  #nowMs: number;
  #isPaused = false;
  /** The one Ping whose Pong waits for a congested output (§5.5.3: only the latest needs an answer). */
  #owedPong: Uint8Array | undefined;

  constructor(role: Role, settings: ConnectionSettings, codec: Codec, output: ByteOutput, sink: ConnectionSink, nowMs: number) {
    this.#role = role;
    this.#settings = settings;
    this.#codec = codec;
    this.#output = output;
    this.#sink = sink;
    this.#nowMs = nowMs;
    this.#decoder = new Decoder({ role, limits: settings.limits, text: codec.text, allocate: codec.allocate, sink: this });
    this.#keepalive = settings.pingIntervalMs > 0 ? new Keepalive(settings.pingIntervalMs, settings.pingTimeoutMs, nowMs) : undefined;
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
      case "open": return this.#isPaused ? Infinity : this.#keepalive?.deadlineMs ?? Infinity;
      case "closing": case "draining": return this.#closeDeadlineMs;
      case "closed": return Infinity;
    }
  }

  // Inputs

  receive(chunk: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#state.kind !== "open" && this.#state.kind !== "closing") return; // §1.4
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
      this.#closeDeadlineMs = Infinity; // once is enough: the link reports its end by itself
      this.#apply(onCloseTimeout(this.#state));
      return;
    }
    switch (this.#keepalive?.tick(nowMs)) {
      case "ping": this.#writeControl(Opcode.ping, NOTHING); break;
      case "timeout": this.#apply(onFault(this.#state, { code: 1008, reason: PING_TIMEOUT_REASON })); break;
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
    this.#keepalive?.heard(nowMs);
    if (this.#state.kind !== "open" && this.#state.kind !== "closing") return;
    try {
      this.#decoder.resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The output is no longer congested. */
  drained(): void {
    const owed = this.#owedPong;
    this.#owedPong = undefined;
    if (owed !== undefined && this.#state.kind === "open") this.#writeControl(Opcode.pong, owed);
  }

  // Intents; those that send need state "open"

  sendText(text: string): void {
    const { text: port } = this.#codec;
    const bytes = text.length <= SHORT_TEXT ? maxFrameBytes(text) : frameLength(port.byteLength(text), this.#role === "client");
    const offset = this.#output.reserve(bytes);
    this.#output.commit(writeTextFrame(this.#output.target, offset, text, port, this.#maskKey()));
  }

  sendBinary(data: Uint8Array): void {
    const offset = this.#output.reserve(frameLength(data.length, this.#role === "client"));
    this.#output.commit(writeBinaryFrame(this.#output.target, offset, data, this.#maskKey()));
  }

  sendPrepared(message: PreparedMessage): void {
    if (this.#role === "server") this.#output.append(message.frame);
    else if (typeof message.data === "string") this.sendText(message.data);
    else this.sendBinary(message.data);
  }

  /** @param payload at most 125 bytes. */
  sendPing(payload: Uint8Array): void {
    this.#writeControl(Opcode.ping, payload);
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

  // What the decoder finds

  onMessage(data: string | Uint8Array): void {
    this.#sink.onMessage(data);
  }

  onPing(payload: Uint8Array): void {
    if (this.#state.kind !== "open") return; // §5.5.1: nothing follows our Close
    if (this.#output.isCongested) this.#owedPong = payload;
    else this.#writeControl(Opcode.pong, payload);
  }

  onPong(payload: Uint8Array): void {
    this.#sink.onPong(payload);
  }

  onClose(code: number, reason: string): void {
    this.#decoder.pause(); // §1.4: what follows a Close is not read
    this.#apply(onCloseReceived(this.#state, { code, reason }, this.#role));
  }

  // How states change

  #fail(error: unknown): void {
    const isPeers = error instanceof WebSocketException;
    const code = isPeers && error.closeCode !== undefined && isSendableCloseCode(error.closeCode) ? error.closeCode : 1011;
    this.#apply(onFault(this.#state, { code, reason: isPeers ? this.#shorten(error.message) : "" }));
    if (!isPeers) throw error; // a sink or this package is at fault: not to be hidden
  }

  #apply([next, effects]: Transition): void {
    const before = this.#state;
    if (next === before && effects.length === 0) return;
    this.#state = next;
    if (before.kind === "open") this.#closeDeadlineMs = this.#nowMs + this.#settings.closeTimeoutMs;
    for (const effect of effects) {
      switch (effect.kind) {
        case "send": this.#writeClose(effect.close); break;
        case "end": this.#output.end(); break;
        case "destroy": this.#output.destroy(); break;
      }
    }
    this.#report(before, next);
  }

  #report(before: ClosingState, next: ClosingState): void {
    const wasSettled = before.kind === "draining" || before.kind === "closed";
    if ((next.kind === "draining" || next.kind === "closed") && !wasSettled) this.#sink.onSettled(next.info);
    if (next.kind === "closed" && before.kind !== "closed") this.#sink.onClosed(next.info);
  }

  #writeClose({ code, reason }: Close): void {
    this.#writeControl(Opcode.close, encodeClosePayload(code, reason, this.#codec.text));
  }

  #writeControl(opcode: Opcode, payload: Uint8Array): void {
    const offset = this.#output.reserve(MAX_CONTROL_FRAME_BYTES);
    this.#output.commit(writeControlFrame(this.#output.target, offset, opcode, payload, this.#maskKey()));
  }

  /** §5.3: a fresh key per frame, of clients only. */
  #maskKey(): number | undefined {
    return this.#role === "client" ? (this.#codec.random() * 4_294_967_296) | 0 : undefined;
  }

  #shorten(reason: string): string {
    let shorter = reason.slice(0, MAX_REASON_BYTES);
    while (this.#codec.text.byteLength(shorter) > MAX_REASON_BYTES) shorter = shorter.slice(0, -1);
    return shorter;
  }
}
