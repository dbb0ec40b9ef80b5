/**
 * A timer for each session of a page.
 *
 * Room: engineio web.
 */
import { Timers, systemClock } from "@x/errors/clock";
import type { Deadlines } from "../shell/ports.js";

export const deadlines: Deadlines = /* @__PURE__ */ new Timers(systemClock);
