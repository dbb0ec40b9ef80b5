/**
 * Several arguments where one value is expected, which an array, being one value, cannot say.
 *
 * Room: socketio shell.
 */

export class Tuple<Values extends readonly unknown[] = readonly unknown[]> {
  readonly values: Values;

  constructor(values: Values) {
    this.values = values;
  }
}

/** @returns what `emit` sends, and a handler acknowledges with, as several arguments. */
export function tuple<const Values extends readonly unknown[]>(...values: Values): Tuple<Values> {
  return new Tuple(values);
}

/** `undefined` is no argument, a {@link Tuple} several, anything else one. */
export function valuesOf(data: unknown): readonly unknown[] {
  if (data === undefined) return [];
  return data instanceof Tuple ? (data.values as readonly unknown[]) : [data];
}
