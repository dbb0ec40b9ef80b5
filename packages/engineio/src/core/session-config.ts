/**
 * What a session is made with, and the words for where it stands and why it ended.
 *
 * Room: engineio core.
 */
import type { TextPort } from "./text.js";

/** As Engine.IO's users know it. */
export type ReadyState = "opening" | "open" | "closing" | "closed";

/** Why a session ended: the peers' strings. */
export type CloseReason = "transport close" | "transport error" | "ping timeout" | "parse error" | "server shutting down" | "forced close";

/** What all sessions of one server share. */
export interface SessionConfig {
  readonly clock: { now(): number };
  readonly text: TextPort;
  /** How long an upgrade may take. */
  readonly upgradeTimeoutMs: number;
  /** How long `close` waits for what was sent before. */
  readonly closeTimeoutMs: number;
  /** Most bytes in waiting; one more ends the session. */
  readonly maxBufferedBytes: number;
  /** From this many bytes in waiting on, `send` answers with a promise that is pending. */
  readonly highWaterMarkBytes: number;
  /** Most packets in one polling payload that we write. */
  readonly maxOutgoingPackets: number;
  /** Most PONGs between two PINGs that answer none; one more ends the session. */
  readonly maxUnaskedPongs: number;
}

/** What a client's session is made with. */
export type ClientSessionConfig = Omit<SessionConfig, "maxUnaskedPongs">;
