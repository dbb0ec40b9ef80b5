/**
 * The phases of a resilient socket, each with what belongs to it. Room: pool core.
 */
import type { Heartbeat } from "./heartbeat.js";
import type { Attempt } from "./lifecycle.js";
import type { LinkEnd } from "./link-end.js";
import type { Renewal } from "./renewal.js";

export interface Current<Link> {
  readonly link: Link;
  readonly sinceMs: number;
  readonly heartbeat: Heartbeat;
  readonly renewal: Renewal;
}

export type Phase<Link> =
  | { readonly kind: "idle" | "connecting" | "disconnected" | "reconnecting" | "failed" | "closed" }
  | { readonly kind: "connected"; readonly current: Current<Link> }
  | { readonly kind: "disconnecting"; readonly link: Link; readonly end: LinkEnd; readonly forceAtMs: number }
  | { readonly kind: "backingOff"; readonly next: Attempt; readonly dueMs: number };

/** When `tick` has work in this phase; those of the attempt under way and of the life are beside it. */
export function phaseDeadlineMs<Link>(phase: Phase<Link>): number {
  switch (phase.kind) {
    case "backingOff": return phase.dueMs;
    case "disconnecting": return phase.forceAtMs;
    case "connected": return Math.min(phase.current.heartbeat.deadlineMs, phase.current.renewal.deadlineMs);
    case "idle": case "connecting": case "disconnected": case "reconnecting": case "failed": case "closed": return Infinity;
  }
}
