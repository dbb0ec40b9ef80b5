/**
 * The port to a DEFLATE implementation (RFC 1951): stateless, so that an idle connection holds no stream.
 *
 * Room: wsframe core. Node's is zlib. What connects one message with the next is `dictionary`: the bytes before it.
 */

/** How a message is compressed. */
export interface DeflateOptions {
  /** Base-2 logarithm of the window, 9 to 15. */
  readonly windowBits: number;
  /** 0 to 9; -1 is the implementation's own choice. */
  readonly level: number;
  /** 1 to 9: memory for the compressor's state while it runs. */
  readonly memLevel: number;
}

/** How a message is decompressed. */
export interface InflateOptions {
  /**
   * Base-2 logarithm of the window, 8 to 15. A distance to what the window did not hold when the message began is invalid. One
   * into the message itself may be longer than the window, as zlib has it: its bytes are there, and nothing more is held for it.
   */
  readonly windowBits: number;
  /** The result's limit, held while the memory is taken. */
  readonly maxBytes: number;
}

export type InflateResult = Uint8Array | "too-big" | "invalid";

/** Raw DEFLATE. Inputs and dictionaries stay as they are until the result is there; results belong to the caller. */
export interface DeflatePort {
  /** @returns complete blocks, ended by an empty stored one without its last four bytes (RFC 7692 §7.2.1). */
  deflate(input: Uint8Array, dictionary: Uint8Array, options: DeflateOptions): Uint8Array;
  /** {@link deflate}, away from the caller's thread. */
  deflateLater(input: Uint8Array, dictionary: Uint8Array, options: DeflateOptions, done: (error: unknown, output: Uint8Array) => void): void;
  /** `input` holds the four bytes that {@link deflate} leaves out. */
  inflate(input: Uint8Array, dictionary: Uint8Array, options: InflateOptions): InflateResult;
  inflateLater(input: Uint8Array, dictionary: Uint8Array, options: InflateOptions, done: (result: InflateResult) => void): void;
}
