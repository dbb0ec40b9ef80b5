/** Peers that do not read: what waits for them is bounded and counted, and closing does not wait for ever. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve } from "@x/simple-ws";
import { dialRaw, FrameReader } from "../rfc/raw-end.js";
import { ground, roles, type Ground } from "./ends.js";
import { alive, nothingLeft, until, type Alive } from "./nothing-left.js";

let before: Alive;
let place: Ground | undefined;
beforeEach(() => void (before = alive()));
afterEach(async () => {
  await place?.close();
  await nothingLeft(before);
});

const MESSAGE = "x".repeat(100_000);

describe.each(roles)("our %s, whose peer does not read", (role) => {
  test("send() waits, then refuses at maxBufferedBytes; once the peer reads everything arrives", async () => {
    place = await ground(role, { maxBufferedBytes: 1_000_000 });
    const { ours, peer } = await place.open();
    let sent = 0;
    let isRefused = false;
    let isHeldUp = false;
    while (!isRefused) {
      try {
        const sending = ours.send(MESSAGE).then(() => "sent");
        sent++;
        isHeldUp ||= await Promise.race([sending, new Promise<string>((resolve) => setImmediate(() => resolve("waiting")))]) === "waiting";
      } catch (error) {
        expect(error).toMatchObject({ code: "simple-ws/buffer-full", retryable: true });
        isRefused = true;
      }
      expect(ours.bufferedBytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(isHeldUp).toBe(true);
    expect(ours.trySend("x")).toBe(false);
    const seen = new FrameReader();
    peer.on("data", (chunk: Buffer) => seen.push(chunk)).resume();
    await until(() => seen.frames.length === sent, "everything arrives");
    expect(ours.bufferedBytes).toBe(0);
    expect(ours.trySend("x")).toBe(true);
  });

  test("close() ends after closeTimeoutMs, and what waits is dropped", async () => {
    place = await ground(role, { closeTimeoutMs: 50 });
    const { ours } = await place.open();
    const sending = Array.from({ length: 100 }, () => ours.send(MESSAGE).then(() => "sent", (error: unknown) => error));
    expect(await ours.close()).toEqual({ code: 1000, reason: "", wasClean: false, initiator: "local" });
    expect(ours.bufferedBytes).toBe(0);
    expect(await sending.at(-1)).toMatchObject({ name: "ConnectionClosed", reason: 1000 });
  });
});

test("a broadcast leaves out who does not read, and reaches the others", async () => {
  const server = await serve({ pingIntervalMs: 0, onConnection: () => undefined });
  place = { open: () => Promise.reject(new Error("unused")), close: () => server.close() };
  const [slow, quick] = [await dialRaw(server.port), await dialRaw(server.port)];
  const seen = new FrameReader();
  quick.on("data", (chunk: Buffer) => seen.push(chunk)).resume();
  let rounds = 0;
  for (let reached = 2; reached === 2; rounds++) {
    reached = server.broadcast(MESSAGE);
    await until(() => seen.frames.length === rounds + 1, "the quick one has read it");
  }
  expect(server.broadcast(MESSAGE)).toBe(1);
  const waiting = Array.from(server.connections, ({ bufferedBytes }) => bufferedBytes).filter((bytes) => bytes > 0);
  expect(Math.max(...waiting)).toBeLessThan(300_000);
  slow.destroy();
  quick.destroy();
});
