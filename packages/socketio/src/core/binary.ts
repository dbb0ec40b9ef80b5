/**
 * Binary values inside payloads: taken out when sending, put back when receiving (Socket.IO protocol v5, "Binary").
 *
 * Room: socketio core. Values are walked with a depth limit, so that neither a cycle nor a peer can exhaust the stack.
 */
import type { Untyped } from "./event-types.js";
import { DEFAULT_PACKET_LIMITS } from "./limits.js";
import { atLimit, invalidArgument, invalidPacket, overLimit } from "./faults.js";

type Holder = Record<string | number, unknown>;

/** Where an attachment belongs: `holder[key] = attachments[index]`. */
export interface Slot {
  readonly holder: Holder;
  readonly key: string | number;
  readonly index: number;
}

/** As of `JSON.parse`. */
export type Reviver = (this: Untyped, key: string, value: Untyped) => unknown;

interface Blobish {
  readonly arrayBuffer?: unknown;
  readonly toJSON?: unknown;
}

/** @returns the value's bytes, not copied, or `undefined` when the value is not binary. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return value instanceof Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/**
 * Whether a payload holds bytes anywhere.
 * @throws {SocketIOError} `socketio/too-deep` for nesting (or a cycle) deeper than `depth`, `socketio/invalid-argument` for a Blob.
 */
export function hasBinary(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  const isList = Array.isArray(value);
  if (!isList && bytesOf(value) !== undefined) return true;
  if (depth === 0) throw atLimit("Cannot encode: the payload is nested too deeply or refers to itself", "socketio/too-deep", "maxNestingDepth", DEFAULT_PACKET_LIMITS.maxNestingDepth);
  if (isList) return someBinary(value, depth);
  const plain = plainForm(value);
  return plain === value ? someBinary(Object.values(value), depth) : hasBinary(plain, depth - 1);
}

function someBinary(items: readonly unknown[], depth: number): boolean {
  for (const item of items) if (typeof item === "object" && item !== null && hasBinary(item, depth - 1)) return true;
  return false;
}

/**
 * A copy of `value` with a placeholder for each binary value, which is appended to `attachments`.
 * @throws {SocketIOError} `socketio/invalid-argument` when the value contains an object that looks like a placeholder:
 *   passed on, it would break the receiver.
 */
export function takeOut(value: unknown, attachments: Uint8Array[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  const bytes = bytesOf(value);
  if (bytes !== undefined) return { _placeholder: true, num: attachments.push(bytes) - 1 };
  if (Array.isArray(value)) return value.map((item) => takeOut(item, attachments));
  const plain = plainForm(value);
  if (plain !== value) return takeOut(plain, attachments);
  const copy = Object.create(null) as Holder;
  for (const key of Object.keys(value)) copy[key] = takeOut((value as Holder)[key], attachments);
  if (copy["_placeholder"] === true) throw invalidArgument("Cannot encode: the payload contains a _placeholder of its own");
  return copy;
}

/**
 * Checks a parsed payload: its depth, and no own `__proto__` key survives (it is removed: a later merge by the
 * application would otherwise change prototypes).
 * @param slots collects where attachments belong; absent when the packet has none, and placeholders are then plain data.
 * @throws {SocketIOError} `socketio/invalid-packet`
 */
export function inspect(value: unknown, depth: number, attachments: number, slots?: Slot[]): void {
  if (typeof value !== "object" || value === null) return;
  if (depth === 0) throw overLimit("maxNestingDepth", 0, "socketio/too-deep");
  if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
  for (const key of Object.keys(value)) {
    const item = (value as Holder)[key];
    if (slots !== undefined && isPlaceholder(item)) {
      slots.push({ holder: value as Holder, key, index: placeholderIndex(item, attachments) });
    } else inspect(item, depth - 1, attachments, slots);
  }
}

/** What `JSON.parse` does with its reviver, for an inspected payload (so that its depth is bounded) with its bytes in place. */
export function revive(holder: Holder, key: string, reviver: Reviver): unknown {
  const value = holder[key];
  if (typeof value === "object" && value !== null && bytesOf(value) === undefined) {
    for (const name of Object.keys(value)) {
      const revived = revive(value as Holder, name, reviver);
      if (revived === undefined) Reflect.deleteProperty(value, name);
      else (value as Holder)[name] = revived;
    }
  }
  return reviver.call(holder, key, value);
}

/** Objects with `toJSON` (dates, model instances) travel as what it answers, as in JSON. */
export function plainForm(value: object): unknown {
  const { toJSON, arrayBuffer } = value as Blobish;
  if (typeof toJSON === "function") return toJSON.call(value) as unknown;
  if (typeof arrayBuffer === "function") throw invalidArgument("Cannot encode a Blob: await its arrayBuffer() first");
  return value;
}

function isPlaceholder(value: unknown): value is { num: unknown } {
  return typeof value === "object" && value !== null && (value as { _placeholder?: unknown })._placeholder === true;
}

function placeholderIndex({ num }: { num: unknown }, attachments: number): number {
  if (typeof num === "number" && Number.isInteger(num) && num >= 0 && num < attachments) return num;
  throw invalidPacket("placeholder refers to no attachment");
}
