/**
 * The memory in which frames are parsed and unmasked. One is shared by all decoders of the process, because a decoder holds
 * it only while one `push` runs; when a callback of that push makes another decoder parse, the other gets its own.
 *
 * Room: wsframe core. WebAssembly SIMD where the engine has it, DataView words elsewhere; both hold the same tests.
 */
import { HeaderReader } from "./header.js";
import { maskWords } from "./mask.js";
import { unmaskWasm } from "./unmask.wasm.js";

/** Room for what an earlier chunk left over, directly before the chunk: a header and a control frame's payload fit. */
const CARRY_BYTES = 144;
/** Largest piece of a chunk that is parsed at a time, in bytes: what one read of a Node socket returns. */
export const CHUNK_BYTES = 65_536;
/** Where a chunk starts; its left-over predecessor ends here. */
export const CHUNK_START: number = CARRY_BYTES;
/** Where the encoder's scratch area starts; it is as long as a chunk. */
export const SCRATCH_START: number = CHUNK_START + CHUNK_BYTES;

const totalBytes = 4 * 65_536;
/** Nested buffers beyond this depth are given back to the garbage collector. */
const keptBuffers = 4;

/** Memory with an unmasking function over it, and a reader for the headers in it. */
export interface ParseBuffer {
  readonly bytes: Uint8Array;
  readonly header: HeaderReader;
  /** XORs `[start, end)` in place with the key (0 only looks). @returns 0 when all resulting bytes are ASCII. */
  readonly unmask: (start: number, end: number, key: number) => number;
}

/** By depth of nesting; the first is made when it is needed first. */
const buffers: (ParseBuffer | undefined)[] = [];
let depth = 0;

/** Lends the buffer of this nesting depth. Synchronous code only: give it back in a `finally`, in reverse order. */
export function acquireParseBuffer(): ParseBuffer {
  const buffer = (buffers[depth] ??= depth === 0 ? createParseBuffer() : createPortableBuffer());
  depth++;
  return buffer;
}

/** Takes the buffer lent last back. */
export function releaseParseBuffer(): void {
  depth--;
  if (depth >= keptBuffers) buffers.length = depth;
}

/** The process's first buffer, whose scratch area encoders use whether or not a decoder is parsing. */
export function sharedBuffer(): ParseBuffer {
  return (buffers[0] ??= createParseBuffer());
}

/** A buffer with the fastest unmasking this engine has. Compiles synchronously: the module is smaller than a packet. */
export function createParseBuffer(): ParseBuffer {
  return createSimdBuffer() ?? createPortableBuffer();
}

/** @returns `undefined` where WebAssembly or its SIMD is missing, or forbidden by a content security policy. */
export function createSimdBuffer(): ParseBuffer | undefined {
  try {
    const binary = Uint8Array.from(atob(unmaskWasm), (character) => character.charCodeAt(0));
    const { Instance, Module } = (globalThis as unknown as { readonly WebAssembly: SimdEngine }).WebAssembly;
    const { memory, unmask } = new Instance(new Module(binary)).exports;
    return { bytes: new Uint8Array(memory.buffer), header: new HeaderReader(), unmask };
  } catch {
    return undefined;
  }
}

/** A buffer in ordinary memory. */
export function createPortableBuffer(): ParseBuffer {
  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  return { bytes, header: new HeaderReader(), unmask: (start, end, key) => maskWords(bytes, view, start, end, key) };
}

/** What is used of WebAssembly: Node's, the DOM's and the neutral types disagree on the rest. */
interface SimdEngine {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: SimdExports };
}

/** What unmask.wat exports. */
interface SimdExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly unmask: ParseBuffer["unmask"];
}
