/**
 * Sessions by id, as the peers show them: an object whose keys are ids.
 *
 * Room: engineio node. A real object would make each id one of the engine's property names, which costs more than the rest of looking it up.
 */
import { inspect } from "node:util";
import type { Registry } from "@x/errors/registry";

/** @returns a view of `entries`, always of now, which cannot be written to. Being a Proxy, it cannot be cloned: `{ ...view }` is what it shows now. */
export function recordOf<Value>(entries: Registry<string, Value>): Readonly<Record<string, Value>> {
  const find = (key: string | symbol): Value | undefined => (typeof key === "string" ? entries.get(key) : undefined);
  const shown = { configurable: true, value: (): object => ({ ...view }) }; // `console.log` looks behind a Proxy
  const view = new Proxy<Record<string, Value>>(Object.create(null, { [inspect.custom]: shown }) as Record<string, Value>, {
    get: (_, key) => find(key),
    has: (_, key) => find(key) !== undefined,
    ownKeys: () => keysOf(entries),
    getOwnPropertyDescriptor: (_, key) => {
      const value = find(key);
      return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
    },
    set: no,
    defineProperty: no,
    deleteProperty: no,
    setPrototypeOf: no,
    preventExtensions: no, // a view that has to stay as it is could not show what comes
  });
  return view;
}

function no(): false {
  return false;
}

function keysOf(entries: Registry<string, unknown>): string[] {
  const keys: string[] = [];
  entries.forEach((_, key) => void keys.push(key));
  return keys;
}
