/** Messages through an extension that takes its time: order, back pressure, and ends of every kind. */
import { describe, expect, test } from "vitest";
import { WebSocketException, WebSocketPayloadException } from "@x/errors/wsframe";
import { prepareMessage, type AgreedExtensions, type Transformed } from "@x/wsframe";
import { closePayload, frame, machine, type Recording } from "../../test/recording.js";

/** Marks messages longer than one byte with RSV1 and adds "!"; the jobs wait here until they are run. */
function slow(): { agreed: AgreedExtensions; jobs: (() => void)[]; run: (count?: number) => void; closed: () => number; failNext: (error: WebSocketException) => void } {
  const jobs: (() => void)[] = [];
  let closed = 0;
  let failure: WebSocketException | undefined;
  const later = (done: Transformed, payload: Uint8Array, reserved: number): void => void jobs.push(() => {
    const error = failure;
    failure = undefined;
    done(error, payload, reserved);
  });
  return {
    jobs,
    run: (count = Infinity) => { while (count-- > 0 && jobs.length > 0) jobs.shift()?.(); },
    closed: () => closed,
    failNext: (error) => (failure = error),
    agreed: {
      field: "slow",
      reservedBits: 0x40,
      extension: {
        wants: (data) => data.length > 1,
        encode: (payload, _opcode, done) => later(done, Uint8Array.of(...payload, 33), 0x40),
        decode: (payload, _reserved, _maxBytes, done) => later(done, payload.subarray(0, -1), 0),
        close: () => { closed++; },
      },
    },
  };
}

/** Frames of a server in readable form: first byte and payload. */
const written = (seen: Recording): string[] => seen.take().map((line) => {
  const match = /^write (..)(..)(.*)$/.exec(line);
  return match === null ? line : `${match[1] ?? ""} ${Buffer.from(match[3] ?? "", "hex").toString("latin1")}`;
});

describe("on the way out", () => {
  test("messages leave in the order they were sent, control frames at once, a Close last", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine("server", {}, agreed);
    for (const text of ["first", "2", "third"]) connection.send(text);
    connection.sendPing(Uint8Array.of(0x70));
    connection.close(1000, "", 0);
    expect(written(seen)).toEqual(["89 p"]);
    run(1);
    expect(written(seen)).toEqual(["c1 first!", "81 2"]);
    run(1);
    expect(written(seen)).toEqual(["c1 third!", "88 \u0003\u00e8"]);
  });

  test("what waits is counted, and is not counted any more once it is written", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine("server", {}, agreed);
    for (const text of ["four", "é", "x"]) connection.send(text);
    expect(seen.heldBytes).toBe(4 + 2 + 1);
    run(1);
    expect(seen.heldBytes).toBe(0); // the other two are not wanted: they left with the first
    expect(written(seen)).toEqual(["c1 four!", "81 \u00c3\u00a9", "81 x"]);
  });

  test("bytes may be changed as soon as send() has returned", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine("server", {}, agreed);
    const data = Uint8Array.of(65, 65);
    connection.send(data);
    connection.send(data);
    data.fill(66);
    run();
    expect(written(seen)).toEqual(["c2 AA!", "c2 AA!"]);
  });

  test("prepared messages keep their place", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine("server", {}, agreed);
    connection.send("first");
    connection.sendPrepared(prepareMessage("2"));
    connection.sendPrepared(prepareMessage(Uint8Array.of(67, 67)));
    run();
    expect(written(seen)).toEqual(["c1 first!", "81 2", "c2 CC!"]);
  });

  test("a fragmented message lets nothing between its pieces but control frames", () => {
    const { connection, seen } = machine("server");
    let isBegun = false;
    connection.beginFragments(() => (isBegun = true));
    expect(isBegun).toBe(true);
    connection.sendFragment(Uint8Array.of(65), 1, false);
    connection.send("after");
    connection.sendPing(Uint8Array.of(0x70));
    connection.sendFragment(Uint8Array.of(66), 0, true);
    expect(written(seen)).toEqual(["01 A", "89 p", "80 B"]);
    connection.endFragments();
    expect(written(seen)).toEqual(["81 after"]);
  });

  test("a failure ends the connection with 1011", () => {
    const { agreed, run, failNext } = slow();
    const { connection, seen } = machine("server", {}, agreed);
    connection.send("first");
    failNext(new WebSocketException("Cannot compress"));
    run();
    expect(seen.take()).toEqual([expect.stringMatching(/^write 88..03f3/), "end", 'settled 1011 "Cannot compress" unclean local']);
  });

  test("what finishes after the end is dropped, and the extension is closed once", () => {
    const { agreed, run, closed } = slow();
    const { connection, seen } = machine("server", {}, agreed);
    connection.send("first");
    connection.linkClosed();
    seen.take();
    run();
    expect(seen.take()).toEqual([]);
    expect(closed()).toBe(1);
  });
});

describe.each(["client", "server"] as const)("on the way in to a %s", (role) => {
  test("what follows waits until a message is done; order holds", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine(role, {}, agreed);
    connection.receive(Uint8Array.of(...frame(role, 0xc1, "one!"), ...frame(role, 0x81, "two"), ...frame(role, 0x89, "p"), ...frame(role, 0xc1, "three!")), 0);
    expect(seen.take()).toEqual(["busy"]);
    expect(connection.deadlineMs).toBe(Infinity);
    run(1);
    const [one, two, pong, ...rest] = seen.take();
    expect([one, two]).toEqual(["message one", "message two"]);
    expect(pong).toMatch(/^write 8a/);
    expect(rest).toEqual(["busy", "busy"]); // three is under way
    run();
    expect(seen.take()).toEqual(["message three", "not busy"]);
  });

  test("a message that is done while reading is paused waits for resume()", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine(role, {}, agreed);
    connection.receive(Uint8Array.of(...frame(role, 0xc1, "one!"), ...frame(role, 0x81, "two")), 0);
    connection.pause();
    run();
    expect(seen.take()).toEqual(["busy", "not busy"]);
    connection.resume(0);
    expect(seen.take()).toEqual(["message one", "message two"]);
  });

  test("the peer's Close behind a message is seen after it", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine(role, {}, agreed);
    connection.receive(Uint8Array.of(...frame(role, 0xc1, "one!"), ...frame(role, 0x88, closePayload(1000))), 0);
    seen.take();
    run();
    expect(seen.take().filter((line) => !line.startsWith("write"))).toEqual(["message one", ...(role === "server" ? ["end"] : []), 'settled 1000 "" clean remote', "not busy"]);
  });

  test("a message that cannot be undone ends the connection with its code", () => {
    const { agreed, run, failNext } = slow();
    const { connection, seen } = machine(role, {}, agreed);
    connection.receive(frame(role, 0xc1, "one!"), 0);
    failNext(new WebSocketPayloadException("Cannot decompress message", { closeCode: 1007 }));
    run();
    expect(seen.take()).toContain('settled 1007 "Cannot decompress message" unclean local');
  });

  test("after the end nothing is delivered", () => {
    const { agreed, run } = slow();
    const { connection, seen } = machine(role, {}, agreed);
    connection.receive(frame(role, 0xc1, "one!"), 0);
    connection.linkClosed();
    seen.take();
    run();
    expect(seen.take()).toEqual([]);
  });
});
