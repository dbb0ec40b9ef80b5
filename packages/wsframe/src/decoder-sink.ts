/**
 * What a decoder is given: where it reports, and which rules hold. Types only.
 *
 * Room: wsframe core.
 */
import type { DecoderRules, DecoderRulesOptions } from "./decoder-rules.js";
import type { Opcode } from "./opcode.js";

/**
 * Where a decoder reports. Everything handed out belongs to the receiver. A callback may call any method of any decoder, its
 * own included; what it throws leaves `push` and ends the decoder.
 */
export interface DecoderSink {
  /** A whole message: a string if it was text, bytes if it was binary. */
  onMessage(data: string | Uint8Array): void;
  /** Whether {@link onFragment} is to be called; asked for each frame that a message may have several of. Default no. */
  readonly wantsFragments?: boolean;
  /**
   * A frame of a message that comes in several (§5.4), before the message itself. Of text its bytes, which may end within a character.
   * Not of messages that come with reserved bits: those pieces are an extension's.
   */
  onFragment?(payload: Uint8Array, opcode: Opcode, isLast: boolean): void;
  /**
   * A whole message that came with reserved bits, as it came: an extension has to transform it, after which text must still be
   * checked (`readPayload`). Needed where {@link DecoderOptions.reservedBits} are given.
   */
  onExtended?(payload: Uint8Array, opcode: Opcode, reserved: number): void;
  onPing(payload: Uint8Array): void;
  onPong(payload: Uint8Array): void;
  /** The peer's Close; `code` is 1005 if the frame was empty. Nothing is reported after it (§5.5.1). */
  onClose(code: number, reason: string): void;
}

/** What a decoder is made of. */
export interface DecoderOptions extends DecoderRulesOptions {
  /** Made once by {@link decoderRules} for many decoders; the options that it holds are not looked at then. */
  readonly rules?: DecoderRules | undefined;
  /** Bits of agreed extensions, which the first frame of a message may carry (§5.2). Default none. */
  readonly reservedBits?: number | undefined;
  /** Is told what has come. */
  readonly sink: DecoderSink;
}
