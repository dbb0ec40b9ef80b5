/**
 * The phases of a resilient socket, each with what belongs to it. Room: pool core.
 */
import { ConnectionTimeoutError, type JetSocketError } from "@x/errors/pool";
import type { Reconnection } from "@x/errors/retry";
import type { Heartbeat } from "./heartbeat.js";
import type { Attempt } from "./lifecycle.js";
import type { LinkEnd } from "./link-end.js";
import type { Renewal, Running } from "./renewal.js";

export interface Current<Link> {
  readonly link: Link;
  readonly sinceMs: number;
  readonly heartbeat: Heartbeat;
  readonly renewal: Renewal;
}

export type Phase<Link> =
  | { readonly kind: "idle" | "disconnected" | "reconnecting" | "failed" | "closed" }
  | { readonly kind: "connecting"; readonly running: Running }
  | { readonly kind: "connected"; readonly current: Current<Link> }
  | { readonly kind: "disconnecting"; readonly link: Link; readonly end: LinkEnd; readonly forceAtMs: number }
  | { readonly kind: "backingOff"; readonly next: Attempt; readonly dueMs: number };

/** One life: from `connect` until it is over. */
export interface Life {
  readonly reconnection: Reconnection;
  /** When `connect` gives up; Infinity once it has succeeded. */
  connectByMs: number;
  readonly openTimeoutMs: number;
  retries: boolean;
  downSinceMs: number | undefined;
  lastFailure: JetSocketError | undefined;
}

/** When `tick` has work in this phase; the life's own deadline is beside it. */
export function phaseDeadlineMs<Link>(phase: Phase<Link>): number {
  switch (phase.kind) {
    case "connecting": return phase.running.deadlineMs;
    case "backingOff": return phase.dueMs;
    case "disconnecting": return phase.forceAtMs;
    case "connected": return Math.min(phase.current.heartbeat.deadlineMs, phase.current.renewal.deadlineMs);
    case "idle": case "disconnected": case "reconnecting": case "failed": case "closed": return Infinity;
  }
}

export function openTimedOut({ lastFailure, openTimeoutMs: afterMs }: Life): JetSocketError {
  return lastFailure ?? new ConnectionTimeoutError(`Cannot connect: not open after ${afterMs} ms`, { operation: "connect", afterMs });
}
