/**
 * The receiving half of RFC 6455 §5 and §6.2: chunks of bytes in, messages and control frames out, for both roles.
 *
 * Room: wsframe core. A chunk is copied once into the shared parse buffer and parsed there; whole text frames become strings
 * straight from it. What a callback is given is its own. Work per byte is constant, however the bytes are cut.
 */
import { WebSocketException } from "@x/errors/wsframe";
import type { Assembler } from "./assembler.js";
import { readClosePayload } from "./close-payload.js";
import { copyBytes } from "./copy-bytes.js";
import { decoderRules, type DecoderRules } from "./decoder-rules.js";
import type { DecoderOptions, DecoderSink } from "./decoder-sink.js";
import { floodFault, protocolFault, utf8Fault } from "./faults.js";
import { checkMask, reservedBits, type HeaderReader } from "./header.js";
import { Opcode } from "./opcode.js";
import { CHUNK_BYTES, CHUNK_START, acquireParseBuffer, releaseParseBuffer, type ParseBuffer } from "./parse-buffer.js";
import { Remainder } from "./remainder.js";
import { neutralText, type TextPort } from "./text-port.js";

/** What waited is parsed in pieces from this size on, doubling, so that pausing after every message does not copy all of it each time. */
const resumeBytes = 2_048;

/** What a decoder is up to, as bits of one field: idle connections are many, so each field counts. */
const PARSING = 1;
const PAUSED = 2;
/** The peer's Close was reported. */
const CLOSED = 4;

/** A WebSocket decoder for one connection. */
export class Decoder {
  readonly #rules: DecoderRules;
  readonly #sink: DecoderSink;
  readonly #refusedBits: number;
  #remainder: Remainder | undefined;
  #controlFrames = 0;
  /** Since when they are counted, in whole milliseconds; -1 before the first push. */
  #windowStartMs = -1;
  #flags = 0;
  #failure: Error | undefined;

  /** @throws {WebSocketException} `wsframe/invalid-option`: a limit is out of range. */
  constructor(options: DecoderOptions) {
    this.#rules = options.rules ?? decoderRules(options);
    this.#sink = options.sink;
    this.#refusedBits = reservedBits & ~(options.reservedBits ?? 0);
  }

  /** Whether nothing more will be reported: the peer's Close was, or a `push` threw. */
  get isEnded(): boolean {
    return this.#is(CLOSED) || this.#failure !== undefined;
  }

  get isPaused(): boolean {
    return this.#is(PAUSED);
  }

  /** Bytes of memory held for what is not reported yet. */
  get bufferedBytes(): number {
    return this.#remainder?.heldBytes ?? 0;
  }

  /**
   * Parses a chunk and reports what it completes, synchronously. The chunk may be reused afterwards. While paused the chunk
   * is kept; after the peer's Close it is ignored.
   *
   * @param nowMs the time, for {@link DecoderLimits.maxControlFrames}; without it that limit holds per push.
   * @throws {WebSocketProtocolException} a rule of §5 is broken, or a flood is stopped; `closeCode` 1002 or 1008 is the answer.
   * @throws {WebSocketPayloadException} text is not UTF-8, or a size limit is exceeded; `closeCode` 1007 or 1009 is the answer.
   *   Messages that were whole before the fault have been reported. Afterwards every push throws the same error.
   */
  push(chunk: Uint8Array, nowMs?: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#is(CLOSED)) return;
    this.#openWindow(nowMs);
    try {
      if (this.#is(PAUSED | PARSING)) this.#rest().waiting.push(chunk);
      else this.#run(chunk, CHUNK_BYTES);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** Reports nothing more until {@link resume}; called by a callback, it stops in the middle of a chunk. */
  pause(): void {
    this.#flags |= PAUSED;
  }

  /** Goes on, with what waited first. Throws as {@link push} does. */
  resume(): void {
    this.#flags &= ~PAUSED;
    if (this.#is(PARSING) || this.isEnded) return;
    if (this.#remainder?.isWaiting !== true) return;
    try {
      this.#run(undefined, resumeBytes);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** Any of these. */
  #is(flags: number): boolean {
    return (this.#flags & flags) !== 0;
  }

  #rest(): Remainder {
    return (this.#remainder ??= new Remainder(this.#rules));
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new WebSocketException("Cannot decode: a callback threw", { cause: error });
    this.#remainder = undefined;
  }

  /** Parses a chunk, or gives out what was whole when a callback paused, then parses what waits. */
  #run(first: Uint8Array | undefined, pieceBytes: number): void {
    const buffer = acquireParseBuffer();
    this.#flags |= PARSING;
    try {
      if (first !== undefined) this.#chunk(buffer, first, pieceBytes);
      else if (this.#remainder?.hasMessage === true) this.#give(this.#remainder.message);
      while (this.#remainder !== undefined && this.#mayGoOn()) {
        const next = this.#remainder.waiting.shift();
        if (next === undefined) break;
        this.#chunk(buffer, next, pieceBytes);
      }
    } finally {
      this.#flags &= ~PARSING;
      releaseParseBuffer();
    }
    if (this.#is(CLOSED)) this.#remainder = undefined;
  }

  /** Parses a chunk piece by piece; if a callback pauses, the rest waits in front of all else. */
  #chunk(buffer: ParseBuffer, chunk: Uint8Array, pieceBytes: number): void {
    for (let at = 0; at < chunk.length && this.#mayGoOn(); ) {
      const end = Math.min(at + pieceBytes, chunk.length);
      const stop = this.#piece(buffer, end - at === chunk.length ? chunk : chunk.subarray(at, end));
      if (this.#is(PAUSED) && this.#failure === undefined && at + stop < chunk.length) {
        this.#rest().waiting.unshift(chunk, at + stop);
        return;
      }
      at = end;
      pieceBytes = Math.min(pieceBytes * 2, CHUNK_BYTES);
    }
  }

  #mayGoOn(): boolean {
    return !this.#is(PAUSED | CLOSED) && this.#failure === undefined;
  }

  /**
   * Puts a piece behind what was left over, parses both, and keeps what is left over now.
   * @returns how much of the piece is dealt with; less than all only if a callback said so.
   */
  #piece(buffer: ParseBuffer, piece: Uint8Array): number {
    const { bytes } = buffer;
    const start = this.#remainder?.restore(bytes) ?? CHUNK_START;
    const end = CHUNK_START + piece.length;
    bytes.set(piece, CHUNK_START);
    const at = this.#parse(buffer, start, end);
    // A callback runs only once a frame is whole, and a frame that was left over ends in this piece: at >= CHUNK_START.
    if (at < end && !this.#mayGoOn()) return at - CHUNK_START;
    if (at < end) this.#rest().leave(bytes, at, end);
    return piece.length;
  }

  /** Parses `[at, end)`. @returns where it stopped: at the end, before an incomplete frame, or where a callback said so. */
  #parse(buffer: ParseBuffer, at: number, end: number): number {
    const { bytes, header } = buffer;
    if (this.#remainder !== undefined && this.#remainder.missing > 0) at = this.#collect(this.#remainder, buffer, at, end);
    while (at < end && this.#mayGoOn()) {
      const headerLength = header.read(bytes, at, end, this.#refusedBits);
      if (headerLength === 0) return at;
      checkMask(header.isMasked, this.#rules.role);
      if (header.reserved !== 0) checkBeginning(header);
      const start = at + headerLength;
      const frameEnd = start + header.payloadBytes;
      if (header.opcode > 2) {
        if (frameEnd > end) return at;
        this.#control(buffer, header, start, frameEnd);
        at = frameEnd;
      } else {
        this.#checkOrder(header);
        if (frameEnd <= end && header.isFinal && header.opcode !== Opcode.continuation && header.payloadBytes <= this.#rules.maxWholeBytes) {
          this.#whole(buffer, header, start, frameEnd);
          at = frameEnd;
        } else {
          const remainder = this.#rest();
          remainder.begin(header);
          at = this.#collect(remainder, buffer, start, end);
        }
      }
    }
    return at;
  }

  /** §5.4: a message's fragments follow each other. */
  #checkOrder(header: HeaderReader): void {
    const isOpen = this.#remainder?.message.isOpen === true;
    if ((header.opcode === Opcode.continuation) === isOpen) return;
    throw isOpen
      ? protocolFault("wsframe/continuation-expected", "Cannot begin message: the last one is not finished, must be continued")
      : protocolFault("wsframe/continuation-unexpected", "Cannot continue message: none has begun");
  }

  /** A message of one frame that lies whole in the buffer. */
  #whole(buffer: ParseBuffer, header: HeaderReader, start: number, end: number): void {
    const { bytes } = buffer;
    const isPlainText = header.opcode === Opcode.text && header.reserved === 0;
    if (isPlainText) {
      const isAscii = buffer.unmask(start, end, header.maskKey) === 0;
      const text = isAscii ? this.#rules.text.decodeAscii(bytes, start, end) : this.#rules.text.decodeUtf8(bytes, start, end);
      if (text === undefined) throw utf8Fault("text message");
      this.#sink.onMessage(text);
      return;
    }
    if (header.maskKey !== 0) buffer.unmask(start, end, header.maskKey);
    if (header.reserved === 0) this.#sink.onMessage(this.#copy(bytes, start, end));
    else this.#sink.onExtended?.(this.#copy(bytes, start, end), header.opcode, header.reserved);
  }

  /** Takes what is there of the current data frame; gives the message out if this completes it. */
  #collect(remainder: Remainder, buffer: ParseBuffer, start: number, end: number): number {
    const at = remainder.collect(buffer, start, end);
    if (remainder.missing === 0 && this.#sink.wantsFragments === true) this.#tellFragment(remainder.message);
    if (remainder.hasMessage && !this.#is(PAUSED)) this.#give(remainder.message);
    return at;
  }

  #tellFragment(message: Assembler): void {
    const fragment = message.reserved === 0 ? message.lastFragment() : undefined;
    if (fragment !== undefined) this.#sink.onFragment?.(fragment, message.opcode, message.isComplete);
  }

  #give(message: Assembler): void {
    const { opcode, reserved } = message;
    if (reserved === 0) this.#sink.onMessage(message.take());
    else this.#sink.onExtended?.(message.takeBytes(), opcode, reserved);
  }

  /** A control frame that lies whole in the buffer (§5.5). */
  #control(buffer: ParseBuffer, header: HeaderReader, start: number, end: number): void {
    const { maxControlFrames } = this.#rules.limits;
    if (++this.#controlFrames > maxControlFrames) {
      throw floodFault("wsframe/too-many-control-frames", `Cannot receive control frame: at most ${maxControlFrames} may come at a time`, maxControlFrames);
    }
    const { bytes } = buffer;
    if (header.maskKey !== 0) buffer.unmask(start, end, header.maskKey);
    if (header.opcode === Opcode.ping) this.#sink.onPing(this.#copy(bytes, start, end));
    else if (header.opcode === Opcode.pong) this.#sink.onPong(this.#copy(bytes, start, end));
    else this.#close(bytes, start, end);
  }

  #close(bytes: Uint8Array, start: number, end: number): void {
    const { code, reason } = readClosePayload(bytes, start, end, this.#rules.text);
    this.#flags |= CLOSED;
    this.#sink.onClose(code, reason);
  }

  #copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const copy = this.#rules.allocate(end - start);
    copyBytes(bytes, start, end, copy, 0);
    return copy;
  }

  #openWindow(nowMs: number | undefined): void {
    if (nowMs !== undefined && this.#windowStartMs >= 0 && nowMs - this.#windowStartMs < this.#rules.limits.controlWindowMs) return;
    this.#windowStartMs = nowMs === undefined ? -1 : Math.floor(nowMs);
    this.#controlFrames = 0;
  }
}

/** An extension's bits mark a message, on its first frame (RFC 7692 §6); no extension of ours marks control frames. */
function checkBeginning({ opcode }: HeaderReader): void {
  if (opcode === Opcode.text || opcode === Opcode.binary) return;
  throw protocolFault("wsframe/reserved-bit", "Cannot read frame: a reserved bit is set, must only be on the first frame of a message");
}

/**
 * A payload that an extension gave back, as the message it is.
 * @throws {WebSocketPayloadException} `wsframe/invalid-utf8`, close code 1007.
 */
export function readPayload(payload: Uint8Array, opcode: Opcode, port: TextPort = neutralText): string | Uint8Array {
  if (opcode !== Opcode.text) return payload;
  const text = port.decodeUtf8(payload, 0, payload.length);
  if (text === undefined) throw utf8Fault("text message");
  return text;
}
