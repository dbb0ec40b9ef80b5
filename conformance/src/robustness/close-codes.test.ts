/**
 * Close codes over live TCP, both roles and both ways (RFC 6455 §7.4): the borders of every range, and codes by chance. All
 * 65,536 are tried in memory, beside `@x/simple-ws`'s core.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "@x/testkit";
import { closeOf, frame, FrameReader } from "../rfc/raw-end.js";
import { ground, roles, type Ground } from "./ends.js";
import { alive, nothingLeft, type Alive } from "./nothing-left.js";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_007);
const random = seededRandom(seed);
const borders = [0, 1, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 1016, 2999, 3000, 3999, 4000, 4999, 5000, 32_767, 32_768, 65_535];
const codes = [...borders, ...Array.from({ length: 60 }, () => Math.floor(random() * 65_536)), ...Array.from({ length: 20 }, () => 1_000 + Math.floor(random() * 4_000))];

/** §7.4.1, §7.4.2 and IANA's registry, written down once more. */
const mayBeSent = (code: number): boolean => [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].includes(code) || (code >= 3_000 && code < 5_000);

describe.each(roles)(`our %s (SEED=${seed})`, (role) => {
  let place: Ground;
  let before: Alive;
  beforeAll(async () => {
    before = alive();
    place = await ground(role);
  });
  afterAll(async () => {
    await place.close();
    await nothingLeft(before);
  });

  test("received: echoed if it may be sent, 1002 if not", async () => {
    await Promise.all(codes.map(async (code) => {
      const { ours, peer, isMasked } = await place.open();
      const seen = new FrameReader();
      const ended = new Promise((resolve) => peer.once("close", resolve));
      peer.on("data", (chunk: Buffer) => {
        seen.push(chunk);
        if (seen.hasClose()) peer.end();
      }).resume();
      peer.write(frame(0x88, Uint8Array.of(code >> 8, code & 255, 0x78), isMasked));
      const info = await ours.closed;
      await ended;
      if (mayBeSent(code)) expect([closeOf(seen), info]).toEqual([{ code, reason: "x" }, { code, reason: "x", wasClean: true, initiator: "remote" }]);
      else expect([closeOf(seen).code, info]).toEqual([1002, expect.objectContaining({ code: 1002, wasClean: false, initiator: "local" })]);
    }));
  });

  test("sent: as it was asked for if it may be, refused and nothing sent if not", async () => {
    await Promise.all(codes.map(async (code) => {
      const { ours, peer, isMasked } = await place.open();
      const seen = new FrameReader();
      peer.on("data", (chunk: Buffer) => {
        seen.push(chunk);
        if (!seen.hasClose()) return;
        peer.write(frame(0x88, seen.frames.at(-1)?.payload ?? Buffer.alloc(0), isMasked));
        peer.end();
      }).resume();
      if (!mayBeSent(code)) {
        expect(() => ours.close(code, "x")).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
        expect(ours.state).toBe("open");
        await ours.close();
        expect(closeOf(seen).code).toBe(1000);
        return;
      }
      expect(await ours.close(code, "x")).toEqual({ code, reason: "x", wasClean: true, initiator: "local" });
      expect(closeOf(seen)).toEqual({ code, reason: "x" });
    }));
  });
});
