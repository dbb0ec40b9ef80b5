/**
 * How a connection ended, and the error that says so. Room: pool core.
 */
import { ConnectionClosedError, InvalidFrameError, type JetSocketError } from "@x/errors/pool";

export interface LinkEnd {
  /** RFC 6455 §7.4.1; 1005 for an empty Close, 1006 for none. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  readonly initiator: "local" | "remote" | "network";
}

/** Close codes that this side sends when it received what RFC 6455 forbids (§7.4.1). */
const FRAME_FAULTS: ReadonlySet<number> = new Set([1002, 1007, 1009]);
/** The peer was done, or went away in order. */
const QUIET_ENDS: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** The network went away without a Close. */
export const LOST: LinkEnd = { code: 1006, reason: "", wasClean: false, initiator: "network" };

/** @returns whether a loop over messages may simply end. */
export function endsQuietly({ code, wasClean }: Pick<LinkEnd, "code" | "wasClean">): boolean {
  return wasClean && QUIET_ENDS.has(code);
}

/** @param cause what the layer below reported, if it did. */
export function endedError({ code: closeCode, reason, wasClean, initiator }: LinkEnd, cause?: unknown): JetSocketError {
  const because = cause === undefined ? {} : { cause };
  if (initiator === "local" && FRAME_FAULTS.has(closeCode)) {
    return new InvalidFrameError("Cannot go on: the peer sent an invalid frame", { closeCode, ...because });
  }
  // An empty Close is an end on purpose, as 1000 is.
  const retryable = closeCode === 1005 ? { retryable: false } : {};
  return new ConnectionClosedError(`Cannot use connection: it is closed (${closeCode}), must be open`, { closeCode, reason, wasClean, ...retryable, ...because });
}
