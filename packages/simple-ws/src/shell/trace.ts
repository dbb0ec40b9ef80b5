/**
 * What goes over a connection's wire, told frame by frame: a byte link that looks at what passes through it.
 *
 * Room: simple-ws shell. A connection without a trace has none of this in its way. Payloads are shown by a bounded, escaped prefix,
 * credentials in handshakes not at all.
 */
import { safeText } from "@x/errors";
import { callSafely } from "@x/errors/handlers";
import { opcodeName, readHeader, reservedBits, type FrameHeader } from "@x/wsframe";
import { DuplexDecorator } from "./duplex-decorator.js";
import type { ByteDuplex, DuplexHandler } from "./ports.js";

export type TraceDirection = "sent" | "received";

/** One thing that passed. */
export type TraceEvent =
  /** The head of an opening handshake, without what proves who somebody is. */
  | { readonly kind: "handshake"; readonly direction: TraceDirection; readonly head: string }
  | { readonly kind: "frame"; readonly direction: TraceDirection; readonly opcode: string; readonly isFinal: boolean; readonly isCompressed: boolean; readonly isMasked: boolean; readonly payloadBytes: number; /** Text escaped, other bytes in hex. */ readonly preview: string }
  /** What follows cannot be read as frames. */
  | { readonly kind: "fault"; readonly direction: TraceDirection; readonly message: string }
  | { readonly kind: "end"; readonly direction: TraceDirection }
  | { readonly kind: "closed" };

/** Takes what passes. What it throws goes to the reporter of `@x/errors/handlers`. */
export type TraceSink = (event: TraceEvent) => void;

/** A sink of the application's that cannot do harm. */
export function safeTrace(trace: TraceSink | undefined): TraceSink | undefined {
  return trace && ((event) => callSafely(trace, [event]));
}

/** How much of a payload is shown. */
export const TRACE_PREVIEW_BYTES = 64;
const MAX_HEAD_CHARACTERS = 16_384;
const secretFields = /^(authorization|proxy-authorization|cookie|set-cookie):.*$/gim;

/** @param head the lines of a request or an answer. */
export function handshakeEvent(direction: TraceDirection, head: string): TraceEvent {
  return { kind: "handshake", direction, head: head.trim().slice(0, MAX_HEAD_CHARACTERS).replace(secretFields, "$1: [redacted]") };
}

/** Reads one direction of a wire, however it is cut. */
class FrameScanner {
  readonly #direction: TraceDirection;
  readonly #trace: TraceSink;
  readonly #head: number[] = [];
  #header: FrameHeader | undefined;
  #preview: number[] = [];
  #missing = 0;
  #isOver = false;

  constructor(direction: TraceDirection, trace: TraceSink) {
    this.#direction = direction;
    this.#trace = trace;
  }

  scan(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#isOver; ) {
      if (this.#header === undefined) this.#readHeader(chunk[at++] ?? 0);
      else at = this.#skip(this.#header, chunk, at);
      if (this.#header !== undefined && this.#missing === 0) this.#tell(this.#header);
    }
  }

  #readHeader(byte: number): void {
    this.#head.push(byte);
    try {
      this.#header = readHeader(Uint8Array.from(this.#head), reservedBits);
    } catch (error) {
      this.#isOver = true;
      this.#trace({ kind: "fault", direction: this.#direction, message: error instanceof Error ? error.message : "" });
    }
    this.#missing = this.#header?.length ?? 0;
  }

  #skip({ mask, length }: FrameHeader, chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#missing);
    for (let index = at; index < end && this.#preview.length < TRACE_PREVIEW_BYTES; index++) {
      const position = length - this.#missing + (index - at);
      this.#preview.push((chunk[index] ?? 0) ^ (mask?.[position % 4] ?? 0));
    }
    this.#missing -= end - at;
    return end;
  }

  #tell({ fin, rsv1, opcode, mask, length }: FrameHeader): void {
    const bytes = Uint8Array.from(this.#preview);
    const isText = opcodeName(opcode) === "text" && !rsv1;
    const shown = isText ? safeText(new TextDecoder().decode(bytes), 4 * TRACE_PREVIEW_BYTES) : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    this.#head.length = 0;
    this.#preview = [];
    this.#header = undefined;
    this.#trace({ kind: "frame", direction: this.#direction, opcode: opcodeName(opcode) ?? "", isFinal: fin, isCompressed: rsv1, isMasked: mask !== undefined, payloadBytes: length, preview: length > bytes.length ? `${shown} …` : shown });
  }
}

/** A link that tells `trace` what passes, and is otherwise `inner`. */
export class TracedDuplex extends DuplexDecorator {
  readonly #trace: TraceSink;
  readonly #sent: FrameScanner;
  /** The answer of a server leaves together with its first frames. */
  #answer: string | undefined;

  /** @param hasAnswer what is written begins with a handshake's answer. */
  constructor(inner: ByteDuplex, trace: TraceSink, hasAnswer: boolean) {
    super(inner);
    this.#trace = trace;
    this.#sent = new FrameScanner("sent", trace);
    this.#answer = hasAnswer ? "" : undefined;
  }

  override start(handler: DuplexHandler): void {
    const received = new FrameScanner("received", this.#trace);
    super.start({
      onChunk: (chunk) => {
        received.scan(chunk);
        handler.onChunk(chunk);
      },
      onEnd: () => {
        this.#trace({ kind: "end", direction: "received" });
        handler.onEnd();
      },
      onDrain: () => handler.onDrain(),
      onLinkClosed: () => {
        this.#trace({ kind: "closed" });
        handler.onLinkClosed();
      },
    });
  }

  override write(chunk: Uint8Array): void {
    this.#sent.scan(this.#answer === undefined ? chunk : this.#afterAnswer(this.#answer, chunk));
    super.write(chunk);
  }

  override end(): void {
    this.#trace({ kind: "end", direction: "sent" });
    super.end();
  }

  #afterAnswer(before: string, chunk: Uint8Array): Uint8Array {
    const text = before + Array.from(chunk, (byte) => String.fromCharCode(byte)).join("");
    const end = text.indexOf("\r\n\r\n");
    this.#answer = end < 0 ? text : undefined;
    if (end < 0) return chunk.subarray(chunk.length);
    this.#trace(handshakeEvent("sent", text.slice(0, end)));
    return chunk.subarray(end + 4 - before.length);
  }
}

/** `duplex`, with a trace in it where one is wanted. @param hasAnswer see {@link TracedDuplex}. */
export function traced(duplex: ByteDuplex, trace: TraceSink | undefined, hasAnswer: boolean): ByteDuplex {
  return trace === undefined ? duplex : new TracedDuplex(duplex, trace, hasAnswer);
}
