/**
 * What a channel pool tells, and its numbers at one moment. Room: pool shell.
 */
import type { JetSocketError } from "@x/errors/pool";
import type { UnroutableReason } from "../../core/channels/directory.js";
import type { SwitchboardCounts } from "../../core/channels/switchboard.js";
import type { SocketStats } from "../resilient/stats.js";

/** `connection` is a connection's number over all its reconnects, from 1. */
export interface ChannelPoolEvents<In> {
  /** It was opened, for the first time or again. */
  readonly connected: readonly [payload: { readonly connection: number; readonly url: string }];
  /** It was lost, or is closed. If it comes back, its channels are asked for again. */
  readonly disconnected: readonly [payload: { readonly connection: number; readonly code: number; readonly reason: string }];
  /** It is gone for good, and its channels with it; the error says why, unless it ended in order. */
  readonly closed: readonly [payload: { readonly connection: number; readonly error: JetSocketError | undefined }];
  /** A message that names no channel, or one that is not subscribed to on its connection. */
  readonly unroutable: readonly [payload: { readonly connection: number; readonly data: In; readonly channel: string | undefined; readonly reason: UnroutableReason }];
  /** What no subscription hears of: failed attempts, bad messages, functions of the application that throw, requests without an answer. `fatal`: the connection is given up. */
  readonly error: readonly [payload: { readonly connection: number | undefined; readonly error: Error; readonly fatal: boolean }];
}

/** One connection: its socket's numbers, and the pool's about it. */
export interface ChannelConnectionStats extends SocketStats {
  readonly connection: number;
  readonly url: string | undefined;
  /** On it, those on their way out included. */
  readonly channels: number;
}

export interface ChannelPoolStats extends SwitchboardCounts {
  readonly channels: number;
  readonly subscriptions: number;
  /** Requests that wait for their acknowledgement. */
  readonly pendingRequests: number;
  /** Of all subscriptions together. */
  readonly bufferedBytes: number;
  readonly connections: readonly ChannelConnectionStats[];
}
