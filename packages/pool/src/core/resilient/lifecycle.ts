/**
 * What the machine of a resilient socket is told and tells. Room: pool core.
 */
import type { JetSocketError } from "@x/errors/pool";
import type { ReconnectPolicy } from "@x/errors/retry";
import type { Emit } from "./events.js";
import type { LinkEnd } from "./link-end.js";
import type { HeartbeatLimits, SocketLimits } from "./options.js";

/** Why a connection is opened. */
export type AttemptReason = "connect" | "reconnect" | "renew";

export interface Attempt {
  readonly reason: AttemptReason;
  /** 1 for the first, and one more for each failure; counted anew when a stable connection is lost, after which it is 2. */
  readonly attempt: number;
  /** What made it necessary; `undefined` for the first, and for renewals. */
  readonly cause: Error | undefined;
}

/** How a connection took its place. */
export interface Adoption {
  readonly attempt: Attempt;
  /** Since the connection before was lost; `undefined` where there was none, or it is not lost. */
  readonly downtimeMs: number | undefined;
  /** Of the connection that is replaced; `undefined` where none is. */
  readonly replacedAgeMs: number | undefined;
}

/** Why no message follows. */
export interface Ending {
  /** What `receive` throws from now on. */
  readonly error: JetSocketError;
  /** A loop over messages may simply end. */
  readonly isQuiet: boolean;
}

/** How a life ended. */
export interface Outcome extends Ending {
  readonly end: LinkEnd;
}

export interface MachineSink<Link> {
  /** Open a connection; answer with `opened` or `attemptFailed`. */
  open(attempt: Attempt): void;
  /** The answer is not wanted any more. */
  abandon(attempt: Attempt, reason: Error): void;
  /** From now on this connection is the one. */
  adopted(link: Link, adoption: Adoption): void;
  /** There is none now. */
  dropped(error: JetSocketError): void;
  /** The connection that was replaced is not heard any more. */
  retired(link: Link): void;
  ping(link: Link): void;
  /** Close with a handshake; with `undefined`, hang up. */
  end(link: Link, close: { readonly code: number; readonly reason: string } | undefined): void;
  /** A rule of the application's threw this, and counts as a no. */
  hookFailed(error: unknown): void;
  readonly emit: Emit<never>;
  /** Nothing follows until `connect`. */
  over(outcome: Outcome): void;
}

export interface MachineSettings {
  readonly limits: SocketLimits;
  readonly heartbeat: HeartbeatLimits;
  /** `undefined`: the first end is the last. */
  readonly reconnect: ReconnectPolicy | undefined;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface ConnectIntent {
  readonly timeoutMs: number;
  /** Whether the first connection is tried again when it fails. */
  readonly retries: boolean;
}
