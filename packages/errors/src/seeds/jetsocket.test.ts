/** The examples of JetSocket's "Exceptions", translated; each test has the name of its section. */
import { describe, expect, test } from "vitest";
import { printer, script, type Scripted } from "../../test/support/script.js";
import { pool } from "../index.js";

/** Runs `work`, and prints what `words` makes of an error of class `type`; other errors go on. */
async function catching<Failure>(type: abstract new (...args: never) => Failure, words: (error: Failure) => string, work: Scripted): Promise<readonly string[]> {
  const print = printer();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof type)) throw error;
    print(words(error));
  }
  return print.lines;
}

test("Exception Hierarchy", () => {
  const parents = new Map<unknown, unknown>([
    [pool.ConnectionError, pool.JetSocketError], [pool.ProtocolError, pool.JetSocketError], [pool.BufferError, pool.JetSocketError],
    [pool.PoolError, pool.JetSocketError], [pool.InvalidStateError, pool.JetSocketError],
    [pool.ConnectionClosedError, pool.ConnectionError], [pool.ConnectionTimeoutError, pool.ConnectionError], [pool.ConnectionRefusedError, pool.ConnectionError],
    [pool.InvalidFrameError, pool.ProtocolError], [pool.InvalidMessageError, pool.ProtocolError],
    [pool.BufferOverflowError, pool.BufferError], [pool.PoolExhaustedError, pool.PoolError],
  ]);
  for (const [type, parent] of parents) expect(Object.getPrototypeOf(type)).toBe(parent);
});

test("Base Exception", async () => {
  for (const failure of [new pool.ConnectionClosedError("gone"), new pool.InvalidFrameError("gone"), new pool.PoolExhaustedError("gone"), new pool.InvalidStateError("gone")]) {
    expect(await catching(pool.JetSocketError, (error) => `JetSocket error: ${error.message}`, script(failure))).toEqual(["JetSocket error: gone"]);
  }
  const bug = new TypeError("bug");
  await expect(catching(pool.JetSocketError, String, script(bug))).rejects.toBe(bug);
});

test("Connection Exceptions: ConnectionClosedError", async () => {
  const failure = new pool.ConnectionClosedError("Cannot send: connection is closed, must be open", { closeCode: 1001, reason: "going away", wasClean: true });
  // `code` is the stable string on every error; the close code is `closeCode`
  expect(await catching(pool.ConnectionClosedError, (error) => `Connection closed: code=${error.closeCode ?? 1006}, reason=${error.reason}`, script(failure)))
    .toEqual(["Connection closed: code=1001, reason=going away"]);
  expect(failure.code).toBe("pool/connection-closed");
});

test("Connection Exceptions: ConnectionTimeoutError", async () => {
  const failure = new pool.ConnectionTimeoutError("Cannot connect: took longer than 5000 ms", { afterMs: 5000, operation: "connect" });
  expect(await catching(pool.ConnectionTimeoutError, () => "Connection timed out", script(failure))).toEqual(["Connection timed out"]);
});

test("Connection Exceptions: ConnectionRefusedError", async () => {
  const failure = new pool.ConnectionRefusedError("server said 403", { httpStatus: 403 });
  expect(await catching(pool.ConnectionRefusedError, (error) => `Connection refused: ${error.message}`, script(failure))).toEqual(["Connection refused: server said 403"]);
});

test("Protocol Exceptions: InvalidFrameError", async () => {
  const failure = new pool.InvalidFrameError("reserved bit is set");
  expect(await catching(pool.InvalidFrameError, (error) => `Invalid frame: ${error.message}`, script(failure))).toEqual(["Invalid frame: reserved bit is set"]);
});

test("Protocol Exceptions: InvalidMessageError", async () => {
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new pool.InvalidMessageError("message is not JSON", { cause, data: text });
    }
  };
  const receive = script(new pool.InvalidMessageError("unused"));
  expect(() => parse("{")).toThrow(pool.InvalidMessageError);
  expect(parse("{}")).toEqual({});
  expect(await catching(pool.InvalidMessageError, (error) => `Invalid message: ${error.message}`, receive)).toEqual(["Invalid message: unused"]);
});

test("Buffer Exceptions: BufferOverflowError", async () => {
  const failure = new pool.BufferOverflowError("Cannot buffer: 100 messages wait, must be fewer", { capacity: 100, dropped: 1 });
  expect(await catching(pool.BufferOverflowError, (error) => `Buffer overflow: ${error.capacity ?? 0} messages`, script(failure))).toEqual(["Buffer overflow: 100 messages"]);
});

test("Pool Exceptions: PoolExhaustedError", async () => {
  const failure = new pool.PoolExhaustedError("Cannot acquire: no connection within 5000 ms", { maxConnections: 10, timeoutMs: 5000, active: 10, idle: 0, waiting: 3 });
  expect(await catching(pool.PoolExhaustedError, (error) => `Pool exhausted: max=${error.maxConnections ?? 0}`, script(failure))).toEqual(["Pool exhausted: max=10"]);
});

test("State Exceptions: InvalidStateError", async () => {
  const failure = new pool.InvalidStateError("Cannot send: state is idle, must be open", { currentState: "idle", allowedStates: ["open"] });
  expect(await catching(pool.InvalidStateError, (error) => `Invalid state: ${error.message}`, script(failure))).toEqual(["Invalid state: Cannot send: state is idle, must be open"]);
});

describe("Best Practices", () => {
  test("Catch specific exceptions when you need specific handling", async () => {
    const alerts = printer();
    const run = async (connect: Scripted): Promise<void> => {
      try {
        await connect();
      } catch (error) {
        if (error instanceof pool.ConnectionTimeoutError) await connect({ timeoutMs: 30_000 });
        else if (error instanceof pool.ConnectionRefusedError) alerts("Server unavailable");
        else throw error;
      }
    };
    const slow = script(new pool.ConnectionTimeoutError("slow"), "connected");
    await run(slow);
    expect(slow.calls).toEqual([[], [{ timeoutMs: 30_000 }]]);
    await run(script(new pool.ConnectionRefusedError("down")));
    expect(alerts.lines).toEqual(["Server unavailable"]);
  });

  test("Catch base exception for general error handling", async () => {
    for (const failure of [new pool.InvalidMessageError("bad"), new pool.BufferOverflowError("bad"), new pool.ConnectionRefusedError("bad")]) {
      expect(await catching(pool.JetSocketError, (error) => `WebSocket error: ${error.message}`, script(failure))).toEqual(["WebSocket error: bad"]);
    }
  });
});
