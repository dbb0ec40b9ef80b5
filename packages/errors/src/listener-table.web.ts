/**
 * Listeners by event, where nobody holds ten thousand tables: a Map.
 *
 * Room: errors. Takes the place of `listener-table.ts` outside Node; the functions do the same.
 */

/** `undefined` is an empty table; put() and remove() return what takes the place of the one they were given. */
export type ListenerTable<List> = Map<string, List> | undefined;

/** @returns the listeners of `event`. */
export function find<List>(table: ListenerTable<List>, event: string): List | undefined {
  return table?.get(event);
}

/** Set the listeners of `event`. */
export function put<List>(table: ListenerTable<List>, event: string, list: List): ListenerTable<List> {
  return (table ?? new Map<string, List>()).set(event, list);
}

/** Forget the listeners of `event`. */
export function remove<List>(table: ListenerTable<List>, event: string): ListenerTable<List> {
  table?.delete(event);
  return table;
}

/** @returns events with their listeners, in the order in which the events came. */
export function pairs<List>(table: ListenerTable<List>): readonly (readonly [event: string, list: List])[] {
  return [...(table ?? [])];
}
