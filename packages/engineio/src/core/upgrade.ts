/**
 * The hand-over from polling to WebSocket (protocol document §"Upgrade"): `2probe`, `3probe`, `5`.
 *
 * Room: engineio core. One pure function for both roles; states own their data.
 */
import { type Role, Wire } from "./packet.js";

/** Where a session stands with its upgrade; `Link` is the transport under trial. */
export type Upgrade<Link> =
  | { readonly kind: "none" }
  /** The link exists; the client's probe is not answered yet. */
  | { readonly kind: "probing"; readonly link: Link; readonly deadlineMs: number }
  /** The probe is answered; the client still has to be quiet on polling and to send UPGRADE. */
  | { readonly kind: "switching"; readonly link: Link; readonly deadlineMs: number }
  | { readonly kind: "done" };

/** What the session has to do after a packet on the link under trial. */
export type UpgradeAction = "answer-probe" | "pause-polling" | "switch" | "ignore" | "abort";

/** A packet arrived on the link under trial. */
export function onTrialPacket<Link>(state: Upgrade<Link>, packet: string, role: Role): [Upgrade<Link>, UpgradeAction] {
  switch (state.kind) {
    case "probing": {
      const expected = role === "server" ? Wire.probe : Wire.probeAnswer;
      if (packet !== expected) return [{ kind: "none" }, "abort"];
      return [{ ...state, kind: "switching" }, role === "server" ? "answer-probe" : "pause-polling"];
    }
    case "switching":
      if (role === "server" && packet.startsWith(Wire.upgrade)) return [{ kind: "done" }, "switch"]; // a payload is allowed
      if (role === "client" && packet === Wire.noop) return [state, "ignore"]; // python-engineio releases its poll here
      return [{ kind: "none" }, "abort"];
    case "none":
    case "done":
      return [state, "ignore"];
  }
}

/** @returns when an upgrade under way must be over. */
export function upgradeDeadline(state: Upgrade<unknown>): number {
  return state.kind === "probing" || state.kind === "switching" ? state.deadlineMs : Infinity;
}
