/**
 * The numbers of a channel pool, parsed once at the border into a complete record. Room: pool core.
 */
import { JetSocketError } from "@x/errors/pool";
import { within, type Bound } from "../options.js";

/** Times are milliseconds. */
export interface ChannelLimits {
  /** Channels in all, patterns included. Default 10,000. The next is refused with `pool/too-many-channels`. */
  readonly maxChannels: number;
  /** Channels of one connection, those on their way out included. Default 100. The next go to another connection. */
  readonly maxChannelsPerConnection: number;
  /** Connections in any state. Default 10. When all are full, the next channel is refused with `pool/too-many-channels`. */
  readonly maxConnections: number;
  /** Patterns among the channels; each message is compared with those of its connection. Default 100. The next is refused with `pool/too-many-channels`. */
  readonly maxPatterns: number;
  /** Characters of a channel's name. Default 1,024. A longer one is refused with `pool/invalid-option`; in a message it is unroutable. */
  readonly maxChannelLength: number;
  /** Requests that wait for their acknowledgement, over all connections; others wait their turn. Default 1,000. */
  readonly maxPendingRequests: number;
  /** From a request to its acknowledgement. Default 10,000. Over it: an `error` event, `pool/connection-timeout`, and the channel is asked for again. */
  readonly ackTimeoutMs: number;
  /** `subscribe()` in all: connecting, waiting for its turn, acknowledgement. Default 30,000. Over it: `pool/connection-timeout`. */
  readonly subscribeTimeoutMs: number;
  /** Channels that one request names. Default 1. */
  readonly maxChannelsPerRequest: number;
  /** Requests that leave together on one connection; the next after `batchIntervalMs`. Default 50. */
  readonly maxRequestsPerBatch: number;
  /** Between two batches of a connection. Default 100. */
  readonly batchIntervalMs: number;
  /** A connection without channels is closed after this time. Default 30,000. */
  readonly idleTimeoutMs: number;
  /** Positions that are strings: so many are remembered of each channel, to know a message that comes twice. Default 100. */
  readonly positionWindow: number;
  /** Requests to go on where positions are missing, for one gap. Default 3. Over it: subscribers hear `missed`, and the channel goes on from what comes. */
  readonly maxResumes: number;
  /** Connections are given up while the channels fill no more than this part of the others. Default 0.5 with `positionOf`, else 0: never. */
  readonly rebalanceBelow: number;
  /** Messages of all subscriptions that were not taken yet, together; strings count their length. Default 64 MiB. Over it each buffer does what it does when it is full. */
  readonly maxBufferedBytes: number;
}

export const DEFAULT_CHANNEL_LIMITS: ChannelLimits = {
  maxChannels: 10_000,
  maxChannelsPerConnection: 100,
  maxConnections: 10,
  maxPatterns: 100,
  maxChannelLength: 1_024,
  maxPendingRequests: 1_000,
  ackTimeoutMs: 10_000,
  subscribeTimeoutMs: 30_000,
  maxChannelsPerRequest: 1,
  maxRequestsPerBatch: 50,
  batchIntervalMs: 100,
  idleTimeoutMs: 30_000,
  positionWindow: 100,
  maxResumes: 3,
  rebalanceBelow: 0.5,
  maxBufferedBytes: 67_108_864,
};

const BOUNDS: Readonly<Record<keyof ChannelLimits, Bound>> = {
  maxChannels: [1, "count"],
  maxChannelsPerConnection: [1, "bound"],
  maxConnections: [1, "count"],
  maxPatterns: [0, "count"],
  maxChannelLength: [1, "count"],
  maxPendingRequests: [1, "count"],
  ackTimeoutMs: [1, "time"],
  subscribeTimeoutMs: [1, "time"],
  maxChannelsPerRequest: [1, "bound"],
  maxRequestsPerBatch: [1, "bound"],
  batchIntervalMs: [0, "time"],
  idleTimeoutMs: [0, "time"],
  positionWindow: [1, "count"],
  maxResumes: [1, "bound"],
  rebalanceBelow: [0, "fraction"],
  maxBufferedBytes: [1, "bound"],
};

/** @param hasPositions whether channels can be moved without loss.
 *  @throws {JetSocketError} `pool/invalid-option`. */
export function parseChannelLimits(options: { readonly [Name in keyof ChannelLimits]?: number | undefined }, hasPositions: boolean): ChannelLimits {
  const limits: { -readonly [Name in keyof ChannelLimits]: number } = { ...DEFAULT_CHANNEL_LIMITS, rebalanceBelow: hasPositions ? DEFAULT_CHANNEL_LIMITS.rebalanceBelow : 0 };
  for (const name of Object.keys(BOUNDS) as (keyof ChannelLimits)[]) limits[name] = within(name, options[name] ?? limits[name], BOUNDS[name]);
  return limits;
}

/** @throws {JetSocketError} `pool/invalid-option`: of one call of `subscribe`. */
export function checkedTimeout(timeoutMs: number): number {
  return within("timeoutMs", timeoutMs, BOUNDS.subscribeTimeoutMs);
}

/** What a limit of these refuses. */
export function tooMany(what: string): JetSocketError {
  return new JetSocketError(`Cannot subscribe: ${what}, must be fewer`, { code: "pool/too-many-channels", retryable: true });
}
