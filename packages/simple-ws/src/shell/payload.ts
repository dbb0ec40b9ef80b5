/**
 * What users hand to `send`, as text or bytes.
 *
 * Room: simple-ws shell.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import type { Sendable } from "./contract.js";

/** @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: neither text nor bytes. */
export function payloadOf(data: Sendable): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const other: unknown = data; // from a program without types
  throw invalidArgument(`send: data is ${other === null ? "null" : typeof other}, must be a string or bytes`);
}

export function invalidArgument(what: string): SimpleWebsocketError {
  return new SimpleWebsocketError(`Cannot ${what}`, { code: "simple-ws/invalid-argument" });
}
