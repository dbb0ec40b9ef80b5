/**
 * What applications send, as what the wire carries: text or bytes.
 *
 * Room: engineio shell.
 */
import { EngineIOError } from "@x/errors/engineio";
import type { MessageData } from "./ports.js";

/** @returns text and bytes as they are (any buffer as a view of the same memory), any other object as JSON text.
 *  @throws {EngineIOError} `engineio/invalid-message` for what is none of these, or has no JSON. */
export function toMessage(data: MessageData): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return toJson(data);
}

function toJson(value: unknown): string {
  let json: string | undefined;
  let cause: unknown;
  try {
    if (typeof value === "object" && value !== null) json = JSON.stringify(value);
  } catch (error) {
    cause = error; // a cycle, a BigInt, or a toJSON() that throws
  }
  if (json !== undefined) return json;
  throw new EngineIOError(`Cannot send: a message of type ${value === null ? "null" : typeof value} has no form on the wire, must be a string, bytes, or an object with JSON`, { code: "engineio/invalid-message", cause });
}
