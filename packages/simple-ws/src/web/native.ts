/**
 * As much of the platform's WebSocket (WHATWG) as is used here, so that this room needs neither DOM's nor Node's types.
 *
 * Room: simple-ws web.
 */
export interface NativeMessageEvent {
  readonly data: unknown;
}

export interface NativeCloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** Handlers take `never`, so that every platform's own declaration fits; what they get is described above. */
export interface NativeWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly protocol: string;
  readonly url: string;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** `WebSocket` itself, or a class that behaves like it. */
export type NativeConstructor = new (url: string, protocols: string[]) => NativeWebSocket;

/** @returns the platform's class, if there is one. */
export function nativeWebSocket(): NativeConstructor | undefined {
  const candidate: unknown = Reflect.get(globalThis, "WebSocket");
  return isConstructor(candidate) ? candidate : undefined;
}

function isConstructor(candidate: unknown): candidate is NativeConstructor {
  return typeof candidate === "function";
}
