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

/** Whether there is anything to look into: most events' arguments are no objects. */
export function holdsObjects(data: unknown): data is object {
  if (!Array.isArray(data)) return typeof data === "object" && data !== null;
  for (const item of data as unknown[]) if (typeof item === "object" && item !== null) return true;
  return false;
}

/** What {@link takeOut} has found. */
export interface Extraction {
  attachments: Uint8Array[] | undefined;
  /** An object of the application's looks like a placeholder: with attachments, it would break the receiver. */
  hasPlaceholder: boolean;
}

/**
 * Puts a placeholder for each binary value.
 * @returns the value itself where there are none, else a copy of what holds them.
 * @throws {SocketIOError} `socketio/too-deep` for nesting (or a cycle) deeper than `depth`, `socketio/invalid-argument` for a Blob.
 */
export function takeOut(value: object, depth: number, found: Extraction): unknown {
  const isList = Array.isArray(value);
  const bytes = isList ? undefined : bytesOf(value);
  if (bytes !== undefined) return { _placeholder: true, num: (found.attachments ??= []).push(bytes) - 1 };
  if (depth === 0) throw atLimit("Cannot encode: the payload is nested too deeply or refers to itself", "socketio/too-deep", "maxNestingDepth", DEFAULT_PACKET_LIMITS.maxNestingDepth);
  if (isList) return takeOutOfList(value, depth, found);
  const plain = plainForm(value);
  if (plain === value) return takeOutOfRecord(value as Holder, depth, found);
  if (typeof plain !== "object" || plain === null) return value;
  const taken = takeOut(plain, depth - 1, found);
  return taken === plain ? value : taken;
}

function takeOutOfList(list: readonly unknown[], depth: number, found: Extraction): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (typeof item !== "object" || item === null) continue;
    const taken = takeOut(item, depth - 1, found);
    if (taken !== item) (copy ??= [...list])[index] = taken;
  }
  return copy ?? list;
}

function takeOutOfRecord(record: Holder, depth: number, found: Extraction): Holder {
  let copy: Holder | undefined;
  for (const key in record) { // twice as fast as Object.keys()
    const item = record[key];
    if (typeof item !== "object" || item === null) {
      if (item === true && key === "_placeholder") found.hasPlaceholder = true;
      continue;
    }
    if (!Object.hasOwn(record, key)) continue;
    const taken = takeOut(item, depth - 1, found);
    if (taken !== item) (copy ??= { ...record })[key] = taken;
  }
  return copy ?? record;
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
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) inspectItem(value as unknown as Holder, index, depth, attachments, slots);
    return;
  }
  for (const key in value) {
    if (key === "__proto__") Reflect.deleteProperty(value, key);
    else inspectItem(value as Holder, key, depth, attachments, slots);
  }
}

/** Whether arrays and objects are nested deeper: of what {@link inspect} asks, the part that every long text needs. */
export function isDeeper(value: object, depth: number): boolean {
  if (depth === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (typeof item === "object" && item !== null && isDeeper(item, depth - 1)) return true;
    return false;
  }
  for (const key in value) {
    const item = (value as Holder)[key];
    if (typeof item === "object" && item !== null && isDeeper(item, depth - 1)) return true;
  }
  return false;
}

function inspectItem(holder: Holder, key: string | number, depth: number, attachments: number, slots: Slot[] | undefined): void {
  const item = holder[key];
  if (typeof item !== "object" || item === null) return;
  if (slots !== undefined && isPlaceholder(item)) slots.push({ holder, key, index: placeholderIndex(item, attachments) });
  else inspect(item, depth - 1, attachments, slots);
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

function isPlaceholder(value: object): value is { num: unknown } {
  return (value as { _placeholder?: unknown })._placeholder === true;
}

function placeholderIndex({ num }: { num: unknown }, attachments: number): number {
  if (typeof num === "number" && Number.isInteger(num) && num >= 0 && num < attachments) return num;
  throw invalidPacket("placeholder refers to no attachment");
}
