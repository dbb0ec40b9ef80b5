/**
 * What a decoder is made of, and as much of it as is the same for many: made once, shared by all connections of a server.
 *
 * Room: wsframe core.
 */
import type { Allocate } from "./assembler.js";
import type { Role } from "./header.js";
import { resolveLimits, type DecoderLimits } from "./limits.js";
import { neutralText, type TextPort } from "./text-port.js";

/** Options of {@link decoderRules}. */
export interface DecoderRulesOptions {
  /** Our own side: a server takes masked frames only, a client unmasked ones only (§5.1). */
  readonly role: Role;
  /** See {@link DEFAULT_LIMITS} for what is not given. */
  readonly limits?: Partial<DecoderLimits> | undefined;
  /** Default {@link neutralText}. */
  readonly text?: TextPort | undefined;
  /** Makes the memory of binary messages, of exactly the length asked for. Default `(bytes) => new Uint8Array(bytes)`. */
  readonly allocate?: Allocate | undefined;
}

/** {@link DecoderRulesOptions} with nothing missing. */
export interface DecoderRules {
  readonly role: Role;
  readonly limits: DecoderLimits;
  readonly text: TextPort;
  readonly allocate: Allocate;
  /** Largest message of one frame. */
  readonly maxWholeBytes: number;
}

const allocateZeroed: Allocate = (bytes) => new Uint8Array(bytes);

/** @throws {WebSocketException} `wsframe/invalid-option`: a limit is out of range. */
export function decoderRules(options: DecoderRulesOptions): DecoderRules {
  const limits = resolveLimits(options.limits);
  return {
    role: options.role,
    limits,
    text: options.text ?? neutralText,
    allocate: options.allocate ?? allocateZeroed,
    maxWholeBytes: Math.min(limits.maxFrameBytes, limits.maxMessageBytes),
  };
}
