/**
 * Copies of what applications keep, which may be anything.
 *
 * Room: errors. Not `structuredClone`: it throws for functions, and takes from instances what makes them their class's.
 */

/** @returns a copy of arrays, plain objects, Maps, Sets and Dates at every depth. Functions, bytes and instances of other classes are the same in both. */
export function copyData<Value>(value: Value): Value {
  return copyOf(value, new Map()) as Value;
}

/** @param seen copies by what they are copies of: an object that is there twice stays one, also within itself. */
function copyOf(value: unknown, seen: Map<unknown, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
    case null: return copyRecord(value as Record<string, unknown>, seen);
    case Array.prototype: return copyArray(value as readonly unknown[], seen);
    case Map.prototype: return copyMap(value as ReadonlyMap<unknown, unknown>, seen);
    case Set.prototype: return copySet(value as ReadonlySet<unknown>, seen);
    case Date.prototype: return new Date(value as Date);
    default: return value;
  }
}

/** Spread first: it makes `__proto__` a key like any other, and so it stays. */
function copyRecord(value: Record<string, unknown>, seen: Map<unknown, unknown>): unknown {
  const copy = Object.setPrototypeOf({ ...value }, Object.getPrototypeOf(value) as null) as Record<string, unknown>;
  seen.set(value, copy);
  for (const key of Object.keys(copy)) copy[key] = copyOf(copy[key], seen);
  return copy;
}

function copyArray(value: readonly unknown[], seen: Map<unknown, unknown>): unknown {
  const copy: unknown[] = [];
  seen.set(value, copy);
  for (const each of value) copy.push(copyOf(each, seen));
  return copy;
}

function copyMap(value: ReadonlyMap<unknown, unknown>, seen: Map<unknown, unknown>): unknown {
  const copy = new Map<unknown, unknown>();
  seen.set(value, copy);
  for (const [key, each] of value) copy.set(copyOf(key, seen), copyOf(each, seen));
  return copy;
}

function copySet(value: ReadonlySet<unknown>, seen: Map<unknown, unknown>): unknown {
  const copy = new Set<unknown>();
  seen.set(value, copy);
  for (const each of value) copy.add(copyOf(each, seen));
  return copy;
}
