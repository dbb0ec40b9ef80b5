/**
 * Back pressure of a transport that queues: one promise for all senders who have to wait.
 *
 * Room: engineio core.
 */

/** Settled once; a rejection that nobody awaits is no unhandled rejection. */
export class Pressure {
  readonly promise: Promise<void>;
  #resolve: (() => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise.catch(() => undefined);
  }

  resolve(): void {
    this.#resolve?.();
  }

  reject(error: Error): void {
    this.#reject?.(error);
  }
}
