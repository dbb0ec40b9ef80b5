/**
 * The body of a request, within a length and a time.
 *
 * Room: engineio node. RFC 9110 §8.6: a declared length is checked before anything is read.
 */
import type { IncomingMessage } from "node:http";
import type { Sweep, Swept } from "@x/errors/clock";
import { ConnectionError, ContentTooLongError } from "@x/errors/engineio";

export interface BodyLimits {
  readonly limitBytes: number;
  /** From {@link nowMs} on. */
  readonly timeoutMs: number;
  readonly nowMs: number;
  /** Watches the time: a timer per POST would cost more than the POST. */
  readonly sweep: Sweep;
}

type Done = (failure: Error | undefined, body: Buffer) => void;

/**
 * Calls `done` exactly once: with the body, or with why there is none, as soon as that is known: {@link ContentTooLongError}, or
 * a ConnectionError: `engineio/request-timeout`, `engineio/connection-lost`, `engineio/unknown-session` once `isWanted` says no.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits, isWanted: () => boolean, done: Done): void {
  new BodyReader(request, limits, isWanted, done).start();
}

const empty = Buffer.alloc(0);

class BodyReader implements Swept {
  readonly deadlineMs: number;
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #isWanted: () => boolean;
  readonly #done: Done;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isDone = false;

  constructor(request: IncomingMessage, limits: BodyLimits, isWanted: () => boolean, done: Done) {
    this.deadlineMs = limits.nowMs + limits.timeoutMs;
    this.#request = request;
    this.#limits = limits;
    this.#isWanted = isWanted;
    this.#done = done;
  }

  start(): void {
    const { limitBytes, sweep } = this.#limits;
    const declared = Number(this.#request.headers["content-length"] ?? 0);
    if (declared > limitBytes) {
      this.#fail(tooLong(limitBytes, declared));
      return;
    }
    sweep.add(this);
    this.#request.on("data", (chunk: Buffer) => this.#add(chunk));
    this.#request.on("end", () => this.#finish(undefined));
    this.#request.on("close", () => this.#closed());
  }

  tick(): void {
    this.#fail(new ConnectionError(`Session ended: a POST took longer than ${this.#limits.timeoutMs} ms`, { code: "engineio/request-timeout" }));
  }

  /** After a complete request, too, for which an error would be made for nothing. */
  #closed(): void {
    if (!this.#isDone) this.#finish(new ConnectionError("Session ended: the client hung up in the middle of a POST", { code: "engineio/connection-lost" }));
  }

  #add(chunk: Buffer): void {
    if (this.#isDone) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.limitBytes) this.#fail(tooLong(this.#limits.limitBytes, undefined));
    else if (this.#isWanted()) this.#chunks.push(chunk);
    else this.#fail(new ConnectionError("Request refused: its session has ended", { code: "engineio/unknown-session" }));
  }

  #fail(failure: Error): void {
    this.#request.resume(); // what still comes is read and dropped until the connection closes
    this.#finish(failure);
  }

  #finish(failure: Error | undefined): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#limits.sweep.delete(this);
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#done(failure, failure === undefined ? joined(chunks) : empty);
  }
}

function tooLong(limitBytes: number, actualBytes: number | undefined): ContentTooLongError {
  return new ContentTooLongError(`Cannot accept request body: more than ${limitBytes} bytes`, { limitBytes, actualBytes });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}
