/**
 * The first question to every request: may the page that sent it talk to this server?
 *
 * Room: engineio node. One answer for polling, WebSockets and transports of the application's own.
 */
import type { IncomingMessage } from "node:http";
import { type CorsVerdict, judgeOrigin } from "./cors.js";
import { inTime } from "./in-time.js";
import type { ParsedServerOptions } from "./parse-options.js";
import { type Refusal, invalidOrigin } from "./refusal.js";

/** Headers for a page that may talk to the server. */
export type Passed = NonNullable<CorsVerdict>;

/**
 * @param isShared others may have changed the request.
 * @returns the headers of a request that may pass, or why it may not; a promise, which may reject, only where functions of the application's have to be asked.
 */
export function passOrigin(request: IncomingMessage, opts: ParsedServerOptions, isShared = true): Passed | Refusal | Promise<Passed | Refusal> {
  const judged = judgeOrigin(request, opts.cors, opts.trustProxy, isShared);
  if (!(judged instanceof Promise)) return judged ?? invalidOrigin(request);
  return inTime(judged.then((verdict) => verdict ?? invalidOrigin(request)), opts);
}
