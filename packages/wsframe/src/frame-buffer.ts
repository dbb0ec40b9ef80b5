/**
 * Frames one by one out of bytes however they are cut, and messages out of frames: for proxies, inspectors and tests.
 *
 * Room: wsframe core. websocket-client's `frame_buffer` and `continuous_frame`; connections use the {@link Decoder}, which makes no objects.
 */
import { sizeFault, protocolFault, utf8Fault } from "./faults.js";
import { Frame } from "./frame.js";
import { readHeader } from "./header.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { Opcode } from "./opcode.js";
import { neutralText } from "./text-port.js";
import { Utf8Validator } from "./utf8.js";

export interface FrameBufferOptions {
  /** Largest payload of a frame, in bytes. Default 1 MiB. Over it: `wsframe/frame-too-big`, at the header. */
  readonly maxFrameBytes?: number;
  /** Reserved bits that an agreed extension uses: 0x40, 0x20, 0x10. Default none. */
  readonly reservedBits?: number;
}

/** Collects bytes and gives out whole frames, masked or not, controls included, in their order. */
export class FrameBuffer {
  readonly #maxFrameBytes: number;
  readonly #reservedBits: number;
  #bytes: Uint8Array = new Uint8Array(256);
  #start = 0;
  #end = 0;
  /** How many bytes the next frame needs at least. */
  #needed = 2;

  constructor({ maxFrameBytes = DEFAULT_LIMITS.maxFrameBytes, reservedBits = 0 }: FrameBufferOptions = {}) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#reservedBits = reservedBits;
  }

  /** Bytes that wait for the rest of their frame. */
  get bufferedBytes(): number {
    return this.#end - this.#start;
  }

  /** Takes a copy of a chunk. */
  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * @returns the next whole frame, its payload unmasked and its own; `undefined` while bytes of it are missing.
   * @throws {WebSocketProtocolException} as `readHeader` does. @throws {WebSocketPayloadException} `wsframe/frame-too-big`.
   */
  next(): Frame | undefined {
    if (this.bufferedBytes < this.#needed) return undefined;
    const bytes = this.#bytes.subarray(this.#start, this.#end);
    const header = readHeader(bytes, this.#reservedBits);
    if (header === undefined) {
      this.#needed = this.bufferedBytes + 1;
      return undefined;
    }
    if (header.length > this.#maxFrameBytes) throw sizeFault("wsframe/frame-too-big", this.#maxFrameBytes, header.length);
    const read = Frame.read(bytes, this.#reservedBits);
    this.#needed = read === undefined ? header.headerLength + header.length : 2;
    this.#start += read?.byteLength ?? 0;
    return read?.frame;
  }

  /** All whole frames that there are. */
  *[Symbol.iterator](): Generator<Frame, void, undefined> {
    for (let frame = this.next(); frame !== undefined; frame = this.next()) yield frame;
  }

  /** Moves what waits to the front, into larger memory where it must: twice as large, so that every byte is moved a few times at most. */
  #makeRoom(added: number): void {
    const waiting = this.#bytes.subarray(this.#start, this.#end);
    const bytes = waiting.length + added > this.#bytes.length / 2 ? new Uint8Array(2 * (waiting.length + added)) : this.#bytes;
    if (bytes === this.#bytes) bytes.copyWithin(0, this.#start, this.#end);
    else bytes.set(waiting);
    this.#bytes = bytes;
    this.#end = waiting.length;
    this.#start = 0;
  }
}

export interface ContinuousFrameOptions {
  /** Largest message, in bytes. Default 1 MiB. Over it: `wsframe/message-too-big`. */
  readonly maxMessageBytes?: number;
  /** Frames of one message. Default 131 072. Over it: `wsframe/too-many-fragments`. */
  readonly maxFragments?: number;
  /** Leaves text as bytes. Default `false`: it is checked as it comes (§8.1). */
  readonly skipUtf8Validation?: boolean;
}

/** A whole message (§5.4). */
export interface FrameMessage {
  /** Text or binary: that of the first frame. */
  readonly opcode: Opcode;
  readonly data: string | Uint8Array;
}

/** Puts the frames of a message together. */
export class ContinuousFrame {
  readonly #options: Required<ContinuousFrameOptions>;
  #opcode: Opcode | undefined;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  readonly #validator: Utf8Validator = new Utf8Validator();

  constructor(options: ContinuousFrameOptions = {}) {
    this.#options = { maxMessageBytes: DEFAULT_LIMITS.maxMessageBytes, maxFragments: DEFAULT_LIMITS.maxFragments, skipUtf8Validation: false, ...options };
  }

  /**
   * Adds a data frame. Control frames, which may come between them, are the caller's.
   * @returns the message that this completes.
   * @throws {WebSocketProtocolException} `wsframe/continuation-expected`, `wsframe/continuation-unexpected`.
   * @throws {WebSocketPayloadException} `wsframe/message-too-big`, `wsframe/too-many-fragments`, `wsframe/invalid-utf8`.
   */
  add({ opcode, fin, payload }: Frame): FrameMessage | undefined {
    const isContinuation = opcode === Opcode.continuation;
    if (isContinuation !== (this.#opcode !== undefined)) {
      throw isContinuation
        ? protocolFault("wsframe/continuation-unexpected", "Cannot continue message: none has begun")
        : protocolFault("wsframe/continuation-expected", "Cannot begin message: the last one is not finished, must be continued");
    }
    this.#opcode ??= opcode === Opcode.text ? Opcode.text : Opcode.binary;
    this.#keep(payload);
    const isText = this.#opcode === Opcode.text && !this.#options.skipUtf8Validation;
    if (isText && !this.#validator.push(payload, 0, payload.length)) throw utf8Fault("text message");
    return fin ? this.#take(this.#opcode, isText) : undefined;
  }

  #keep(payload: Uint8Array): void {
    const { maxMessageBytes, maxFragments } = this.#options;
    this.#bytes += payload.length;
    this.#parts.push(payload);
    if (this.#bytes > maxMessageBytes) throw sizeFault("wsframe/message-too-big", maxMessageBytes, this.#bytes);
    if (this.#parts.length > maxFragments) throw sizeFault("wsframe/too-many-fragments", maxFragments, this.#parts.length);
  }

  #take(opcode: Opcode, isText: boolean): FrameMessage {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#opcode = undefined;
    this.#parts = [];
    this.#bytes = 0;
    this.#validator.reset();
    const data = isText ? neutralText.decodeUtf8(bytes, 0, bytes.length) : bytes;
    if (data === undefined) throw utf8Fault("text message"); // it ends within a character
    return { opcode, data };
  }
}
