/**
 * Errors as plain data in pages: what they are, and what caused them, but nothing of what they carry.
 *
 * Room: errors. Takes the place of `description.ts` behind `toJSON()` outside Node: without `details` and the like there is
 * nothing that might be secret, and pages do not pay for its redaction. Never throws.
 */
import { MAX_DEPTH, MAX_MESSAGE_LENGTH, type Description } from "./description.js";
import { safeText } from "./safe-text.js";

/** @returns name, message, code and the like of an error and of its causes; of anything else its type, and its text if it is one. */
export function describeError(thrown: unknown, depth = 0): Description {
  try {
    if (!(thrown instanceof Error)) return { name: typeof thrown, message: typeof thrown === "string" ? safeText(thrown, MAX_MESSAGE_LENGTH) : "" };
    const { name, message, code, layer, retryable, closeCode, httpStatus, cause } = thrown as Error & Description;
    const own = { name, message: safeText(message, MAX_MESSAGE_LENGTH), code, layer, retryable, closeCode, httpStatus };
    return cause === undefined || depth === MAX_DEPTH ? own : { ...own, cause: describeError(cause, depth + 1) };
  } catch {
    return { name: "Error", message: "[unreadable]" };
  }
}
