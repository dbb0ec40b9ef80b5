/**
 * The message that is being collected, RFC 6455 §5.4: payload pieces in, one message out.
 *
 * Room: wsframe core. Every byte is copied once into memory that is taken with the first piece; messages that arrive whole
 * within a chunk never come here.
 */
import { sizeFault, utf8Fault } from "./faults.js";
import type { DecoderLimits } from "./limits.js";
import { Opcode } from "./opcode.js";
import type { ParseBuffer } from "./parse-buffer.js";
import { copyBytes } from "./copy-bytes.js";
import type { TextPort } from "./text-port.js";
import { Utf8Validator } from "./utf8.js";

/** A header's promise is believed up to this many bytes; beyond it memory is taken as the bytes arrive, doubling. */
export const EAGER_BYTES = 1_048_576;

/** Allocates memory whose content is yet undefined; all of it is overwritten before anyone sees it. */
export type Allocate = (bytes: number) => Uint8Array;

const empty = new Uint8Array(0);

/** Collects one message at a time. */
export class Assembler {
  readonly #limits: DecoderLimits;
  readonly #text: TextPort;
  readonly #allocate: Allocate;
  readonly #validator: Utf8Validator = new Utf8Validator();
  #opcode: Opcode = Opcode.continuation; // continuation: no message is open
  #reserved = 0;
  #bytes: Uint8Array = empty;
  #length = 0;
  #announced = 0;
  #fragments = 0;
  #isLastFrame = false;
  /** Where the frame began that was admitted last. */
  #frameStart = 0;
  #isAscii = true;

  constructor(limits: DecoderLimits, text: TextPort, allocate: Allocate) {
    this.#limits = limits;
    this.#text = text;
    this.#allocate = allocate;
  }

  /** Whether a message has begun whose last frame is not in. */
  get isOpen(): boolean {
    return this.#opcode !== Opcode.continuation;
  }

  /** Bytes of memory that the message holds. */
  get heldBytes(): number {
    return this.#bytes.length;
  }

  get opcode(): Opcode {
    return this.#opcode;
  }

  /** The reserved bits of its first frame: if there are any, its payload is an extension's and nothing is known of it. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Begins a message of that type. */
  open(opcode: Opcode, reserved: number): void {
    this.#opcode = opcode;
    this.#reserved = reserved;
    this.#isAscii = true;
    this.#validator.reset();
  }

  /** Takes notice of a frame of the message before its payload, so that limits hold before memory is taken. */
  admit(payloadBytes: number, isLastFrame: boolean): void {
    this.#fragments++;
    this.#announced += payloadBytes;
    this.#isLastFrame = isLastFrame;
    this.#frameStart = this.#length;
    const { maxFragments } = this.#limits;
    const maxMessageBytes = this.#ceiling(this.#limits.maxMessageBytes);
    const maxFrameBytes = this.#ceiling(this.#limits.maxFrameBytes);
    if (this.#announced > maxMessageBytes) throw sizeFault("wsframe/message-too-big", maxMessageBytes, this.#announced);
    if (payloadBytes > maxFrameBytes) throw sizeFault("wsframe/frame-too-big", maxFrameBytes, payloadBytes);
    if (this.#fragments > maxFragments) throw sizeFault("wsframe/too-many-fragments", maxFragments, this.#fragments);
  }

  /** Unmasks the piece `[start, end)` of the buffer, checks it if it is text, and keeps it. */
  append(buffer: ParseBuffer, start: number, end: number, key: number): void {
    const isText = this.#opcode === Opcode.text && this.#reserved === 0;
    if (isText || key !== 0) {
      const isAscii = buffer.unmask(start, end, key) === 0;
      if (isText) this.#check(buffer.bytes, start, end, isAscii);
    }
    const length = this.#length + end - start;
    if (length > this.#bytes.length) this.#grow(length);
    copyBytes(buffer.bytes, start, end, this.#bytes, this.#length);
    this.#length = length;
  }

  /** Whether the frame that was admitted last is the last of the message. */
  get isComplete(): boolean {
    return this.isOpen && this.#isLastFrame;
  }

  /** A copy of the frame that was admitted last; `undefined` if it is the whole message. */
  lastFragment(): Uint8Array | undefined {
    if (this.#isLastFrame && this.#fragments === 1) return undefined;
    const fragment = this.#allocate(this.#length - this.#frameStart);
    copyBytes(this.#bytes, this.#frameStart, this.#length, fragment, 0);
    return fragment;
  }

  /** Ends the message and gives it out; the next one begins with {@link open}. */
  take(): string | Uint8Array {
    const message = this.#opcode === Opcode.text ? this.#takeText() : this.#takeBinary();
    this.clear();
    return message;
  }

  /** {@link take} for an extension's payload. */
  takeBytes(): Uint8Array {
    const bytes = this.#takeBinary();
    this.clear();
    return bytes;
  }

  /** Gives the memory up. */
  clear(): void {
    this.#opcode = Opcode.continuation;
    this.#bytes = empty;
    this.#length = 0;
    this.#announced = 0;
    this.#fragments = 0;
  }

  /** What an extension makes smaller in the end may come a little larger: DEFLATE stores what it cannot shrink. */
  #ceiling(limit: number): number {
    return this.#reserved === 0 ? limit : limit + Math.ceil(limit / 1_000) + 64;
  }

  #check(bytes: Uint8Array, start: number, end: number, isAscii: boolean): void {
    if (isAscii && this.#validator.isComplete) return;
    this.#isAscii = false;
    if (!this.#validator.push(bytes, start, end)) throw utf8Fault("text message");
  }

  #grow(needed: number): void {
    const ceiling = this.#isLastFrame ? this.#announced : this.#ceiling(this.#limits.maxMessageBytes);
    const wanted = Math.max(needed, Math.min(this.#announced, EAGER_BYTES), Math.min(this.#bytes.length * 2, ceiling));
    const bytes = this.#allocate(wanted);
    bytes.set(this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  #takeText(): string {
    if (this.#isAscii) return this.#text.decodeAscii(this.#bytes, 0, this.#length);
    const text = this.#text.decodeUtf8(this.#bytes, 0, this.#length);
    if (text === undefined) throw utf8Fault("text message"); // it ends within a character: the rest has been checked
    return text;
  }

  #takeBinary(): Uint8Array {
    if (this.#length === this.#bytes.length) return this.#bytes === empty ? this.#allocate(0) : this.#bytes;
    const message = this.#allocate(this.#length);
    copyBytes(this.#bytes, 0, this.#length, message, 0);
    return message;
  }
}
