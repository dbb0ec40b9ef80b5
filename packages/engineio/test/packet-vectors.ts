/**
 * Packets and payloads as the Engine.IO v4 protocol document shows or rules them, as data: by section, for either receiver.
 *
 * Room: tests.
 */
import type { EngineIOCode } from "@x/errors/engineio";
import type { WirePacket } from "../src/core/packet.js";

const RS = "\x1e";
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** A payload that its receiver takes. */
export interface GoodVector {
  readonly section: string;
  readonly receiver: "client" | "server" | "either";
  readonly payload: string;
  readonly packets: readonly WirePacket[];
}

/** A payload that its receiver refuses whole. */
export interface BadVector {
  readonly section: string;
  readonly receiver: "client" | "server" | "either";
  readonly payload: string;
  readonly code: EngineIOCode;
}

export const goodPayloads: readonly GoodVector[] = [
  { section: "Packet encoding", receiver: "either", payload: "4hello", packets: ["4hello"] },
  { section: "Packet encoding", receiver: "either", payload: "4", packets: ["4"] },
  { section: "Packet encoding", receiver: "either", payload: "4€ 😀 \u0000", packets: ["4€ 😀 \u0000"] },
  { section: "Packet encoding", receiver: "either", payload: "4b64", packets: ["4b64"] },
  { section: "Packet encoding", receiver: "client", payload: `4hello${RS}2${RS}4world`, packets: ["4hello", "2", "4world"] },
  { section: "Packet encoding", receiver: "either", payload: "bAQIDBA==", packets: [bytes(1, 2, 3, 4)] },
  { section: "Packet encoding", receiver: "either", payload: `4hello${RS}bAQIDBA==`, packets: ["4hello", bytes(1, 2, 3, 4)] },
  { section: "Packet encoding", receiver: "either", payload: "b", packets: [bytes()] },
  { section: "Packet encoding", receiver: "either", payload: "b+/+/", packets: [bytes(0xfb, 0xff, 0xbf)] },
  { section: "RFC 4648 §3.2", receiver: "either", payload: "bAQ", packets: [bytes(1)] },
  { section: "Heartbeat", receiver: "client", payload: "2", packets: ["2"] },
  { section: "Heartbeat", receiver: "server", payload: "3", packets: ["3"] },
  { section: "Upgrade", receiver: "client", payload: "6", packets: ["6"] },
  { section: "Closing", receiver: "either", payload: "1", packets: ["1"] },
  { section: "Closing", receiver: "client", payload: `4a${RS}6${RS}1`, packets: ["4a", "6", "1"] },
];

export const badPayloads: readonly BadVector[] = [
  { section: "Packet encoding: no packet is empty", receiver: "either", payload: "", code: "engineio/bad-payload" },
  { section: "Packet encoding: no packet is empty", receiver: "either", payload: RS, code: "engineio/bad-payload" },
  { section: "Packet encoding: no packet is empty", receiver: "either", payload: `4a${RS}`, code: "engineio/bad-payload" },
  { section: "Packet encoding: no packet is empty", receiver: "either", payload: `${RS}4a`, code: "engineio/bad-payload" },
  { section: "Packet encoding: no packet is empty", receiver: "either", payload: `4a${RS}${RS}4b`, code: "engineio/bad-payload" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: "abc", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: "7", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: "9x", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: "-1", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: "\u00004", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: " 4", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: "٤", code: "engineio/unknown-packet" }, // ARABIC-INDIC DIGIT FOUR
  { section: "Packet types are 0 to 6", receiver: "either", payload: "B", code: "engineio/unknown-packet" },
  { section: "Packet types are 0 to 6", receiver: "either", payload: `4good${RS}xyz`, code: "engineio/unknown-packet" },
  { section: "EIO=3 framing is not v4", receiver: "server", payload: "6:4hello", code: "engineio/unexpected-packet" },
  { section: "RFC 4648 §4", receiver: "either", payload: "b!!!!", code: "engineio/bad-payload" },
  { section: "RFC 4648 §4", receiver: "either", payload: "bA", code: "engineio/bad-payload" },
  { section: "RFC 4648 §4", receiver: "either", payload: "bAQ=", code: "engineio/bad-payload" },
  { section: "RFC 4648 §4", receiver: "either", payload: "bAQ==AQ==", code: "engineio/bad-payload" },
  { section: "RFC 4648 §3.3", receiver: "either", payload: "bAQ\nI=", code: "engineio/bad-payload" },
  { section: "RFC 4648 §5 is another alphabet", receiver: "either", payload: "b-_-_", code: "engineio/bad-payload" },
  { section: "Handshake: OPEN comes first, from the server", receiver: "either", payload: "0{}", code: "engineio/unexpected-packet" },
  { section: "Heartbeat: the server pings", receiver: "server", payload: "2", code: "engineio/unexpected-packet" },
  { section: "Heartbeat: the client answers", receiver: "client", payload: "3", code: "engineio/unexpected-packet" },
  { section: "Upgrade: UPGRADE belongs to the new transport", receiver: "either", payload: "5", code: "engineio/unexpected-packet" },
  { section: "Upgrade: NOOP is the server's", receiver: "server", payload: "6", code: "engineio/unexpected-packet" },
];

/** For `either`, both. */
export function receiversOf({ receiver }: GoodVector | BadVector): readonly ("client" | "server")[] {
  return receiver === "either" ? ["client", "server"] : [receiver];
}
