/**
 * Going out of service without a herd: sessions are closed one after the other, each after what was sent to it.
 *
 * Room: engineio node. Times are milliseconds.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { EngineIOError } from "@x/errors/engineio";
import type { Socket } from "./server-socket.js";

export interface DrainOptions {
  /** Spread the closes over this time. Milliseconds, default 0: all at once. */
  readonly overMs?: number | undefined;
  /** Close at most this many in a second. Default: as many as {@link overMs} asks for. */
  readonly perSecond?: number | undefined;
  /** What is left then is cut off. Milliseconds from the start, default 30000 after the last close. */
  readonly timeoutMs?: number | undefined;
  /** Once aborted, what is left is cut off at once. */
  readonly signal?: AbortSignal | undefined;
  /** Is told after every step. */
  readonly onProgress?: ((progress: DrainProgress) => void) | undefined;
}

export interface DrainProgress {
  /** Sessions that were there at the beginning. */
  readonly total: number;
  /** Of these, those that are not closed yet. */
  readonly remaining: number;
}

export interface DrainReport {
  readonly total: number;
  /** Sessions that were cut off: what was sent to them may not have arrived. */
  readonly cutOff: number;
  readonly tookMs: number;
}

/** How often sessions are closed while a drain goes on. */
export const DRAIN_STEP_MS = 100;
const FLUSH_MS = 30_000;
const GOING_AWAY = 1001;

/** @returns how long a drain of `total` sessions may take at most. @throws {EngineIOError} `engineio/invalid-option` naming the option. */
export function drainDurationMs(total: number, { overMs = 0, perSecond = Infinity, timeoutMs }: DrainOptions): number {
  if (!(overMs >= 0)) throw invalid("overMs", overMs, "a time, 0 or above");
  if (!(perSecond > 0)) throw invalid("perSecond", perSecond, "a number above 0");
  if (timeoutMs !== undefined && !(timeoutMs >= 0)) throw invalid("timeoutMs", timeoutMs, "a time, 0 or above");
  return timeoutMs ?? Math.max(overMs, (total / perSecond) * 1000) + FLUSH_MS;
}

/** One drain; no new sessions may come while it runs. */
export class Drain {
  readonly #sockets: readonly Socket[];
  readonly #options: DrainOptions;
  readonly #clock: Clock;
  readonly #startMs: number;
  /** Closes in a millisecond. */
  readonly #pace: number;
  readonly #deadlineMs: number;
  #asked = 0;
  #ended = 0;
  #cutOff = 0;
  #timer: Timer | undefined;
  #resolve: (report: DrainReport) => void = nothing;

  constructor(sockets: readonly Socket[], options: DrainOptions, clock: Clock) {
    const { overMs = 0, perSecond = Infinity } = options;
    this.#sockets = sockets;
    this.#options = options;
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#pace = Math.min(overMs > 0 ? sockets.length / overMs : Infinity, perSecond / 1000);
    this.#deadlineMs = this.#startMs + drainDurationMs(sockets.length, options);
  }

  /** Resolves when no session of the beginning is left. */
  run(): Promise<DrainReport> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      this.#resolve = (report) => {
        signal?.removeEventListener("abort", this.#cut);
        resolve(report);
      };
      signal?.addEventListener("abort", this.#cut, { once: true });
      for (const socket of this.#sockets) this.#watch(socket);
      if (signal?.aborted === true) this.#cut();
      else this.#step();
    });
  }

  #watch(socket: Socket): void {
    socket.once("close", () => {
      this.#ended++;
      this.#options.onProgress?.({ total: this.#sockets.length, remaining: this.#sockets.length - this.#ended });
      this.#settle();
    });
  }

  #step(): void {
    const elapsedMs = this.#clock.now() - this.#startMs;
    const due = this.#pace === Infinity ? this.#sockets.length : Math.ceil((elapsedMs + 1) * this.#pace);
    while (this.#asked < Math.min(due, this.#sockets.length)) this.#sockets[this.#asked++]?.session.close(false, "server shutting down");
    if (this.#clock.now() >= this.#deadlineMs) this.#cut();
    else if (!this.#settle()) this.#arm();
  }

  /** As often as there is something to close, and then once more, at the deadline. */
  #arm(): void {
    const leftMs = this.#deadlineMs - this.#clock.now();
    this.#timer = this.#clock.setTimer(() => this.#step(), this.#asked < this.#sockets.length ? Math.min(DRAIN_STEP_MS, leftMs) : leftMs);
  }

  readonly #cut = (): void => {
    this.#asked = this.#sockets.length;
    for (const { session } of this.#sockets) {
      if (session.state === "closed") continue;
      this.#cutOff++;
      session.fail("server shutting down", undefined, GOING_AWAY);
    }
    this.#settle();
  };

  /** @returns whether it is over. */
  #settle(): boolean {
    if (this.#ended < this.#sockets.length) return false;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#resolve({ total: this.#sockets.length, cutOff: this.#cutOff, tookMs: this.#clock.now() - this.#startMs });
    return true;
  }
}

function invalid(name: string, value: number, wanted: string): EngineIOError {
  return new EngineIOError(`Cannot drain: option ${name} is ${value}, must be ${wanted}`, { code: "engineio/invalid-option" });
}

function nothing(): void {
  // replaced before anything can call it
}
