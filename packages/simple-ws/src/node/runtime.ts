/**
 * Node's platform: one runtime for all connections of the process.
 *
 * Room: simple-ws node. Made on first use, so that importing costs nothing.
 */
import { Buffer } from "node:buffer";
import { randomBytes, randomFillSync } from "node:crypto";
import { nextTick } from "node:process";
import { backgroundClock, type Clock, type Random } from "@x/errors/clock";
import { createRuntime, type Runtime } from "../shell/ports.js";
import { createNodeText } from "./text-port.js";

let shared: Runtime | undefined;

export function nodeRuntime(): Runtime {
  return shared ??= createNodeRuntime(backgroundClock);
}

/** Its jobs come when `queueMicrotask`'s would, which makes an async resource for each. */
const settled: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** A runtime of its own, for tests that move the clock. */
export function createNodeRuntime(clock: Clock): Runtime {
  return createRuntime({
    clock,
    random: createRandom(),
    text: createNodeText(),
    defer: (callback) => void settled.then(() => nextTick(callback)), // a tick alone would come before the turn's promises
    allocate: (bytes) => Buffer.allocUnsafe(bytes),
  });
}

/** 32 unpredictable bits at a time, from a pool: mask keys must not be guessed (RFC 6455 §5.3, §10.3). */
function createRandom(): Random {
  const pool = new Uint32Array(1_024);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    return (pool[at++] ?? 0) / 4_294_967_296;
  };
}

/** A `Sec-WebSocket-Key`: 16 random bytes in base64 (RFC 6455 §4.1, item 7). */
export function createKey(): string {
  return randomBytes(16).toString("base64");
}
