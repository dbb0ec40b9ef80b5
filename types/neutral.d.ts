/**
 * The few globals that every JavaScript runtime has (browsers, Node, Deno, Bun, workers) and that ECMAScript's own
 * library does not declare. Neutral rooms are type-checked against this file instead of Node's or the DOM's types.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}
declare const performance: { now(): number };
declare const console: { error(...data: unknown[]): void };
declare class URL {
  constructor(url: string, base?: string | URL);
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly origin: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}
declare function queueMicrotask(callback: () => void): void;
declare function setTimeout(callback: () => void, delayMs?: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function btoa(binary: string): string;
declare function atob(base64: string): string;
declare namespace WebAssembly {
  class Module { constructor(bytes: Uint8Array<ArrayBuffer>); }
  class Memory { constructor(descriptor: { initial: number; maximum?: number }); readonly buffer: ArrayBuffer; grow(pages: number): number; }
  class Instance { constructor(module: Module, imports?: object); readonly exports: Record<string, unknown>; }
}
