/** Peers that send more than anybody wants: control frames, empty messages, fragments without end, lengths that nothing follows. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { concat, hex } from "@x/testkit";
import { frame, FrameReader, send } from "../rfc/raw-end.js";
import { ground, roles, type Ground, type GroundOptions } from "./ends.js";
import { alive, expectNoGrowth, nothingLeft, until, type Alive } from "./nothing-left.js";

const places: Ground[] = [];
let before: Alive;
beforeEach(() => void (before = alive()));
afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
  await nothingLeft(before);
});

async function at(role: (typeof roles)[number], options: GroundOptions = {}): Promise<Ground> {
  const place = await ground(role, options);
  places.push(place);
  return place;
}

const times = (count: number, bytes: Uint8Array): Uint8Array => Buffer.alloc(bytes.length * count, bytes);
const nothing = hex("");

describe.each(roles)("our %s", (role) => {
  test.each([["Pings", 0x89], ["Pongs", 0x8a]])("%s: maxControlFrames within a second are taken, one more ends with 1008", async (_name, first) => {
    const place = await at(role, { maxControlFrames: 200 });
    for (const count of [200, 201]) {
      const { ours, peer, isMasked } = await place.open();
      peer.resume().write(concat(times(count, frame(first, nothing, isMasked)), frame(0x81, nothing, isMasked))); // one segment
      if (count === 200) {
        expect(await ours.receive()).toBe("");
      } else {
        await expect(ours.receive()).rejects.toMatchObject({ reason: 1008 });
        expect(await ours.closed).toMatchObject({ code: 1008, initiator: "local" });
      }
    }
  });

  test("Pings of a peer that reads no Pong: what waits stays small, and the last one is answered", async () => {
    const place = await at(role, { maxControlFrames: Infinity });
    const { ours, peer, isMasked } = await place.open();
    const batch = times(500, frame(0x89, Buffer.alloc(125), isMasked));
    let most = 0;
    for (let sent = 0; sent < 16_000_000; sent += batch.length) {
      await send(peer, batch, []);
      most = Math.max(most, ours.bufferedBytes);
    }
    expect(most).toBeGreaterThan(16_384); // otherwise nothing was held back
    expect(most).toBeLessThan(250_000);
    const seen = new FrameReader();
    peer.on("data", (chunk: Buffer) => seen.push(chunk)).resume();
    peer.write(frame(0x89, Buffer.from("last"), isMasked));
    await until(() => seen.frames.at(-1)?.payload.toString() === "last", "the last Ping is answered");
    expect(ours.state).toBe("open");
  });

  test("empty messages that nobody takes: reading stops, and none is lost", async () => {
    const place = await at(role, { maxInboxMessages: 100 });
    const { ours, peer, isMasked } = await place.open();
    const count = 400_000;
    peer.resume().write(times(count, frame(0x81, nothing, isMasked)));
    await until(() => ours.stats().messagesReceived >= 100, "the inbox is full");
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(ours.stats().bytesReceived).toBeLessThan(400_000);
    let taken = 0;
    while (taken < count && await ours.receive() !== null) taken++;
    expect(ours.stats()).toMatchObject({ messagesReceived: count, messagesDropped: 0 });
  });

  test.each([["empty", nothing, { maxFragments: 50 }], ["of a byte each", hex("00"), { maxMessageBytes: 50 }]])("fragments without end, %s: at the limit a message, one more ends with 1009", async (_name, payload, options) => {
    const place = await at(role, options);
    for (const count of [50, 51]) {
      const { ours, peer, isMasked } = await place.open();
      peer.resume().write(concat(frame(0x02, payload, isMasked), times(count - 2, frame(0x00, payload, isMasked)), frame(0x80, payload, isMasked)));
      if (count === 50) expect(await ours.receive()).toHaveLength(50 * payload.length);
      else expect(await ours.closed).toMatchObject({ code: 1009, initiator: "local" });
    }
  });

  test("fragments without end, by default: 131,072 and no more", async () => {
    const place = await at(role);
    const { ours, peer, isMasked } = await place.open();
    peer.resume().write(concat(frame(0x01, nothing, isMasked), times(131_072, frame(0x00, nothing, isMasked))));
    expect(await ours.closed).toMatchObject({ code: 1009 });
  });

  test("a megabyte announced a hundred times and not sent takes no memory", async () => {
    const place = await at(role);
    const header = concat(frame(0x82, Buffer.alloc(1_048_576), isServer(role)).subarray(0, 10 + (isServer(role) ? 4 : 0)), hex("00"));
    const before = process.memoryUsage().rss;
    await Promise.all(Array.from({ length: 100 }, async () => {
      const { ours, peer } = await place.open();
      peer.resume().write(header);
      await until(() => ours.stats().bytesReceived >= header.length, "the header is read");
    }));
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  });

  test("connections that end in every way leave nothing behind", async () => {
    const place = await at(role);
    await expectNoGrowth(async () => {
      await Promise.all(Array.from({ length: 60 }, async (_, index) => {
        const { ours, peer, isMasked } = await place.open();
        const reader = new FrameReader();
        peer.on("data", (chunk: Buffer) => {
          reader.push(chunk);
          if (reader.hasClose()) peer.end();
        }).resume();
        void ours.receive().catch(() => undefined);
        void ours.ping().catch(() => undefined);
        void ours.send("x".repeat(2_000));
        peer.write(concat(frame(0x02, Buffer.alloc(300), isMasked), frame(0x89, hex("01"), isMasked), frame(0x00, Buffer.alloc(300), isMasked)));
        switch (index % 6) {
          case 0: peer.resetAndDestroy(); break;
          case 1: peer.end(); break;
          case 2: peer.write(frame(0x83, nothing, isMasked)); break;
          case 3: peer.write(frame(0x88, nothing, isMasked)); break;
          case 4: ours.terminate(); break;
          case 5: peer.write(frame(0x88, hex("03e8"), isMasked)); void ours.close(); break;
        }
        await ours.closed;
      }));
    });
  });
});

function isServer(role: (typeof roles)[number]): boolean {
  return role === "server";
}
