/**
 * Listeners by event: a chain while there are few events, which takes a third of a Map's memory, and a Map from then on.
 *
 * Room: errors. A server holds one table per connection, most of them with one or two events; some applications have hundreds.
 */

/** One event and its listeners. */
interface Slot<List> {
  readonly event: string;
  list: List;
  next: Slot<List> | undefined;
}

/** `undefined` is an empty table; put() and remove() return what takes the place of the one they were given. */
export type ListenerTable<List> = Slot<List> | Map<string, List> | undefined;

/** Longest chain: as long as looking through it is no slower than a Map. */
const MAX_CHAIN = 8;

/** @returns the listeners of `event`. */
export function find<List>(table: ListenerTable<List>, event: string): List | undefined {
  if (table instanceof Map) return table.get(event);
  let slot = table;
  while (slot !== undefined && slot.event !== event) slot = slot.next;
  return slot?.list;
}

/** Set the listeners of `event`. */
export function put<List>(table: ListenerTable<List>, event: string, list: List): ListenerTable<List> {
  if (table instanceof Map) return table.set(event, list);
  let last: Slot<List> | undefined;
  let length = 0;
  for (let slot = table; slot !== undefined; slot = slot.next) {
    if (slot.event === event) {
      slot.list = list;
      return table;
    }
    last = slot;
    length++;
  }
  if (length === MAX_CHAIN) return new Map(pairs(table)).set(event, list);
  const added = { event, list, next: undefined };
  if (last === undefined) return added;
  last.next = added;
  return table;
}

/** Forget the listeners of `event`. */
export function remove<List>(table: ListenerTable<List>, event: string): ListenerTable<List> {
  if (table instanceof Map) {
    table.delete(event);
    return table;
  }
  if (table?.event === event) return table.next;
  let slot = table;
  while (slot?.next !== undefined && slot.next.event !== event) slot = slot.next;
  if (slot?.next !== undefined) slot.next = slot.next.next;
  return table;
}

/** @returns events with their listeners, in the order in which the events came. */
export function pairs<List>(table: ListenerTable<List>): readonly (readonly [event: string, list: List])[] {
  if (table instanceof Map) return [...table];
  const all: (readonly [string, List])[] = [];
  for (let slot = table; slot !== undefined; slot = slot.next) all.push([slot.event, slot.list]);
  return all;
}
