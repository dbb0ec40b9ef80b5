/**
 * `@x/errors/clock`: time and randomness as ports, and deadlines: one timer for many of them, or one for each.
 *
 * Room: errors, entry.
 */
export { backgroundClock, MAX_DELAY_MS, SystemClock, systemClock, systemRandom } from "./system-clock.js";
export type { Clock, Random, SystemClockOptions, Timer } from "./system-clock.js";
export { DEFAULT_GRANULARITY_MS, Sweep } from "./sweep.js";
export type { SweepOptions, Swept } from "./sweep.js";
export { Timers } from "./timers.js";
