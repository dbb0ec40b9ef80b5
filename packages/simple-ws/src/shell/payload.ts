/**
 * What users hand to `send`, as text or bytes, and to `close`.
 *
 * Room: simple-ws shell.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { CloseCode, isSendableCloseCode, MAX_REASON_BYTES, neutralText } from "@x/wsframe";
import type { Sendable } from "./contract.js";

/** @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: neither text nor bytes. */
export function payloadOf(data: Sendable): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const other: unknown = data; // from a program without types
  throw invalidArgument(`send: data is ${other === null ? "null" : typeof other}, must be a string or bytes`);
}

/**
 * A Close frame without a code is 1005, here as where it is received, so that an end can be passed on as it was told.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: a Close frame cannot say this (RFC 6455 §5.5, §7.4).
 */
export function checkClose(code: number, reason: string): void {
  if (code === CloseCode.noStatus && reason === "") return;
  if (!isSendableCloseCode(code)) throw invalidArgument(`close: code is ${code}, must be 1000–1003, 1007–1014 or 3000–4999, or 1005 without a reason`);
  if (neutralText.byteLength(reason) > MAX_REASON_BYTES) throw invalidArgument(`close: reason must have at most ${MAX_REASON_BYTES} bytes of UTF-8`);
}

export function invalidArgument(what: string): SimpleWebsocketError {
  return new SimpleWebsocketError(`Cannot ${what}`, { code: "simple-ws/invalid-argument" });
}
