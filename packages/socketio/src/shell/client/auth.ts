/**
 * The payload of CONNECT: an object, or a function that returns one, resolves to one, or hands one to its callback.
 *
 * Room: socketio shell. Whichever comes first counts; a failure that comes second is reported.
 */
import { isThenable } from "@x/errors/handlers";
import type { Untyped } from "../../core/event-types.js";
import type { Attempt } from "./attempt.js";
import type { Auth, AuthFunction } from "./options.js";

/** @param report told of a failure that comes second. None of the functions may throw. */
export function askAuth(auth: Auth | undefined, attempt: Attempt, report: (error: unknown) => unknown, answer: (auth: Record<string, Untyped> | undefined) => void, failed: (error: unknown) => void): void {
  if (!isFunction(auth)) {
    answer(auth);
    return;
  }
  let isAnswered = false;
  const once = (value: unknown): void => {
    if (isAnswered || typeof value !== "object" || value === null) return;
    isAnswered = true;
    answer(value);
  };
  const fail = (error: unknown): void => {
    if (isAnswered) report(error);
    else {
      isAnswered = true;
      failed(error);
    }
  };
  try {
    const result = auth(once, attempt);
    if (isThenable(result)) result.then(once, fail);
    else once(result);
  } catch (error) {
    fail(error);
  }
}

function isFunction(auth: Auth | undefined): auth is AuthFunction {
  return typeof auth === "function";
}
