/**
 * `@x/errors/clock`: time and randomness as ports, and one timer for many deadlines.
 *
 * Room: errors, entry.
 */
export { backgroundClock, MAX_DELAY_MS, SystemClock, systemClock, systemRandom } from "./system-clock.js";
export type { Clock, Random, SystemClockOptions, Timer } from "./system-clock.js";
export { DEFAULT_GRANULARITY_MS, Sweep } from "./sweep.js";
export type { SweepOptions, Swept } from "./sweep.js";
