/**
 * Why a connection ended: the ten ways, what our side says of each and what its peer sees, for both roles over live TCP. What a
 * blocked `receive()` is told is part of it: it must not hang.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CloseInfo } from "@x/simple-ws";
import { concat, hex } from "@x/testkit";
import { closeOf, frame, FrameReader } from "../rfc/raw-end.js";
import { ground, roles, type Ground, type Open } from "./ends.js";
import { alive, nothingLeft, until, type Alive } from "./nothing-left.js";

type Where = "patient" | "no Pong" | "no Close";

interface Row {
  readonly name: string;
  /** What happens. */
  readonly act: (open: Open) => unknown;
  readonly info: CloseInfo;
  /** The Close that the peer sees; 1006 for none, 1005 for an empty one. */
  readonly peer: { readonly code: number; readonly reason: string };
  /** Where: among the patient, or where our side does not wait long for one thing. Default `patient`. */
  readonly where?: Where;
}

const text = (first: number, payload: string, mask: boolean): Uint8Array => frame(first, Buffer.from(payload), mask);
const close = (code: number, reason: string, mask: boolean): Uint8Array => frame(0x88, concat(Uint8Array.of(code >> 8, code & 255), Buffer.from(reason)), mask);
const faults: readonly (readonly [string, (mask: boolean) => Uint8Array])[] = [
  ["a mask that is wrong for the role", (mask) => text(0x81, "a", !mask)],
  ["a reserved bit", (mask) => text(0xc1, "a", mask)],
  ["opcode 3", (mask) => text(0x83, "a", mask)],
  ["a fragmented control frame", (mask) => text(0x09, "a", mask)],
  ["a control frame of 126 bytes", (mask) => text(0x89, "a".repeat(126), mask)],
  ["a continuation of nothing", (mask) => text(0x80, "a", mask)],
  ["a Close of one byte", (mask) => frame(0x88, hex("03"), mask)],
  ["Close 999", (mask) => close(999, "", mask)],
  ["Close 1005", (mask) => close(1005, "", mask)],
];
const own = (code: number, reason: string): Pick<Row, "info" | "peer"> => ({ info: { code, reason, wasClean: false, initiator: "local" }, peer: { code, reason } });
const REASON = expect.any(String) as string;

const rows: readonly Row[] = [
  { name: "1. the peer's Close 1008 \"pol\"", act: ({ peer, isMasked }) => peer.write(close(1008, "pol", isMasked)), info: { code: 1008, reason: "pol", wasClean: true, initiator: "remote" }, peer: { code: 1008, reason: "pol" } },
  { name: "2. the peer's Close 4001 \"hi\"", act: ({ peer, isMasked }) => peer.write(close(4001, "hi", isMasked)), info: { code: 4001, reason: "hi", wasClean: true, initiator: "remote" }, peer: { code: 4001, reason: "hi" } },
  { name: "3. the peer's Close without a code", act: ({ peer, isMasked }) => peer.write(text(0x88, "", isMasked)), info: { code: 1005, reason: "", wasClean: true, initiator: "remote" }, peer: { code: 1005, reason: "" } },
  { name: "4. TCP drops without a Close", act: ({ peer }) => peer.end(), info: { code: 1006, reason: "", wasClean: false, initiator: "network" }, peer: { code: 1006, reason: "" } },
  { name: "4. TCP is reset", act: ({ peer }) => peer.resetAndDestroy(), info: { code: 1006, reason: "", wasClean: false, initiator: "network" }, peer: { code: 1006, reason: "" } },
  ...faults.map(([name, bytes]): Row => ({ name: `5. a protocol fault: ${name}`, act: ({ peer, isMasked }) => peer.write(bytes(isMasked)), ...own(1002, REASON) })),
  { name: "6. invalid UTF-8", act: ({ peer, isMasked }) => peer.write(frame(0x81, hex("c328"), isMasked)), ...own(1007, REASON) },
  { name: "7. a message that is too big", act: ({ peer, isMasked }) => peer.write(text(0x82, "a".repeat(1_001), isMasked)), ...own(1009, REASON) },
  { name: "8. no Pong", act: () => undefined, ...own(1008, "Ping timeout"), where: "no Pong" },
  { name: "9. close(3001, \"bye\"), answered", act: ({ ours, peer, isMasked }) => {
    void ours.close(3001, "bye");
    peer.write(close(3001, "bye", isMasked));
  }, info: { code: 3001, reason: "bye", wasClean: true, initiator: "local" }, peer: { code: 3001, reason: "bye" } },
  { name: "10. close(3001, \"bye\"), never answered", act: ({ ours }) => void ours.close(3001, "bye"), ...own(3001, "bye"), where: "no Close" },
];

describe.each(roles)("our %s", (role) => {
  let grounds: Readonly<Record<Where, Ground>>;
  let before: Alive;
  beforeAll(async () => {
    before = alive();
    grounds = {
      patient: await ground(role, { maxMessageBytes: 1_000 }),
      "no Pong": await ground(role, { closeTimeoutMs: 40, pingIntervalMs: 40, pingTimeoutMs: 40 }),
      "no Close": await ground(role, { closeTimeoutMs: 40 }),
    };
  });
  afterAll(async () => {
    for (const each of Object.values(grounds)) await each.close();
    await nothingLeft(before);
  });

  test.each(rows.map((row) => [row.name, row] as const))("%s", async (_name, { act, info, peer: expected, where = "patient" }) => {
    const open = await grounds[where].open();
    const { ours, peer } = open;
    const seen = new FrameReader();
    peer.on("data", (chunk: Buffer) => {
      seen.push(chunk);
      if (seen.hasClose() && info.wasClean) peer.end();
    }).resume();
    const blocked = ours.receive().then(() => "a message", (error: unknown) => error);
    act(open);
    const closed = await ours.closed;
    expect(closed).toEqual(info);
    const told = { name: "ConnectionClosed", reason: closed.code, message: closed.reason, wasClean: closed.wasClean, initiator: closed.initiator };
    expect(await blocked).toMatchObject(told);
    await expect(ours.receive()).rejects.toMatchObject(told);
    expect(() => ours.send("x")).toThrow(expect.objectContaining(told));
    expect(await ours.close(1001)).toEqual(closed);
    await until(() => peer.readableEnded || peer.destroyed, "the peer sees the end");
    expect(closeOf(seen)).toEqual(expected);
    expect(seen.bytesAfterClose).toBe(0);
    peer.destroy();
  });
});
