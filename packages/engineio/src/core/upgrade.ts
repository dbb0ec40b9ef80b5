/**
 * The hand-over from polling to a stream (protocol document §"Upgrade"): `2probe`, `3probe`, `5`.
 *
 * Room: engineio core. The server's half, a pure function; the client's is in `ClientSession`.
 */
import type { WirePacket } from "./packet.js";
import * as Wire from "./wire.js";

/**
 * Where a stream on trial stands: until the client's probe is answered it is being probed; from then on the client still
 * has to fall silent on polling and to send UPGRADE.
 */
export type Trial = "probing" | "switching";

/** What is to be done after a packet on the stream on trial. */
export type UpgradeAction = "answer-probe" | "switch" | "abort";

/** A packet arrived on the stream on trial. */
export function onTrialPacket(trial: Trial, packet: WirePacket): UpgradeAction {
  if (typeof packet !== "string") return "abort";
  switch (trial) {
    case "probing":
      return packet === Wire.probe ? "answer-probe" : "abort";
    case "switching":
      return packet.startsWith(Wire.upgrade) ? "switch" : "abort"; // a payload is allowed
  }
}
