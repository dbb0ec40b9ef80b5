/**
 * The receiving half of RFC 6455 §5 and §6.2: chunks of bytes in, messages and control frames out, for both roles.
 *
 * Room: wsframe core. A chunk is copied once into the shared parse buffer and parsed there; whole text frames become strings
 * straight from it. What a callback is given is its own. Work per byte is constant, however the bytes are cut.
 */
import { WebSocketException } from "@x/errors/wsframe";
import { Assembler, type Allocate } from "./assembler.js";
import { ChunkQueue } from "./chunk-queue.js";
import { readClosePayload } from "./close-payload.js";
import { copyBytes } from "./copy-bytes.js";
import { floodFault, protocolFault, utf8Fault } from "./faults.js";
import { checkMask, reservedBits, type HeaderReader, type Role } from "./header.js";
import { resolveLimits, type DecoderLimits } from "./limits.js";
import { rotateMaskKey } from "./mask.js";
import { Opcode } from "./opcode.js";
import { CHUNK_BYTES, CHUNK_START, acquireParseBuffer, releaseParseBuffer, type ParseBuffer } from "./parse-buffer.js";
import { neutralText, type TextPort } from "./text-port.js";

/**
 * Where a decoder reports. Everything handed out belongs to the receiver. A callback may call any method of any decoder, its
 * own included; what it throws leaves `push` and ends the decoder.
 */
export interface DecoderSink {
  /** A whole message: a string if it was text, bytes if it was binary. */
  onMessage(data: string | Uint8Array): void;
  onPing(payload: Uint8Array): void;
  onPong(payload: Uint8Array): void;
  /** The peer's Close; `code` is 1005 if the frame was empty. Nothing is reported after it (§5.5.1). */
  onClose(code: number, reason: string): void;
}

/** What a decoder is made of. */
export interface DecoderOptions {
  /** Our own side: a server takes masked frames only, a client unmasked ones only (§5.1). */
  readonly role: Role;
  /** See {@link DEFAULT_LIMITS} for what is not given. */
  readonly limits?: Partial<DecoderLimits> | undefined;
  /** Default {@link neutralText}. */
  readonly text?: TextPort | undefined;
  /** Makes the memory of binary messages, of exactly the length asked for. Default `(bytes) => new Uint8Array(bytes)`. */
  readonly allocate?: Allocate | undefined;
  readonly sink: DecoderSink;
}

const allocateZeroed: Allocate = (bytes) => new Uint8Array(bytes);
const noBytes = new Uint8Array(0);
/** What waited is parsed in pieces from this size on, doubling, so that pausing after every message does not copy all of it each time. */
const resumeBytes = 2_048;

/** A WebSocket decoder for one connection. */
export class Decoder {
  readonly #role: Role;
  readonly #limits: DecoderLimits;
  readonly #text: TextPort;
  readonly #allocate: Allocate;
  readonly #sink: DecoderSink;
  /** Bits that a negotiated extension will take out of here. */
  readonly #refusedBits: number = reservedBits;
  readonly #maxWholeBytes: number;
  /** The message that did not arrive in one piece, if there ever was one. */
  #message: Assembler | undefined;
  /** Chunks that wait, if ever any had to. */
  #waiting: ChunkQueue | undefined;
  /** What the last chunk left: the beginning of a header or of a control frame. */
  #carry: Uint8Array = noBytes;
  #carryLength = 0;
  /** Of the data frame that is being collected: payload bytes still missing, the mask for the next of them, FIN. */
  #missing = 0;
  #missingKey = 0;
  #missingIsFinal = false;
  #controlFrames = 0;
  #windowStartMs: number | undefined;
  #isParsing = false;
  #isPaused = false;
  #isClosed = false;
  #failure: Error | undefined;

  /** @throws {WebSocketException} `wsframe/invalid-option`: a limit is out of range. */
  constructor(options: DecoderOptions) {
    this.#role = options.role;
    this.#limits = resolveLimits(options.limits);
    this.#maxWholeBytes = Math.min(this.#limits.maxFrameBytes, this.#limits.maxMessageBytes);
    this.#text = options.text ?? neutralText;
    this.#allocate = options.allocate ?? allocateZeroed;
    this.#sink = options.sink;
  }

  /** Whether nothing more will be reported: the peer's Close was, or a `push` threw. */
  get isEnded(): boolean {
    return this.#isClosed || this.#failure !== undefined;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Bytes of memory held for what is not reported yet. */
  get bufferedBytes(): number {
    return (this.#waiting?.bytes ?? 0) + this.#carryLength + (this.#message?.heldBytes ?? 0);
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
    if (this.#isClosed) return;
    this.#openWindow(nowMs);
    try {
      if (this.#isPaused || this.#isParsing) this.#wait().push(chunk);
      else this.#run(chunk, CHUNK_BYTES);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** Reports nothing more until {@link resume}; called by a callback, it stops in the middle of a chunk. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on, with what waited first. Throws as {@link push} does. */
  resume(): void {
    this.#isPaused = false;
    if (this.#isParsing || this.isEnded) return;
    const waiting = this.#waiting?.shift();
    if (waiting === undefined) return;
    try {
      this.#run(waiting, resumeBytes);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #wait(): ChunkQueue {
    return (this.#waiting ??= new ChunkQueue(this.#limits.maxPausedBytes));
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new WebSocketException("Cannot decode: a callback threw", { cause: error });
    this.#release();
  }

  #release(): void {
    this.#waiting = undefined;
    this.#message = undefined;
    this.#carry = noBytes;
    this.#carryLength = 0;
  }

  /** Parses a chunk, then those that its callbacks pushed. */
  #run(first: Uint8Array, pieceBytes: number): void {
    const buffer = acquireParseBuffer();
    this.#isParsing = true;
    try {
      this.#chunk(buffer, first, pieceBytes);
      while (this.#waiting !== undefined && this.#mayGoOn()) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        this.#chunk(buffer, next, CHUNK_BYTES);
      }
    } finally {
      this.#isParsing = false;
      releaseParseBuffer();
    }
    if (this.#isClosed) this.#release();
  }

  /** Parses a chunk piece by piece; if a callback pauses, the rest waits in front of all else. */
  #chunk(buffer: ParseBuffer, chunk: Uint8Array, pieceBytes: number): void {
    for (let at = 0; at < chunk.length && this.#mayGoOn(); ) {
      const end = Math.min(at + pieceBytes, chunk.length);
      const stop = this.#piece(buffer, end - at === chunk.length ? chunk : chunk.subarray(at, end));
      if (this.#isPaused && this.#failure === undefined && at + stop < chunk.length) {
        this.#wait().unshift(chunk, at + stop);
        return;
      }
      at = end;
      pieceBytes = Math.min(pieceBytes * 2, CHUNK_BYTES);
    }
  }

  #mayGoOn(): boolean {
    return !this.#isPaused && !this.#isClosed && this.#failure === undefined;
  }

  /**
   * Puts a piece behind what was left over, parses both, and keeps what is left over now.
   * @returns how much of the piece is dealt with; less than all only if a callback said so.
   */
  #piece(buffer: ParseBuffer, piece: Uint8Array): number {
    const { bytes } = buffer;
    const start = CHUNK_START - this.#carryLength;
    const end = CHUNK_START + piece.length;
    if (this.#carryLength > 0) copyBytes(this.#carry, 0, this.#carryLength, bytes, start);
    bytes.set(piece, CHUNK_START);
    this.#carryLength = 0;
    const at = this.#parse(buffer, start, end);
    // A callback runs only once a frame is whole, and a frame that was left over ends in this piece: at >= CHUNK_START.
    if (at < end && !this.#mayGoOn()) return at - CHUNK_START;
    if (at < end) this.#leave(bytes, at, end);
    return piece.length;
  }

  #leave(bytes: Uint8Array, at: number, end: number): void {
    if (this.#carry.length === 0) this.#carry = new Uint8Array(CHUNK_START);
    copyBytes(bytes, at, end, this.#carry, 0);
    this.#carryLength = end - at;
  }

  /** Parses `[at, end)`. @returns where it stopped: at the end, before an incomplete frame, or where a callback said so. */
  #parse(buffer: ParseBuffer, at: number, end: number): number {
    const { bytes, header } = buffer;
    if (this.#message !== undefined && this.#missing > 0) at = this.#collect(this.#message, buffer, at, end);
    while (at < end && this.#mayGoOn()) {
      const headerLength = header.read(bytes, at, end, this.#refusedBits);
      if (headerLength === 0) return at;
      checkMask(header.isMasked, this.#role);
      const start = at + headerLength;
      const frameEnd = start + header.payloadBytes;
      if (header.opcode > 2) {
        if (frameEnd > end) return at;
        this.#control(buffer, header, start, frameEnd);
        at = frameEnd;
      } else {
        this.#checkOrder(header);
        if (frameEnd <= end && header.isFinal && header.opcode !== Opcode.continuation && header.payloadBytes <= this.#maxWholeBytes) {
          this.#whole(buffer, header, start, frameEnd);
          at = frameEnd;
        } else {
          at = this.#collect(this.#begin(header), buffer, start, end);
        }
      }
    }
    return at;
  }

  /** §5.4: a message's fragments follow each other. */
  #checkOrder(header: HeaderReader): void {
    const isOpen = this.#message?.isOpen === true;
    if ((header.opcode === Opcode.continuation) === isOpen) return;
    throw isOpen
      ? protocolFault("wsframe/continuation-expected", "Cannot begin message: the last one is not finished, must be continued")
      : protocolFault("wsframe/continuation-unexpected", "Cannot continue message: none has begun");
  }

  /** A message of one frame that lies whole in the buffer. */
  #whole(buffer: ParseBuffer, header: HeaderReader, start: number, end: number): void {
    const { bytes } = buffer;
    if (header.opcode === Opcode.text) {
      const isAscii = buffer.unmask(start, end, header.maskKey) === 0;
      const text = isAscii ? this.#text.decodeAscii(bytes, start, end) : this.#text.decodeUtf8(bytes, start, end);
      if (text === undefined) throw utf8Fault("text message");
      this.#sink.onMessage(text);
      return;
    }
    if (header.maskKey !== 0) buffer.unmask(start, end, header.maskKey);
    this.#sink.onMessage(this.#copy(bytes, start, end));
  }

  /** A data frame whose payload must be collected: limits first. */
  #begin(header: HeaderReader): Assembler {
    const message = (this.#message ??= new Assembler(this.#limits, this.#text, this.#allocate));
    if (header.opcode !== Opcode.continuation) message.open(header.opcode);
    message.admit(header.payloadBytes, header.isFinal);
    this.#missing = header.payloadBytes;
    this.#missingKey = header.maskKey;
    this.#missingIsFinal = header.isFinal;
    return message;
  }

  /** Takes what is there of the current data frame; gives the message out if this completes it. */
  #collect(message: Assembler, buffer: ParseBuffer, start: number, end: number): number {
    const taken = Math.min(this.#missing, end - start);
    message.append(buffer, start, start + taken, this.#missingKey);
    this.#missing -= taken;
    this.#missingKey = rotateMaskKey(this.#missingKey, taken);
    if (this.#missing === 0 && this.#missingIsFinal) this.#sink.onMessage(message.take());
    return start + taken;
  }

  /** A control frame that lies whole in the buffer (§5.5). */
  #control(buffer: ParseBuffer, header: HeaderReader, start: number, end: number): void {
    const { maxControlFrames } = this.#limits;
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
    const { code, reason } = readClosePayload(bytes, start, end, this.#text);
    this.#isClosed = true;
    this.#sink.onClose(code, reason);
  }

  #copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const copy = this.#allocate(end - start);
    copyBytes(bytes, start, end, copy, 0);
    return copy;
  }

  #openWindow(nowMs: number | undefined): void {
    if (nowMs !== undefined && this.#windowStartMs !== undefined && nowMs - this.#windowStartMs < this.#limits.controlWindowMs) return;
    this.#windowStartMs = nowMs;
    this.#controlFrames = 0;
  }
}
