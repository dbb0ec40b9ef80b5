/**
 * The states of a resilient socket and the one table of what may follow what. Room: pool core.
 *
 * The table is JetSocket's documented one; what is added to it says why. `docs/reference/resilient-socket.md` is made from it.
 */
import { InvalidStateError } from "@x/errors/pool";

export type SocketState = "idle" | "connecting" | "connected" | "disconnecting" | "disconnected" | "reconnecting" | "backingOff" | "failed" | "closed";

export interface Edge {
  /** What leads this way. */
  readonly when: string;
  /** Not in JetSocket's table. */
  readonly isAdded?: true;
}

type Edges = Readonly<Partial<Record<SocketState, Edge>>>;

/** From each state, what may follow. Everything else throws InvalidStateError. */
export const TRANSITIONS: Readonly<Record<SocketState, Edges>> = {
  idle: {
    connecting: { when: "connect()" },
    closed: { when: "close()", isAdded: true },
  },
  connecting: {
    connected: { when: "opened" },
    backingOff: { when: "attempt failed, another follows" },
    failed: { when: "attempt failed, none follows" },
    closed: { when: "close()", isAdded: true },
  },
  connected: {
    disconnecting: { when: "close()" },
    disconnected: { when: "ended by the peer or the network" },
    reconnecting: { when: "given up by this side: no answer to a ping" },
  },
  disconnecting: {
    disconnected: { when: "closing handshake done" },
    closed: { when: "not done in closeTimeoutMs" },
  },
  disconnected: {
    reconnecting: { when: "another attempt may follow" },
    closed: { when: "a clean end, close(), or reconnect: false" },
  },
  reconnecting: {
    backingOff: { when: "the policy wants a wait" },
    connecting: { when: "no wait, or a renewal is under way" },
    failed: { when: "the policy says stop" },
  },
  backingOff: {
    connecting: { when: "waited, or woken" },
    failed: { when: "the time of connect() is over" },
    closed: { when: "close()" },
  },
  failed: {
    connecting: { when: "connect() again", isAdded: true },
  },
  closed: {
    connecting: { when: "connect() again", isAdded: true },
  },
};

/** States from which `connect()` may be called. */
export const CONNECTABLE: readonly SocketState[] = ["idle", "closed", "failed"];

/** States in which a message may wait: a connection has not been, or may come again. */
export const AWAITING: readonly SocketState[] = ["idle", "connecting", "disconnected", "reconnecting", "backingOff"];

/** @returns whether the table lets `to` follow `from`. */
export function mayFollow(from: SocketState, to: SocketState): boolean {
  return TRANSITIONS[from][to] !== undefined;
}

/** @throws {InvalidStateError} `pool/invalid-state`, with the states that could have followed. */
export function checkTransition(from: SocketState, to: SocketState): void {
  if (!mayFollow(from, to)) throw invalidState(`Cannot become ${to}`, from, Object.keys(TRANSITIONS[from]));
}

/** `what` is the action: "Cannot send". */
export function invalidState(what: string, currentState: SocketState, allowedStates: readonly string[]): InvalidStateError {
  return new InvalidStateError(`${what}: socket is ${currentState}, must be ${allowedStates.join(" or ")}`, { currentState, allowedStates });
}

/** Something goes on by itself. */
export function isActive(state: SocketState): boolean {
  return state !== "idle" && !isTerminal(state);
}

/** Nothing happens any more until `connect()` is called. */
export function isTerminal(state: SocketState): boolean {
  return state === "failed" || state === "closed";
}
