/**
 * Words of connection state recovery: what became of it, its limits, and the two marks that travel.
 *
 * Room: socketio core. On the wire it is socket.io's: the CONNECT answer carries a private id (`pid`), every event that can be
 * repeated ends in its offset, and a client that comes back sends both in its CONNECT payload. An offset of ours is
 * `<epoch>.<number>` and a pid `<epoch>.<secret>`: the epoch names one log of one process, so that the marks of another are known.
 */
import { SocketIOError } from "@x/errors/socketio";

/** Why some missed events are gone although the session is back. */
export type PartialReason = "overflow" | "expired" | "unknown-offset";
/** Why nothing is back: another process (or this one before a restart), out of time or out of room, or no server that can. */
export type LossReason = "other-epoch" | "expired" | "unsupported";

/** What became of the session of a client that came back. */
export type Recovery =
  /** Id, rooms and data are back, and every missed event follows, once. How many there are is not known of socket.io's servers. */
  | { readonly outcome: "recovered"; readonly missed: number | undefined }
  /** Id, rooms and data are back; missed events are not: load what they told from where it is stored. */
  | { readonly outcome: "partial"; readonly reason: PartialReason }
  /** A new session. */
  | { readonly outcome: "lost"; readonly reason: LossReason };

export interface RecoveryOptions {
  /** How long a client may be away. Milliseconds; default 120 000. */
  readonly maxDisconnectionDuration?: number;
  /** Whether a client that comes back is let in without middleware. Default `true`. */
  readonly skipMiddlewares?: boolean;
  /** Most clients of a namespace that may be away; the longest away gives way. Count; default 10 000. */
  readonly maxAwaySessions?: number;
  /** Most events that a namespace keeps. Count; default 100 000. */
  readonly maxPackets?: number;
  /** Most bytes of events that a namespace keeps, a character counted as two. Bytes; default 67 108 864. */
  readonly maxBytes?: number;
  /** Most bytes of missed events that one client is sent, counted alike; keep it below Engine.IO's `maxBufferedBytes`. Bytes; default 8 388 608. */
  readonly maxMissedBytes?: number;
}

export type RecoverySettings = Required<RecoveryOptions>;

export const DEFAULT_RECOVERY: RecoverySettings = {
  maxDisconnectionDuration: 120_000,
  skipMiddlewares: true,
  maxAwaySessions: 10_000,
  maxPackets: 100_000,
  maxBytes: 67_108_864,
  maxMissedBytes: 8_388_608,
};

/** Ends that nobody asked for; socket.io's choice. */
const RECOVERABLE: ReadonlySet<string> = new Set(["transport error", "transport close", "forced close", "ping timeout", "server shutting down", "forced server close"]);

/** Whether a client whose socket ended for that reason may come back. */
export function isRecoverable(reason: string): boolean {
  return RECOVERABLE.has(reason);
}

/** @throws {SocketIOError} `socketio/invalid-option` for a limit that is not a positive number. */
export function readRecovery(options: RecoveryOptions): RecoverySettings {
  const given = Object.fromEntries(Object.entries(options).filter(([name, value]) => Object.hasOwn(DEFAULT_RECOVERY, name) && value !== undefined));
  const settings: RecoverySettings = { ...DEFAULT_RECOVERY, ...given };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== "boolean" && !(value > 0)) throw new SocketIOError(`Invalid option: connectionStateRecovery.${name} must be a positive number`, { code: "socketio/invalid-option" });
  }
  return settings;
}

/** @returns the wire form of the place of an event in a log. */
export function formatOffset(epoch: string, sequence: number): string {
  return `${epoch}.${sequence.toString(36)}`;
}

/** A place in a log: this one's, or another's. */
export interface Offset {
  readonly epoch: string;
  readonly sequence: number;
}

/** @returns `undefined` for what is none: socket.io's clients take any last argument that is a string for one. */
export function parseOffset(text: unknown): Offset | undefined {
  const match = typeof text === "string" ? /^([\w-]{8})\.([0-9a-z]{1,10})$/.exec(text) : null;
  return match === null ? undefined : { epoch: match[1] ?? "", sequence: parseInt(match[2] ?? "", 36) };
}
