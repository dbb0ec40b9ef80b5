/**
 * Errors as plain data for logs: bounded in depth, breadth and length, cycle-safe, escaped, without secrets.
 *
 * Room: errors. Reads any thrown value, of any copy of this package, of the system or of an application; never throws.
 */
import { plainRecord } from "./plain.js";
import { safeText } from "./safe-text.js";

export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly layer?: string;
  readonly retryable?: boolean;
  readonly closeCode?: number;
  readonly httpStatus?: number;
  /** The class's attributes and the error's `details`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** At most {@link MAX_CAUSES} levels. */
  readonly cause?: ErrorDescription;
  /** The first few of an `AggregateError`. */
  readonly errors?: readonly ErrorDescription[];
}

/** Longest chain of causes that is written out. */
export const MAX_CAUSES = 8;
const MAX_TEXT = 256;
const ownWords: ReadonlySet<string> = new Set(["name", "message", "stack", "code", "layer", "retryable", "closeCode", "httpStatus", "details", "cause", "errors"]);

/** @returns what is worth logging of `thrown`, as data that `JSON.stringify` takes. */
export function describeError(thrown: unknown): ErrorDescription {
  return describe(thrown, new Set(), 0);
}

function describe(thrown: unknown, seen: Set<unknown>, depth: number): ErrorDescription {
  if (seen.has(thrown)) return { name: "Circular", message: "[seen above]" };
  if (depth > MAX_CAUSES) return { name: "Truncated", message: "[more causes]" };
  try {
    if (!isObject(thrown)) return { name: typeof thrown, message: safeText(String(thrown), MAX_TEXT) };
    seen.add(thrown);
    return describeObject(thrown, seen, depth);
  } catch {
    return { name: "Unreadable", message: "[reading it threw]" };
  }
}

function describeObject(error: Readonly<Record<string, unknown>>, seen: Set<unknown>, depth: number): ErrorDescription {
  const { name, message, code, layer, retryable, closeCode, httpStatus, details, cause, errors } = error;
  const attributes = Object.entries(error).filter(([key]) => !ownWords.has(key));
  return {
    name: safeText(typeof name === "string" ? name : "Object", MAX_TEXT),
    message: safeText(typeof message === "string" ? message : "", MAX_TEXT * 4),
    ...(typeof code === "string" ? { code: safeText(code, MAX_TEXT) } : typeof code === "number" ? { code } : {}),
    ...(typeof layer === "string" && { layer: safeText(layer, MAX_TEXT) }),
    ...(typeof retryable === "boolean" && { retryable }),
    ...(typeof closeCode === "number" && { closeCode }),
    ...(typeof httpStatus === "number" && { httpStatus }),
    ...(typeof layer === "string" && { details: plainRecord([...attributes, ...(isObject(details) ? Object.entries(details) : [])]) }),
    ...(cause !== undefined && { cause: describe(cause, seen, depth + 1) }),
    ...(Array.isArray(errors) && { errors: errors.slice(0, MAX_CAUSES).map((one: unknown) => describe(one, seen, MAX_CAUSES)) }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
