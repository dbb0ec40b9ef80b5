/**
 * A limit on how long the application may think about a handshake.
 *
 * Room: engineio node.
 */
import type { Clock } from "@x/errors/clock";
import { type Refusal, refuseForNow } from "./refusal.js";

/** What clients are told when it is not known how long a limit will hold. Milliseconds. */
export const RETRY_MS = 1000;

/** @returns what `decision` says, or a refusal with 503 once `handshakeTimeout` is over; rejects as `decision` does. */
export function inTime<Decision>(decision: Promise<Decision>, { handshakeTimeout, clock }: { readonly handshakeTimeout: number; readonly clock: Clock }): Promise<Decision | Refusal> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => resolve(refuseForNow("HANDSHAKE_TIMEOUT", "Handshake timeout", "engineio/handshake-timeout", 503, RETRY_MS)), handshakeTimeout);
    decision.then(resolve, reject).finally(() => clock.clearTimer(timer));
  });
}
