import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { chunksOf, concat, everySplit, FakeClock, hex, listen, seededRandom, settle, toHex } from "./index.js";

describe("bytes", () => {
  test.each([["82 7d", [0x82, 0x7d]], ["", []], ["DEADbeef", [0xde, 0xad, 0xbe, 0xef]], ["82 7e:00-7e", [0x82, 0x7e, 0, 0x7e]]])("hex(%j)", (text, bytes) => {
    expect([...hex(text)]).toEqual(bytes);
  });

  test.each(["8", "8 2 7", "zz"])("hex(%j) is refused", (text) => {
    expect(() => hex(text)).toThrow(RangeError);
  });

  test("toHex() is hex() back", () => {
    expect(toHex(hex("00 0f ff"))).toBe("00 0f ff");
  });

  test("everySplit() cuts at every place, the ends included", () => {
    expect([...everySplit(hex("01 02"))].map((parts) => parts.map(toHex))).toEqual([["", "01 02"], ["01", "02"], ["01 02", ""]]);
  });

  test("chunksOf() leaves a shorter rest; concat() joins", () => {
    const bytes = hex("01 02 03 04 05");
    expect([...chunksOf(bytes, 2)].map(toHex)).toEqual(["01 02", "03 04", "05"]);
    expect(concat(...chunksOf(bytes, 2))).toEqual(bytes);
    expect([...chunksOf(hex(""), 1)]).toEqual([]);
    expect(() => [...chunksOf(bytes, 0)]).toThrow(RangeError);
  });
});

describe("FakeClock", () => {
  test("runs what is due in order, each at its own time, and also what that sets", () => {
    const clock = new FakeClock(100);
    const log: [string, number][] = [];
    const note = (name: string) => () => void log.push([name, clock.now()]);
    clock.setTimer(note("late"), 30);
    clock.setTimer(note("a"), 10);
    clock.setTimer(note("b"), 10);
    clock.setTimer(() => { note("sets")(); clock.setTimer(note("set"), 5); }, 20);
    clock.clearTimer(clock.setTimer(note("never"), 1));
    expect([clock.pending, clock.nextMs]).toEqual([4, 110]);
    clock.advance(29);
    expect(log).toEqual([["a", 110], ["b", 110], ["sets", 120], ["set", 125]]);
    expect([clock.nowMs, clock.nextMs]).toEqual([129, 130]);
    clock.advance(1);
    expect([log.at(-1), clock.pending, clock.nextMs]).toEqual([["late", 130], 0, Infinity]);
  });

  test("calls nothing before it is moved, not even what is due now", () => {
    const clock = new FakeClock();
    let called = false;
    clock.setTimer(() => { called = true; }, 0);
    expect(called).toBe(false);
    clock.advance(0);
    expect(called).toBe(true);
  });
});

test("seededRandom() is the same for the same seed, in [0, 1), and spread evenly", () => {
  const [one, other, third] = [seededRandom(7), seededRandom(7), seededRandom(8)];
  const draws = Array.from({ length: 10_000 }, one);
  expect(draws.slice(0, 5)).toEqual(Array.from({ length: 5 }, other));
  expect(draws[0]).not.toBe(third());
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1);
});

test("settle() lets promises and immediates pass", async () => {
  let steps = 0;
  void Promise.resolve().then(() => steps++).then(() => steps++);
  setImmediate(() => steps++);
  await settle(1);
  expect(steps).toBe(3);
});

test("listen() serves on a free port and hangs up on close()", async () => {
  const server = createServer((_, response) => response.end("hello"));
  const listening = await listen(server);
  expect(await (await fetch(listening.url)).text()).toBe("hello");
  const socket = connect(listening.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  await settle();
  await listening.close();
  await closed;
  await listening.close();
});

test("listen() rejects where it cannot", async () => {
  const server = createServer();
  const listening = await listen(server);
  await expect(listen(server)).rejects.toMatchObject({ code: "ERR_SERVER_ALREADY_LISTEN" });
  await listening.close();
});
