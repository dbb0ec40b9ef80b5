/**
 * Between a {@link ReceiveBuffer} and those who wait for messages: never both a message and a waiting call. Room: pool shell.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { JetSocketError } from "@x/errors/pool";
import type { Ending } from "../../core/resilient/lifecycle.js";
import type { ReceiveBuffer, Taken } from "../../core/resilient/receive-buffer.js";
import { aborted } from "../cancelling.js";

export interface ReceiveOptions {
  /** Default Infinity; 0 asks only for what is there. */
  readonly timeoutMs?: number | undefined;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

interface Receiver<In> {
  settle(taken: Taken<In>): void;
  reject(error: unknown): void;
}

export class Inbox<In> {
  readonly #buffer: ReceiveBuffer<In>;
  readonly #maxReceivers: number;
  readonly #clock: Clock;
  /** A message was taken. */
  readonly #onTaken: () => void;
  readonly #receivers = new Set<Receiver<In>>();
  #ending: Ending | undefined;

  constructor(buffer: ReceiveBuffer<In>, maxReceivers: number, clock: Clock, onTaken: () => void) {
    this.#buffer = buffer;
    this.#maxReceivers = maxReceivers;
    this.#clock = clock;
    this.#onTaken = onTaken;
  }

  /** @returns as `ReceiveBuffer.push`. */
  put(message: In, bytes: number): boolean {
    const receiver = this.#nextReceiver();
    if (receiver === undefined) return this.#buffer.push(message, bytes);
    receiver.settle({ message });
    return false;
  }

  putError(error: Error): boolean {
    const receiver = this.#nextReceiver();
    if (receiver === undefined) return this.#buffer.pushError(error);
    receiver.settle({ error });
    return false;
  }

  /** A life begins. */
  open(): void {
    this.#ending = undefined;
  }

  /** No message will follow. Whoever waits learns why; what is there can still be taken. */
  settle(ending: Ending): void {
    this.#ending = ending;
    for (const receiver of [...this.#receivers]) receiver.reject(ending.error);
  }

  /** Nobody will take what is there. */
  clear(): void {
    this.#buffer.clear();
  }

  /** @returns `undefined` when `timeoutMs` has passed. */
  async receive({ timeoutMs = Infinity, signal }: ReceiveOptions): Promise<Taken<In> | undefined> {
    if (signal?.aborted === true) throw aborted("receive", signal);
    const taken = this.#take();
    if (taken !== undefined) return taken;
    if (this.#ending !== undefined) throw this.#ending.error;
    if (!(timeoutMs > 0)) return undefined;
    if (this.#receivers.size >= this.#maxReceivers) throw tooMany(this.#maxReceivers);
    return await this.#wait(timeoutMs, signal);
  }

  /** The next for a loop. @returns `undefined` where the loop may end. */
  async next(): Promise<Taken<In> | undefined> {
    try {
      return await this.receive({});
    } catch (error) {
      if (this.#ending?.isQuiet === true && error === this.#ending.error) return undefined;
      throw error;
    }
  }

  #take(): Taken<In> | undefined {
    const taken = this.#buffer.shift();
    if (taken !== undefined) this.#onTaken();
    return taken;
  }

  #nextReceiver(): Receiver<In> | undefined {
    for (const receiver of this.#receivers) return receiver;
    return undefined;
  }

  #wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<Taken<In> | undefined> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#receivers.delete(receiver);
        if (timer !== undefined) this.#clock.clearTimer(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const receiver: Receiver<In> = {
        settle: (taken) => {
          leave();
          resolve(taken);
        },
        reject: (error) => {
          leave();
          reject(error instanceof Error ? error : new JetSocketError("Cannot receive", { cause: error }));
        },
      };
      const onAbort = (): void => receiver.reject(aborted("receive", signal));
      const onTimeout = (): void => {
        leave();
        resolve(undefined);
      };
      const timer: Timer | undefined = timeoutMs === Infinity ? undefined : this.#clock.setTimer(onTimeout, timeoutMs);
      this.#receivers.add(receiver);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}

function tooMany(limit: number): JetSocketError {
  return new JetSocketError(`Cannot receive: ${limit} calls wait already, must be fewer`, { code: "pool/too-many-receivers", retryable: true });
}
