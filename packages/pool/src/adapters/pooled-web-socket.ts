/**
 * A WebSocket connection on loan. Room: pool adapters.
 *
 * Everything goes through the lease, so that a borrower who is done can neither send nor take a message of the next one.
 */
import type { ReceiveOptions, Sendable, SendOptions, WebSocketConnection } from "@x/simple-ws/client";
import { ConnectionClosedError, InvalidStateError } from "@x/errors/pool";
import { endsQuietly } from "../core/resilient/link-end.js";
import type { Lease } from "../shell/lease.js";
import { translated } from "./translate.js";

export class PooledWebSocket {
  readonly #lease: Lease<WebSocketConnection>;
  /** Ends this borrower's waiting `receive`s when the lease ends. */
  readonly #ended = new AbortController();

  /** @internal */
  constructor(lease: Lease<WebSocketConnection>) {
    this.#lease = lease;
  }

  /** @throws {InvalidStateError} `pool/lease-released`, like everything but {@link release} and {@link destroy}. */
  get url(): string {
    return this.#lease.resource.url ?? "";
  }

  /** The subprotocol agreed on; "" for none. */
  get protocol(): string {
    return this.#lease.resource.protocol;
  }

  get state(): WebSocketConnection["state"] {
    return this.#lease.resource.state;
  }

  /** @returns a promise that resolves when less than the connection's `highWaterMarkBytes` wait.
   *  @throws {ConnectionClosedError} the connection has ended. */
  async send(data: Sendable, options?: SendOptions): Promise<void> {
    const connection = this.#lease.resource;
    try {
      await connection.send(data, options);
    } catch (error) {
      throw translated(error);
    }
  }

  /** The next message; `null` when `timeoutMs` has passed.
   *  @throws {ConnectionClosedError} the connection has ended. @throws {InvalidFrameError} it ended because of what the peer sent.
   *  @throws {InvalidStateError} `pool/lease-released`, also for who still waits when the lease ends. */
  async receive(options: ReceiveOptions = {}): Promise<string | Uint8Array | null> {
    const connection = this.#lease.resource;
    const { signal: ended } = this.#ended;
    const signal = options.signal === undefined ? ended : AbortSignal.any([options.signal, ended]);
    try {
      return await connection.receive({ ...options, signal });
    } catch (error) {
      if (ended.aborted) throw ended.reason;
      throw translated(error);
    }
  }

  /** Messages until the peer closes in order; throws as {@link receive} for any other end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    for (;;) {
      let message: string | Uint8Array | null;
      try {
        message = await this.receive();
      } catch (error) {
        if (error instanceof ConnectionClosedError && endsQuietly({ code: error.closeCode ?? 1006, wasClean: error.wasClean })) return;
        throw error;
      }
      if (message !== null) yield message;
    }
  }

  /** Gives the connection back. Later calls do nothing. */
  release(): void {
    this.#end();
    this.#lease.release();
  }

  /** Gives the connection back to be closed: for one in an unknown state. Later calls do nothing. */
  destroy(): void {
    this.#end();
    this.#lease.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.release();
    return Promise.resolve();
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(new InvalidStateError("Cannot receive: lease is released, must be held", {
      code: "pool/lease-released", currentState: "released", allowedStates: ["held"],
    }));
  }
}
