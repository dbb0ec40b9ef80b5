/**
 * One promise for all who wait for the same: senders until less waits, callers of `connect()` until it is open.
 *
 * Room: engineio core.
 */

/** Settled once; a rejection that nobody awaits is no unhandled rejection. */
export class SharedWait {
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
