/**
 * The hand-over from polling to a stream (protocol document §"Upgrade"): `2probe`, `3probe`, `5`.
 *
 * Room: engineio core. One pure function for both roles.
 */
import { type Role, Wire, type WirePacket } from "./packet.js";

/**
 * Where a stream on trial stands: until the client's probe is answered it is being probed; from then on the client still
 * has to fall silent on polling and to send UPGRADE.
 */
export type Trial = "probing" | "switching";

/** What is to be done after a packet on the stream on trial. */
export type UpgradeAction = "answer-probe" | "pause-polling" | "switch" | "ignore" | "abort";

/** A packet arrived on the stream on trial. */
export function onTrialPacket(trial: Trial, packet: WirePacket, role: Role): UpgradeAction {
  if (typeof packet !== "string") return "abort";
  switch (trial) {
    case "probing":
      if (role === "server") return packet === Wire.probe ? "answer-probe" : "abort";
      return packet === Wire.probeAnswer ? "pause-polling" : "abort";
    case "switching":
      if (role === "server") return packet.startsWith(Wire.upgrade) ? "switch" : "abort"; // a payload is allowed
      return packet === Wire.noop ? "ignore" : "abort"; // python-engineio releases its poll here
  }
}
