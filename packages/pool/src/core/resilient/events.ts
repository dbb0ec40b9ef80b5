/**
 * What a resilient socket tells, by event: JetSocket's documented payloads, with units in the names. Room: pool core.
 *
 * Each is told once, in the order in which it happened, after the state has settled: a listener may call anything.
 */
import type { OverflowPolicy, OutboxPolicy } from "./options.js";
import type { SocketState } from "./states.js";

/** Identifies a message: the sender's, or the place in a sequence. */
export type MessageId = string | number;

/** What the lifecycle tells. */
export interface LifecycleEvents {
  /** Before each attempt but renewals; `attempt` is 1 for the first, and one more for each failure; counted anew when a stable connection is lost, after which it is 2. */
  readonly connecting: { readonly url: string; readonly attempt: number };
  /** After `reconnected`, where that is told too. */
  readonly connected: { readonly url: string; readonly protocol: string; readonly extensions: string };
  readonly reconnected: { readonly url: string; readonly attempt: number; readonly downtimeMs: number };
  /** A connection older than `maxAgeMs` was replaced without a gap. */
  readonly renewed: { readonly url: string; readonly ageMs: number };
  /** Once for every `connected`, but for renewals. */
  readonly disconnected: { readonly code: number; readonly reason: string; readonly wasClean: boolean };
  /** Another attempt follows in `delayMs`. */
  readonly reconnecting: { readonly attempt: number; readonly delayMs: number; readonly lastError: Error };
  readonly closing: { readonly code: number; readonly reason: string; readonly initiatedBy: "local" | "remote" };
  /** A connection is gone; with `reconnecting: false` it is the last event of all until `connect()` is called again. */
  readonly closed: { readonly code: number; readonly reason: string; readonly reconnecting: boolean };
  /** `fatal`: there is no further attempt. */
  readonly error: { readonly error: Error; readonly fatal: boolean };
  readonly stateChange: { readonly oldState: SocketState; readonly newState: SocketState };
  /** A heartbeat was sent; `payload` is that of an application ping. */
  readonly ping: { readonly payload: string | Uint8Array };
  readonly pong: { readonly payload: string | Uint8Array; readonly latencyMs: number };
}

export type ReplayMode = "sequenceId" | "unacknowledged";

/** What traffic tells. */
export interface TrafficEvents<In> {
  /** With a listener, messages come here and not to `receive`. */
  readonly message: { readonly data: In; readonly raw: string | Uint8Array };
  /** Everything that arrives, heartbeats and acknowledgements included. `opcode` as in RFC 6455 §11.8: 1 text, 2 binary. */
  readonly rawMessage: { readonly data: string | Uint8Array; readonly opcode: 1 | 2 };
  readonly replayStarted: { readonly mode: ReplayMode; readonly lastSequenceId: MessageId | undefined; readonly messageCount: number };
  readonly replayCompleted: { readonly mode: ReplayMode; readonly replayedCount: number; readonly durationMs: number };
  /** The first loss since a message was last taken. `droppedCount` counts all losses of the buffer. */
  readonly bufferOverflow: { readonly buffer: "received" | "outgoing"; readonly capacity: number; readonly droppedCount: number; readonly policy: OverflowPolicy | OutboxPolicy };
}

export interface SocketEvents<In> extends LifecycleEvents, TrafficEvents<In> {}

/** Events and their one argument. */
export type SocketEventMap<In> = { readonly [Event in keyof SocketEvents<In>]: readonly [payload: SocketEvents<In>[Event]] };

/** Tells an event. */
export type Emit<In> = <Event extends keyof SocketEventMap<In>>(event: Event, ...payload: SocketEventMap<In>[Event]) => void;
