/**
 * Compressed answers to polls: gzip, deflate and brotli by Node's zlib, on its thread pool; and the options of both compressions.
 *
 * Room: engineio node. At most {@link MAX_COMPRESSIONS} run at once; while they do, further answers are sent as they are, so that
 * nothing queues behind the pool, which file systems and DNS want, too.
 */
import { type ZlibOptions, brotliCompress, constants, createGzip, deflate, gzip } from "node:zlib";
import { EngineIOError } from "@x/errors/engineio";
import { type PerMessageDeflateOptions, createZlibPort, perMessageDeflate } from "@x/simple-ws/server";
import { chooseEncoding } from "./accept-encoding.js";
import type { HttpCompressionOptions, WebSocketCompressionOptions } from "./server-options.js";

/** Jobs of the process on the thread pool at once; it has four threads. */
export const MAX_COMPRESSIONS = 2;

const DEFAULT_THRESHOLD_BYTES = 1024;
/** zlib's own choice for brotli is its slowest; this one costs as much as gzip. */
const BROTLI_QUALITY = 4;

const codings = ["br", "gzip", "deflate"] as const;

/** A content coding that we write. */
export type Coding = (typeof codings)[number];

export interface CompressionSettings {
  readonly thresholdBytes: number;
  readonly zlib: ZlibOptions;
}

/** @throws {EngineIOError} `engineio/invalid-option`. */
export function parseCompression(given: boolean | HttpCompressionOptions): CompressionSettings | undefined {
  if (given === false) return undefined;
  const { threshold = DEFAULT_THRESHOLD_BYTES, ...others } = given === true ? {} : given;
  const zlib: ZlibOptions = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  if (!(threshold >= 0)) throw invalid("httpCompression.threshold", `it is ${threshold}, must be a number of bytes`);
  try {
    createGzip(zlib).close();
  } catch (cause) {
    throw invalid("httpCompression", "zlib does not take it", cause);
  }
  return { thresholdBytes: threshold, zlib };
}

/** The peers' names of some settings become ours. @throws {EngineIOError} `engineio/invalid-option`. */
export function parseDeflate(given: boolean | WebSocketCompressionOptions): boolean | PerMessageDeflateOptions {
  if (typeof given === "boolean") return given;
  const { threshold, zlibDeflateOptions: { level, memLevel } = {}, ...ours } = given;
  const options = {
    ...(threshold === undefined ? {} : { thresholdBytes: threshold }),
    ...(level === undefined ? {} : { level }),
    ...(memLevel === undefined ? {} : { memLevel }),
    ...ours,
  };
  try {
    perMessageDeflate(createZlibPort(), options);
  } catch (cause) {
    throw invalid("perMessageDeflate", "permessage-deflate does not take it", cause);
  }
  return options;
}

function invalid(name: string, why: string, cause?: unknown): EngineIOError {
  return new EngineIOError(`Cannot use option ${name}: ${why}`, { code: "engineio/invalid-option", cause });
}

let running = 0;

/** @returns the coding to use for an answer, or `undefined` to send it as it is. */
export function chooseCoding(acceptEncoding: string | string[] | undefined): Coding | undefined {
  if (running >= MAX_COMPRESSIONS) return undefined;
  return chooseEncoding(typeof acceptEncoding === "object" ? acceptEncoding.join(",") : acceptEncoding, codings);
}

/** Calls `done` with the compressed text, or with `undefined` where zlib failed and the text is to be sent as it is. */
export function compress(text: string, coding: Coding, { zlib }: CompressionSettings, done: (body: Buffer | undefined) => void): void {
  running++;
  const finished = (error: Error | null, body: Buffer): void => {
    running--;
    done(error === null ? body : undefined);
  };
  if (coding === "br") brotliCompress(text, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } }, finished);
  else if (coding === "gzip") gzip(text, zlib, finished);
  else deflate(text, zlib, finished);
}
