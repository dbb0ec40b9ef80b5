/**
 * DEFLATE by Node's zlib: one-shot calls, so that nothing lives between messages; a bounded number of them on the thread pool.
 *
 * Room: simple-ws node.
 */
import { Buffer } from "node:buffer";
import { constants, deflateRaw, deflateRawSync, inflateRaw, inflateRawSync, type ZlibOptions } from "node:zlib";
import type { DeflateOptions, DeflatePort, InflateOptions, InflateResult } from "@x/wsframe";

/** Jobs of one port on the thread pool at once. libuv's pool has four threads, and file systems and DNS want some of them. */
export const MAX_DEFLATE_JOBS = 3;

/** What a sync flush ends with (RFC 7692 §7.2.1). */
const TAIL_BYTES = 4;
const nothing = new Uint8Array(0);

type Job = (done: () => void) => void;

/** First come, first served. Every connection has one job per direction at most, which bounds the queue. */
class JobQueue {
  readonly #maxJobs: number;
  readonly #waiting: Job[] = [];
  #running = 0;

  constructor(maxJobs: number) {
    this.#maxJobs = maxJobs;
  }

  run(job: Job): void {
    if (this.#running >= this.#maxJobs) this.#waiting.push(job);
    else this.#start(job);
  }

  #start(job: Job): void {
    this.#running++;
    job(() => {
      this.#running--;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#start(next);
    });
  }
}

/** @param maxJobs on the thread pool at once; more wait. */
export function createZlibPort(maxJobs: number = MAX_DEFLATE_JOBS): DeflatePort {
  const jobs = new JobQueue(maxJobs);
  return {
    deflate: (input, dictionary, options) => withoutTail(deflateRawSync(input, deflateOptions(input, dictionary, options))),

    deflateLater(input, dictionary, options, done) {
      jobs.run((finished) => deflateRaw(input, deflateOptions(input, dictionary, options), (error, output) => {
        finished();
        if (error === null) done(undefined, withoutTail(output));
        else done(error, nothing);
      }));
    },

    inflate(input, dictionary, options) {
      try {
        return compact(inflateRawSync(input, inflateOptions(input, dictionary, options)));
      } catch (error) {
        return failureOf(error);
      }
    },

    inflateLater(input, dictionary, options, done) {
      jobs.run((finished) => inflateRaw(input, inflateOptions(input, dictionary, options), (error, output) => {
        finished();
        done(error === null ? compact(output) : failureOf(error));
      }));
    },
  };
}

let shared: DeflatePort | undefined;

/** The process's port: its bound holds for all connections together. */
export function zlibPort(): DeflatePort {
  return (shared ??= createZlibPort());
}

function deflateOptions(input: Uint8Array, dictionary: Uint8Array, { windowBits, level, memLevel }: DeflateOptions): ZlibOptions {
  return { windowBits, level, memLevel, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: chunkFor(input.length), ...(dictionary.length === 0 ? {} : { dictionary }) };
}

function inflateOptions(input: Uint8Array, dictionary: Uint8Array, { windowBits, maxBytes }: InflateOptions): ZlibOptions {
  return { windowBits, maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: chunkFor(input.length * 4), ...(dictionary.length === 0 ? {} : { dictionary }) };
}

/** zlib takes its memory in pieces of this size. */
function chunkFor(bytes: number): number {
  return Math.min(Math.max(1_024, 2 ** Math.ceil(Math.log2(bytes + 64))), 65_536);
}

function withoutTail(output: Uint8Array): Uint8Array {
  return output.subarray(0, output.length - TAIL_BYTES);
}

/** zlib hands out the beginning of a larger piece of memory, which a small message should not hold on to. */
function compact(output: Buffer): Uint8Array {
  return output.buffer.byteLength > 2 * output.length ? Buffer.from(output) : output;
}

function failureOf(error: unknown): InflateResult {
  const isTooBig = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
  return isTooBig ? "too-big" : "invalid";
}
