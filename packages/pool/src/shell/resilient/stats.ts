/**
 * A resilient socket's numbers at one moment. Room: pool shell. Times are milliseconds.
 */
import type { Ledger } from "../../core/resilient/ledger.js";
import type { Machine } from "../../core/resilient/machine.js";
import type { SocketState } from "../../core/resilient/states.js";
import type { Inbound } from "./inbound.js";
import type { Outbound } from "./outbound.js";
import type { Link } from "./ports.js";

export interface SocketStats {
  readonly state: SocketState;
  /** Since the present connection, or its predecessor in an unbroken line of renewals, was opened; 0 while there is none. */
  readonly uptimeMs: number;
  /** Of the present connection; `undefined` while there is none. */
  readonly connectionAgeMs: number | undefined;
  /** Handed to a connection, heartbeats not included. */
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Of serialised messages; strings count their length. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Connections made after one was lost. */
  readonly reconnects: number;
  /** Connections made before one was too old. */
  readonly renewals: number;
  /** How long ago; `undefined` for never. */
  readonly lastReconnectAgoMs: number | undefined;
  readonly lastMessageAgoMs: number | undefined;
  /** Of the last ping, and the mean of the last ten. */
  readonly latencyMs: number | undefined;
  readonly latencyAverageMs: number | undefined;
  /** `error` events. */
  readonly errors: number;
  /** Messages that could not be read or were not valid. */
  readonly invalid: number;
  /** Messages dropped because their id had come before. */
  readonly duplicates: number;
  /** Received messages that wait to be taken. */
  readonly buffered: number;
  readonly bufferedBytes: number;
  /** 0 to 1. */
  readonly bufferFillRatio: number;
  /** Received messages lost to the buffer's policy; those replaced by newer ones of their key. */
  readonly dropped: number;
  readonly conflated: number;
  /** Messages that wait to be sent; that were sent and wait to be acknowledged; lost to the outbox's policy. */
  readonly queued: number;
  readonly unacknowledged: number;
  readonly outgoingDropped: number;
}

/** Those who count. */
interface Counting<In, Out> {
  readonly machine: Machine<Link>;
  readonly ledger: Ledger;
  readonly inbound: Inbound<In>;
  readonly outbound: Outbound<Out>;
}

export function socketStats<In, Out>({ machine, ledger, inbound, outbound }: Counting<In, Out>, nowMs: number): SocketStats {
  const { buffer, messages: messagesReceived, bytes: bytesReceived, invalid, duplicates } = inbound;
  const { outbox, messages: messagesSent, bytes: bytesSent } = outbound;
  const { reconnects, renewals, errors } = ledger;
  const ago = (atMs: number | undefined): number | undefined => (atMs === undefined ? undefined : nowMs - atMs);
  return {
    state: machine.state, uptimeMs: ago(ledger.upSinceMs) ?? 0, connectionAgeMs: ago(machine.sinceMs),
    messagesSent, messagesReceived, bytesSent, bytesReceived, reconnects, renewals, errors, invalid, duplicates,
    lastReconnectAgoMs: ago(ledger.reconnectedMs), lastMessageAgoMs: ago(inbound.receivedMs),
    latencyMs: machine.latency.lastMs, latencyAverageMs: machine.latency.averageMs,
    buffered: buffer.size, bufferedBytes: buffer.bytes, bufferFillRatio: Math.min(1, buffer.fillRatio), dropped: buffer.dropped, conflated: buffer.conflated,
    queued: outbox.queued, unacknowledged: outbox.unacknowledged, outgoingDropped: outbox.dropped,
  };
}
