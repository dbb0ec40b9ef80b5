/**
 * A promise with its handles outside.
 *
 * Room: simple-ws shell.
 */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  #resolve: (value: Value) => void = noop;
  #reject: (error: unknown) => void = noop;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resolve(value: Value): void {
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.#reject(error);
  }
}

/** A rejection that the caller may ignore without ending the process; awaiting it still throws. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(noop);
  return promise;
}

function noop(): void {
  // whoever awaits gets the outcome
}
