/**
 * Options for common cases, to be spread into a socket's: `new ResilientSocket(url, { ...trading, buffer: 500 })`. Room: pool presets.
 *
 * The numbers are JetSocket's, but for two: a stream of tokens is held up where it dropped its oldest, and nothing is compressed unasked.
 */
import type { ReconnectPolicy } from "@x/errors/retry";
import type { ResilientSocketOptions } from "../adapters/resilient.js";

/** Parts can be changed: `reconnect: { ...trading.reconnect, baseMs: 100 }`. */
export type Preset = Pick<ResilientSocketOptions, "heartbeat" | "maxAgeMs" | "connection"> & {
  readonly reconnect: ReconnectPolicy;
  readonly buffer?: { readonly capacity: number; readonly policy: "dropOldest" | "pause" };
};

/** Exchange feeds: fast to come back, the newest messages kept, renewed before the usual limit of 24 hours. */
export const trading: Preset = {
  reconnect: { attempts: Infinity, baseMs: 500, capMs: 30_000, resetAfterMs: 60_000 },
  heartbeat: { intervalMs: 20_000, timeoutMs: 10_000 },
  buffer: { capacity: 10_000, policy: "dropOldest" },
  maxAgeMs: 85_800_000,
};

/** Streams of tokens: large messages, nothing dropped, given up after five reconnects. */
export const llmStream: Preset = {
  reconnect: { attempts: 6, baseMs: 1_000, capMs: 10_000, resetAfterMs: 30_000 },
  heartbeat: { intervalMs: 30_000, timeoutMs: 15_000 },
  buffer: { capacity: 500, policy: "pause" },
  connection: { maxMessageBytes: 134_217_728 },
};

/** Screens: only the latest matters, and there is no hurry to come back. */
export const dashboard: Preset = {
  reconnect: { attempts: Infinity, baseMs: 2_000, capMs: 60_000, resetAfterMs: 120_000 },
  heartbeat: { intervalMs: 30_000, timeoutMs: 20_000 },
  buffer: { capacity: 100, policy: "dropOldest" },
};

/** Reconnecting and little else. */
export const minimal: Preset = {
  reconnect: { attempts: 11, baseMs: 1_000, capMs: 30_000, resetAfterMs: 60_000 },
};
