/**
 * The closing handshake of RFC 6455 §7: states that own their data and one pure, total function per input.
 *
 * Room: simple-ws core. Returns effects instead of doing anything; {@link Connection} carries them out.
 */

/** Which end of the connection this is (RFC 6455 §1.2). */
export type Role = "client" | "server";

/** What a Close frame says; `code` is 1005 for an empty one (RFC 6455 §7.4.1). */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Why a connection ended. Settled once, and the same for every later error of the connection. */
export interface CloseInfo extends Close {
  /** Whether both Close frames were exchanged (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
  /** Who ended it: this side, the peer with a Close frame, or the network without one. */
  readonly initiator: "local" | "remote" | "network";
}

export type ClosingState =
  | { readonly kind: "open" }
  | { readonly kind: "closing"; readonly sent: Close } // our Close is out, theirs is not in
  | { readonly kind: "draining"; readonly info: CloseInfo } // why is settled; only TCP is left to end
  | { readonly kind: "closed"; readonly info: CloseInfo };

export type ClosingEffect =
  | { readonly kind: "send"; readonly close: Close }
  | { readonly kind: "end" } // write what is queued, then FIN
  | { readonly kind: "destroy" }; // drop what is queued

export type Transition = readonly [ClosingState, readonly ClosingEffect[]];

export const OPEN: ClosingState = { kind: "open" };
const END: ClosingEffect = { kind: "end" };
const DESTROY: ClosingEffect = { kind: "destroy" };

const lost: CloseInfo = { code: 1006, reason: "", wasClean: false, initiator: "network" };
const hungUp: CloseInfo = { code: 1006, reason: "", wasClean: false, initiator: "local" };

function draining(info: CloseInfo): ClosingState {
  return { kind: "draining", info };
}

/** Our Close was never answered: what ended the connection is still what we said. */
function unanswered(sent: Close): CloseInfo {
  return { code: sent.code, reason: sent.reason, wasClean: false, initiator: "local" };
}

/** The application asks to close (§7.1.2). */
export function onCloseRequested(state: ClosingState, close: Close): Transition {
  switch (state.kind) {
    case "open": return [{ kind: "closing", sent: close }, [{ kind: "send", close }]];
    case "closing": case "draining": case "closed": return [state, []];
  }
}

/** The peer's Close arrived (§5.5.1): it is echoed, and the server ends TCP first (§7.1.1). */
export function onCloseReceived(state: ClosingState, close: Close, role: Role): Transition {
  const hangUp = role === "server" ? [END] : [];
  switch (state.kind) {
    case "open": {
      const info: CloseInfo = { code: close.code, reason: close.reason, wasClean: true, initiator: "remote" };
      return [draining(info), [{ kind: "send", close }, ...hangUp]];
    }
    case "closing": {
      const { code, reason } = state.sent;
      return [draining({ code, reason, wasClean: true, initiator: "local" }), hangUp];
    }
    case "draining": case "closed": return [state, []]; // §1.4: discard what follows a Close
  }
}

/** The peer broke a rule or went silent, so the connection fails with a code of ours (§7.1.7). */
export function onFault(state: ClosingState, fault: Close): Transition {
  switch (state.kind) {
    case "open": {
      const info: CloseInfo = { code: fault.code, reason: fault.reason, wasClean: false, initiator: "local" };
      return [draining(info), [{ kind: "send", close: fault }, END]];
    }
    case "closing": return [draining(unanswered(state.sent)), [END]]; // §5.5.1: never a second Close
    case "draining": case "closed": return [state, []];
  }
}

/** The peer's FIN arrived: it will send nothing more. */
export function onEndReceived(state: ClosingState): Transition {
  switch (state.kind) {
    case "open": return [draining(lost), [DESTROY]]; // §7.1.5: no Close came, so the code is 1006
    case "closing": return [draining(unanswered(state.sent)), [END]];
    case "draining": return [state, [END]];
    case "closed": return [state, []];
  }
}

/** The peer took longer than `closeTimeoutMs` to answer or to end TCP. */
export function onCloseTimeout(state: ClosingState): Transition {
  switch (state.kind) {
    case "closing": return [draining(unanswered(state.sent)), [DESTROY]];
    case "draining": return [state, [DESTROY]];
    case "open": case "closed": return [state, []];
  }
}

/** The application hangs up without a Close. */
export function onTerminated(state: ClosingState): Transition {
  switch (state.kind) {
    case "open": return [draining(hungUp), [DESTROY]];
    case "closing": return [draining(unanswered(state.sent)), [DESTROY]];
    case "draining": return [state, [DESTROY]];
    case "closed": return [state, []];
  }
}

/** The byte link is gone, both ways: the last input of every connection. */
export function onLinkClosed(state: ClosingState): Transition {
  switch (state.kind) {
    case "open": return [{ kind: "closed", info: lost }, []];
    case "closing": return [{ kind: "closed", info: unanswered(state.sent) }, []];
    case "draining": return [{ kind: "closed", info: state.info }, []];
    case "closed": return [state, []];
  }
}

/** @returns whether a loop over messages may simply end: we asked for it, or the peer left in peace (1000, 1001, none). */
export function endsQuietly(info: CloseInfo, wasAsked: boolean): boolean {
  return wasAsked || (info.wasClean && (info.code === 1000 || info.code === 1001 || info.code === 1005));
}
