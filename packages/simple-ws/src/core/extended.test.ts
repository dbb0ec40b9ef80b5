/** Messages through an extension that takes its time: order, back pressure, and ends of every kind. */
import { describe, expect, test } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import { WebSocketException, WebSocketPayloadException } from "@x/errors/wsframe";
import { prepareMessage, type AgreedExtensions, type Extension, type Transformed } from "@x/wsframe";
import { closePayload, frame, machine, type Recording } from "../../test/recording.js";

/** Marks messages longer than one byte with RSV1 and adds "!", unless they must not be compressed; the jobs wait here until they are run. */
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
        wants: (data, mayCompress) => mayCompress && data.length > 1,
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

  test.each(["client", "server"] as const)("of a %s: what must not be compressed is not, whether it leaves at once or has waited, in its place", (role) => {
    const { agreed, run } = slow();
    const { connection, seen } = machine(role, {}, agreed);
    const unmasked = role === "server" ? written : (recording: Recording) => written(recording).map((line) => line.replace("\0\0\0\0", ""));
    const secret = prepareMessage("shared secret");
    connection.send("secret", false);
    connection.sendPrepared(secret, false);
    const atOnce = unmasked(seen).map((line) => line.slice(3));
    expect(atOnce).toEqual(["secret", "shared secret"]);
    connection.send("first");
    connection.send("secret", false);
    connection.sendPrepared(secret, false);
    connection.sendPrepared(secret);
    run();
    expect(unmasked(seen).map((line) => line.slice(3))).toEqual(["first!", "secret", "shared secret", "shared secret!"]);
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

/** An extension of somebody else's with one fault. */
function faulty(fault: Partial<Extension>): AgreedExtensions {
  return {
    field: "faulty",
    reservedBits: 0x40,
    extension: {
      wants: (data) => data.length > 1,
      encode: (payload, _opcode, done) => done(undefined, payload.slice(), 0x40),
      decode: (payload, _reserved, _maxBytes, done) => done(undefined, payload.slice(), 0),
      close: () => undefined,
      ...fault,
    },
  };
}

function broken(): never {
  throw new TypeError("state is undefined");
}

describe("an extension of somebody else's with a fault", () => {
  const ended: readonly unknown[] = [expect.stringMatching(/^write 88..03f3/), "end", 'settled 1011 "Cannot transform message: an extension failed" unclean local'];

  test.each<[string, Partial<Extension>]>([
    ["wants() throws", { wants: broken }],
    ["encode() throws", { encode: broken }],
    ["encodeShared() throws", { encodeShared: broken }],
  ])("%s: 1011, not the sender's failure, and nothing follows the Close", (_name, fault) => {
    const { connection, seen } = machine("server", {}, faulty(fault));
    expect(() => connection.sendPrepared(prepareMessage("first"))).not.toThrow();
    expect(seen.take()).toEqual(ended);
    expect(connection.state).not.toBe("open");
    expect(seen.heldBytes).toBe(0);
  });

  test("encode() throws for a message whose turn comes later, when nobody is there to be told: 1011", () => {
    const jobs: (() => void)[] = [];
    const encode = (payload: Uint8Array, _opcode: number, done: Transformed): void => {
      if (jobs.length > 0) broken();
      jobs.push(() => done(undefined, payload, 0x40));
    };
    const { connection, seen } = machine("server", {}, faulty({ encode }));
    connection.send("first");
    connection.send("second");
    expect(seen.take()).toEqual([]);
    jobs[0]?.();
    expect(seen.take()).toEqual([expect.stringMatching(/^write c105/), ...ended]);
    expect(seen.heldBytes).toBe(0);
  });

  test("encode() is done, and throws: the message has left, then 1011", () => {
    const encode = (payload: Uint8Array, _opcode: number, done: Transformed): void => {
      done(undefined, payload.slice(), 0x40);
      broken();
    };
    const { connection, seen } = machine("server", {}, faulty({ encode }));
    connection.send("first");
    expect(seen.take()).toEqual([expect.stringMatching(/^write c105/), ...ended]);
  });

  test.each([false, true])("encode() and decode() are done twice, at once: %s: that counts once", (isLate) => {
    const jobs: (() => void)[] = [];
    const twice = (done: Transformed, payload: Uint8Array, reserved: number): void => {
      for (let n = 0; n < 2; n++) {
        if (isLate) jobs.push(() => done(undefined, payload, reserved));
        else done(undefined, payload, reserved);
      }
    };
    const { connection, seen } = machine("server", {}, faulty({ encode: (payload, _opcode, done) => twice(done, payload.slice(), 0x40), decode: (payload, _reserved, _maxBytes, done) => twice(done, payload.slice(), 0) }));
    connection.send("first");
    connection.send("second");
    connection.receive(Uint8Array.of(...frame("server", 0xc1, "one"), ...frame("server", 0xc1, "two")), 0);
    while (jobs.length > 0) jobs.shift()?.();
    const lines = seen.take().filter((line) => !line.includes("busy"));
    expect([lines.filter((line) => line.startsWith("write")), lines.filter((line) => line.startsWith("message"))]).toEqual([[expect.stringContaining("c105"), expect.stringContaining("c106")], ["message one", "message two"]]);
    expect(seen.heldBytes).toBe(0);
  });

  test.each(["client", "server"] as const)("decode() throws, on a %s: 1011 with what it threw as the cause", (role) => {
    const { connection, seen } = machine(role, {}, faulty({ decode: broken }));
    connection.receive(Uint8Array.of(...frame(role, 0xc1, "one"), ...frame(role, 0x81, "two")), 0);
    const lines = seen.take();
    expect(lines).toContain('settled 1011 "Cannot transform message: an extension failed" unclean local');
    expect(lines.filter((line) => line.startsWith("message"))).toEqual([]);
  });

  test("close() throws: that is reported, and the connection has ended", () => {
    const reports: unknown[] = [];
    const before = setErrorReporter((error) => void reports.push(error));
    const { connection } = machine("server", {}, faulty({ close: broken }));
    connection.send("first");
    connection.linkClosed();
    setErrorReporter(before);
    expect([connection.state, reports]).toEqual(["closed", [new TypeError("state is undefined")]]);
  });
});
