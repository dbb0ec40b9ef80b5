/** The examples of Engine.IO's "Exception Handling", translated; each test has the name of its section. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { printer, script, type Printed, type Scripted } from "../../test/support/script.js";
import { CircuitBreaker } from "../circuit-breaker.js";
import { createErrorLogger, type ErrorLogEntry, type LogError } from "../error-logger.js";
import { withErrorHandling, wrapHandler } from "../handlers.js";
import { engineio } from "../index.js";
import { retry } from "../retry.js";

const url = "http://localhost:5000";
const refused = new engineio.ConnectionError("Cannot connect: server refused");
const closed = new engineio.SocketIsClosedError("Cannot send: session is closed, must be open", { reason: "transport close" });
const tooLong = new engineio.ContentTooLongError("Cannot send: message is 5 bytes, must be at most 4", { limitBytes: 4, actualBytes: 5 });
const unknown = new engineio.UnknownPacketError("Cannot decode: packet type is 9, must be 0 to 6", { packetType: "9" });
const other = new engineio.EngineIOError("Cannot go on");

interface Client {
  readonly connect: Scripted;
  readonly send: Scripted;
}

test.each([
  [script(1), script(1), []],
  [script(refused), script(1), ["Connection failed: Cannot connect: server refused"]],
  [script(1), script(closed), ["Socket closed during operation: Cannot send: session is closed, must be open"]],
  [script(1), script(other), ["Engine.IO error occurred: Cannot go on"]],
  [script(1), script(new TypeError("bug")), ["Unexpected error: bug"]],
])("Exception Handling Patterns: Basic Exception Handling (%#)", async (connect, send, lines) => {
  const print = printer();
  try {
    await connect(url);
    await send("Hello Server!");
  } catch (error) {
    if (error instanceof engineio.ConnectionError) print(`Connection failed: ${error.message}`);
    else if (error instanceof engineio.SocketIsClosedError) print(`Socket closed during operation: ${error.message}`);
    else if (error instanceof engineio.EngineIOError) print(`Engine.IO error occurred: ${error.message}`);
    else print(`Unexpected error: ${(error as Error).message}`);
  }
  expect(print.lines).toEqual(lines);
});

test.each([
  [script("result"), [["sid", "result"]], []],
  [script(tooLong), [["sid", { error: "Message too large" }]], []],
  [script(closed), [], ["Client sid disconnected during processing"]],
  [script(other), [["sid", { error: "Processing failed" }]], ["Engine.IO error for client sid: Cannot go on"]],
  [script(new TypeError("bug")), [["sid", { error: "Internal server error" }]], ["Unexpected error processing message from sid: bug"]],
])("Exception Handling Patterns: Server-Side Exception Handling (%#)", async (processData, sent, lines) => {
  const print = printer();
  const send = script(1);
  const onMessage = async (sid: string, data: unknown): Promise<void> => {
    try {
      await send(sid, await processData(data));
    } catch (error) {
      if (error instanceof engineio.ContentTooLongError) await send(sid, { error: "Message too large" });
      else if (error instanceof engineio.SocketIsClosedError) print(`Client ${sid} disconnected during processing`);
      else if (error instanceof engineio.EngineIOError) {
        print(`Engine.IO error for client ${sid}: ${error.message}`);
        await send(sid, { error: "Processing failed" });
      } else {
        print(`Unexpected error processing message from ${sid}: ${(error as Error).message}`);
        await send(sid, { error: "Internal server error" });
      }
    }
  };
  await onMessage("sid", "data");
  expect([send.calls, print.lines]).toEqual([sent, lines]);
});

test.each([
  [script(1), script(1), []],
  [script(refused, 1), script(1), ["Connection error: Cannot connect: server refused"]],
  [script(refused), script(1), ["Connection error: Cannot connect: server refused", "Retry failed, giving up"]],
  [script(other), script(1), ["Engine.IO error: Cannot go on"]],
  [script(1), script(closed), ["Connection closed before sending message"]],
  [script(1), script(other), ["Failed to send initial message: Cannot go on"]],
])("Exception Handling Patterns: Async Exception Handling (%#)", async (connect, send, lines) => {
  const print = printer();
  const clock = new FakeClock();
  const onConnect = async (): Promise<void> => {
    try {
      await send("Hello Async Server!");
    } catch (error) {
      if (error instanceof engineio.SocketIsClosedError) print("Connection closed before sending message");
      else if (error instanceof engineio.EngineIOError) print(`Failed to send initial message: ${error.message}`);
    }
  };
  const main = async (): Promise<void> => {
    try {
      await retry(() => connect(url), { // five seconds later, once
        clock, attempts: 2, baseMs: 5000, jitter: 0,
        onRetry: ({ error }) => print(`Connection error: ${(error as Error).message}`),
      });
      await onConnect();
    } catch (error) {
      if (error instanceof engineio.ConnectionError) print("Retry failed, giving up");
      else if (error instanceof engineio.EngineIOError) print(`Engine.IO error: ${error.message}`);
    }
  };
  const done = main();
  await settle();
  clock.advance(5000);
  await done;
  expect(print.lines).toEqual(lines);
});

describe("Exception Handling Patterns: Comprehensive Error Handling", () => {
  async function run(send: Scripted, disconnect: Scripted, data: string, work: Scripted = script(1)): Promise<readonly string[]> {
    const log = printer();
    const answer = async (sid: string, error: string, code: string): Promise<void> => {
      await withErrorHandling({ event: "answer" }, () => send(sid, { error, code }), { onError: () => log(`Failed to send error response to ${sid}`) });
    };
    const onMessage = async (sid: string): Promise<void> => {
      try {
        if (data.length > 10_000) throw new engineio.ContentTooLongError("Message exceeds custom limit", { limitBytes: 10_000, actualBytes: data.length });
        await work(data);
        await send(sid, { echo: data });
      } catch (error) {
        if (error instanceof engineio.ContentTooLongError) {
          log(`Content too long from ${sid}: ${error.message}`);
          await answer(sid, "Message too large", "CONTENT_TOO_LONG");
        } else if (error instanceof engineio.SocketIsClosedError) log(`Client ${sid} socket closed: ${error.message}`);
        else if (error instanceof engineio.UnknownPacketError) {
          log(`Protocol error from ${sid}: ${error.message}`);
          await disconnect(sid).catch((failure: unknown) => { if (!(failure instanceof engineio.EngineIOError)) throw failure; });
        } else if (error instanceof engineio.EngineIOError) {
          log(`Engine.IO error for ${sid}: ${error.message}`);
          await answer(sid, "Server error", "SERVER_ERROR");
        } else {
          log(`Unexpected error processing message from ${sid}`);
          await answer(sid, "Internal error", "INTERNAL_ERROR");
        }
      }
    };
    await onMessage("sid");
    return log.lines;
  }

  test.each([
    ["an echo", script(1), "data", undefined, [], [["sid", { echo: "data" }]]],
    ["an application's own limit, at it", script(1), "x".repeat(10_000), undefined, [], [["sid", { echo: "x".repeat(10_000) }]]],
    ["an application's own limit, over it", script(1), "x".repeat(10_001), undefined, ["Content too long from sid: Message exceeds custom limit"], [["sid", { error: "Message too large", code: "CONTENT_TOO_LONG" }]]],
    ["a client that is gone before the answer", script(closed), "x".repeat(10_001), undefined, ["Content too long from sid: Message exceeds custom limit", "Failed to send error response to sid"], [["sid", { error: "Message too large", code: "CONTENT_TOO_LONG" }]]],
    ["a closed socket", script(closed), "data", undefined, ["Client sid socket closed: Cannot send: session is closed, must be open"], [["sid", { echo: "data" }]]],
    ["any other error of Engine.IO", script(1), "data", script(other), ["Engine.IO error for sid: Cannot go on"], [["sid", { error: "Server error", code: "SERVER_ERROR" }]]],
    ["a bug", script(1), "data", script(new TypeError("bug")), ["Unexpected error processing message from sid"], [["sid", { error: "Internal error", code: "INTERNAL_ERROR" }]]],
  ])("%s", async (_, send, data, work, lines, sent) => {
    expect(await run(send, script(1), data, work)).toEqual(lines);
    expect(send.calls).toEqual(sent);
  });

  test("a protocol error disconnects the client, who may already be gone", async () => {
    const disconnect = script(closed);
    expect(await run(script(1), disconnect, "data", script(unknown))).toEqual(["Protocol error from sid: Cannot decode: packet type is 9, must be 0 to 6"]);
    expect(disconnect.calls).toEqual([["sid"]]);
  });
});

describe("Exception Handling Patterns: Context Manager for Error Handling", () => {
  const handle = (print: Printed, clientId: string, fn: () => Promise<unknown>): Promise<unknown> => withErrorHandling({ event: clientId }, fn, {
    onError: (error) => {
      const words = new Map<unknown, string>([
        [engineio.ConnectionError, "Connection error"], [engineio.SocketIsClosedError, "Socket closed"], [engineio.ContentTooLongError, "Content too long"],
        [engineio.UnknownPacketError, "Protocol error"], [engineio.QueueEmpty, "Queue empty"],
      ]);
      if (error instanceof engineio.EngineIOError) print(`${words.get(error.constructor) ?? "Engine.IO error"} for ${clientId}: ${error.message}`);
    },
    rethrow: (error) => error instanceof engineio.ConnectionError || !(error instanceof engineio.EngineIOError),
  });

  const handled: readonly (readonly [engineio.EngineIOError, string])[] = [
    [closed, "Socket closed"], [tooLong, "Content too long"], [unknown, "Protocol error"],
    [new engineio.QueueEmpty("Cannot read: queue is empty"), "Queue empty"], [other, "Engine.IO error"],
  ];
  test.each(handled)("%o is handled", async (failure, words) => {
    const print = printer();
    await handle(print, "client-1", async () => { await script(1)(url); await script(failure)("Hello!"); });
    expect(print.lines).toEqual([`${words} for client-1: ${failure.message}`]);
  });

  test("a connection error is printed and goes on; a bug only goes on", async () => {
    const print = printer();
    await expect(handle(print, "client-1", () => script(refused)(url))).rejects.toBe(refused);
    const bug = new TypeError("bug");
    await expect(handle(print, "client-1", () => script(bug)(url))).rejects.toBe(bug);
    expect(print.lines).toEqual(["Connection error for client-1: Cannot connect: server refused"]);
  });
});

test("Exception Handling Patterns: Exception Handling in Event Handlers", async () => {
  const print = printer();
  const handleExceptions = (name: string) => (error: unknown): void =>
    print(`${error instanceof engineio.EngineIOError ? "Engine.IO" : "Unexpected"} error in ${name}: ${(error as Error).message}`);
  const onConnect = wrapHandler((sid: string): string => {
    if (sid === "bad") throw other;
    return sid;
  }, handleExceptions("onConnect"));
  const onMessage = wrapHandler(script("processed", new TypeError("bug")), handleExceptions("onMessage"));
  expect([onConnect("good"), onConnect("bad"), await onMessage("sid", 1), await onMessage("sid", 2)]).toEqual(["good", undefined, "processed", undefined]);
  expect(print.lines).toEqual(["Engine.IO error in onConnect: Cannot go on", "Unexpected error in onMessage: bug"]);
});

describe("Error Recovery Strategies: Automatic Reconnection", () => {
  class ResilientClient {
    readonly print = printer();
    readonly clock = new FakeClock();
    readonly client: Client;

    constructor(client: Client) {
      this.client = client;
    }

    async connect(): Promise<boolean> {
      try {
        await retry(() => this.client.connect(url), {
          attempts: 5, baseMs: 1000, jitter: 0, clock: this.clock,
          retryIf: (error) => error instanceof engineio.ConnectionError,
          onRetry: ({ attempt, error }) => this.print(`Connection attempt ${attempt} failed: ${(error as Error).message}`),
        });
        return true;
      } catch {
        return false;
      }
    }

    async sendSafe(data: unknown): Promise<boolean> {
      return await withErrorHandling({ event: "send" }, async () => {
        await this.client.send(data);
        return true;
      }, { onError: (error) => this.print(error instanceof engineio.SocketIsClosedError ? "Cannot send, socket is closed" : `Send failed: ${(error as Error).message}`) }) ?? false;
    }
  }

  async function connect(client: ResilientClient): Promise<boolean> {
    const connected = client.connect();
    await settle();
    while (client.clock.pending > 0) {
      client.clock.advance(client.clock.nextMs - client.clock.nowMs);
      await settle();
    }
    return await connected;
  }

  test("connects at the third attempt, after 1 and 2 seconds, and sends", async () => {
    const client = new ResilientClient({ connect: script(refused, refused, 1), send: script(1, closed, other) });
    expect(await connect(client)).toBe(true);
    expect(client.clock.nowMs).toBe(3000);
    expect([await client.sendSafe("Hello!"), await client.sendSafe("Hello!"), await client.sendSafe("Hello!")]).toEqual([true, false, false]);
    expect(client.print.lines).toEqual([
      "Connection attempt 1 failed: Cannot connect: server refused", "Connection attempt 2 failed: Cannot connect: server refused",
      "Cannot send, socket is closed", "Send failed: Cannot go on",
    ]);
  });

  test("gives up after five", async () => {
    const client = new ResilientClient({ connect: script(refused), send: script(1) });
    expect(await connect(client)).toBe(false);
    expect([client.client.connect.calls.length, client.clock.nowMs]).toEqual([5, 15_000]);
  });
});

test("Error Recovery Strategies: Circuit Breaker Pattern", async () => {
  const clock = new FakeClock();
  const circuit = new CircuitBreaker({
    clock, failureThreshold: 5, recoveryMs: 60_000,
    isFailure: (error) => error instanceof engineio.EngineIOError,
    createError: (message, options) => new engineio.ConnectionError(message, { cause: options.cause }),
  });
  const eio = { connect: script(refused, refused, refused, refused, refused, 1), send: script(1) };
  const safeConnect = () => circuit.call(eio.connect, url);
  const safeSend = (data: string) => circuit.call(eio.send, data);

  for (let failure = 0; failure < 5; failure++) await expect(safeConnect()).rejects.toBe(refused);
  expect(circuit.state).toBe("open");
  await expect(safeConnect()).rejects.toMatchObject({ name: "ConnectionError", layer: "engineio", message: "Cannot call: circuit is open, must be closed" });
  await expect(safeSend("data")).rejects.toBeInstanceOf(engineio.ConnectionError);
  expect([eio.connect.calls.length, eio.send.calls.length]).toEqual([5, 0]);
  clock.advance(60_000);
  await safeConnect();
  expect(circuit.state).toBe("closed");
  await safeSend("data");
  expect(eio.send.calls).toEqual([["data"]]);
});

test("Logging and Monitoring: Enhanced Error Logging", async () => {
  const written: [level: string, entry: object][] = [];
  const at = (level: string) => (entry: object) => void written.push([level, entry]);
  const logError: LogError = createErrorLogger({ logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, wallNow: () => 0 });
  const onMessage = async (sid: string, process: Scripted): Promise<ErrorLogEntry | undefined> => {
    try {
      await process();
      return undefined;
    } catch (error) {
      return logError(error, { sid, dataType: "string" });
    }
  };
  expect(await onMessage("a", script(1))).toBeUndefined();
  const entries = [];
  for (const failure of [refused, closed, tooLong, unknown, new TypeError("bug")]) entries.push(await onMessage("a", script(failure)));
  expect(entries[1]).toEqual({
    timestamp: "1970-01-01T00:00:00.000Z", errorType: "SocketIsClosedError", errorMessage: "Cannot send: session is closed, must be open",
    code: "engineio/socket-closed", context: { sid: "a", dataType: "string" },
  });
  expect(written.filter(([level]) => level !== "debug")).toEqual([["error", entries[0]], ["warn", entries[1]], ["warn", entries[2]], ["error", entries[3]], ["error", entries[4]]]);
  expect(written.filter(([level, entry]) => level === "debug" && "stack" in entry)).toHaveLength(3);
});
