/**
 * From what travelled to what the application gets: serializer, then schema. Room: pool shell.
 */
import { InvalidMessageError } from "@x/errors/pool";
import type { Payload, Serializer } from "./ports.js";
import type { Schema, SchemaResult } from "./schema.js";

/** Characters or bytes of a bad message that its error keeps. */
const MAX_QUOTED = 256;

export type Checked<In> = { readonly message: In } | { readonly error: InvalidMessageError };

/** @throws {InvalidMessageError} `pool/invalid-message`. */
export function serialize(serializer: Serializer, data: unknown): Payload {
  try {
    return serializer.serialize(data);
  } catch (cause) {
    throw new InvalidMessageError("Cannot send: the message cannot be serialised", { cause });
  }
}

/** @returns the value, or the error that says why there is none. */
export function deserialize(serializer: Serializer, raw: Payload): { readonly value: unknown } | { readonly error: InvalidMessageError } {
  try {
    return { value: serializer.deserialize(raw) };
  } catch (cause) {
    return { error: new InvalidMessageError("Cannot read message: it cannot be deserialised", { cause, data: quoted(raw) }) };
  }
}

/** @returns the checked message, at once or, for a schema that takes its time, later. Never rejects. */
export function check<In>(schema: Schema<In>, value: unknown, raw: Payload): Checked<In> | Promise<Checked<In>> {
  try {
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return verdict(result, raw);
    return result.then((late) => verdict(late, raw), (cause: unknown) => broken(cause, raw));
  } catch (cause) {
    return broken(cause, raw);
  }
}

function verdict<In>(result: SchemaResult<In>, raw: Payload): Checked<In> {
  if (result.issues === undefined) return { message: result.value };
  const [first] = result.issues;
  return { error: new InvalidMessageError(`Cannot accept message: ${first?.message ?? "it is not valid"}`, { data: quoted(raw), issues: result.issues }) };
}

function broken<In>(cause: unknown, raw: Payload): Checked<In> {
  return { error: new InvalidMessageError("Cannot accept message: its schema failed", { cause, data: quoted(raw) }) };
}

function quoted(raw: Payload): Payload {
  return raw.slice(0, MAX_QUOTED);
}
