/** The examples of simple-websocket's "Exception Handling", translated; each test has the name of its section. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { printer, script, type Scripted } from "../../test/support/script.js";
import { callSafely } from "../handlers.js";
import { simpleWs, wsframe } from "../index.js";
import { isRetryable, retry } from "../retry.js";

const text = (message: unknown): string => typeof message === "string" ? message : "[binary]";
const url = "ws://localhost:8000/ws";
const status = (statusCode: number): simpleWs.ConnectionError => new simpleWs.ConnectionError(`Cannot connect: status is ${statusCode}, must be 101`, {
  statusCode, code: "simple-ws/bad-status", cause: new wsframe.WebSocketBadStatusException("Cannot open", { statusCode }),
});
const ended = (reason: number, message = ""): simpleWs.ConnectionClosed => new simpleWs.ConnectionClosed(message, { reason, wasClean: reason !== 1006 });

test("Close Reason Codes: each can be the reason of a ConnectionClosed", () => {
  for (const code of [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1015]) {
    expect(ended(code)).toMatchObject({ reason: code, closeCode: code, message: "" });
  }
});

test.each([
  [script("ws"), script("hi"), ["Response: hi"]],
  [script(status(403)), script(), ["Failed to connect: Cannot connect: status is 403, must be 101", "HTTP Status: 403"]],
  [script(new simpleWs.ConnectionError("Cannot connect: network is down")), script(), ["Failed to connect: Cannot connect: network is down"]],
  [script("ws"), script(ended(1001, "bye")), ["Connection was closed: ConnectionClosed: Connection closed: 1001 bye", "Close reason: 1001", "Close message: bye"]],
  [script("ws"), script(ended(1006)), ["Connection was closed: ConnectionClosed: Connection closed: 1006", "Close reason: 1006"]],
  [script("ws"), script(new TypeError("bug")), ["Unexpected error: bug"]],
])("Usage Examples: Basic Error Handling (%#)", async (connect, receive, lines) => {
  const print = printer();
  const close = script(ended(1000)); // closing what is closed is nobody's concern
  try {
    await connect(url);
    print(`Response: ${text(await receive({ timeoutMs: 10_000 }))}`);
  } catch (error) {
    if (error instanceof simpleWs.ConnectionError) {
      print(`Failed to connect: ${error.message}`);
      if (error.statusCode !== undefined) print(`HTTP Status: ${error.statusCode}`);
    } else if (error instanceof simpleWs.ConnectionClosed) {
      print(`Connection was closed: ${String(error)}`);
      print(`Close reason: ${error.reason}`);
      if (error.message !== "") print(`Close message: ${error.message}`);
    } else print(`Unexpected error: ${(error as Error).message}`);
  } finally {
    await callSafely(close, [], () => {});
  }
  expect(print.lines).toEqual(lines);
  expect(close.calls).toHaveLength(1);
});

test.each([
  [script(1), script("hi"), "Server response: hi"],
  [script(1), script(null), "Timeout waiting for server response"],
  [script(status(403)), script(), "Access forbidden - check authentication"],
  [script(status(404)), script(), "WebSocket endpoint not found"],
  [script(status(503)), script(), "Server error - try again later"],
  [script(1), script(ended(1000)), "Connection closed normally"],
  [script(1), script(ended(1001)), "Server is shutting down"],
  [script(1), script(ended(1008)), "Message violated server policy"],
  [script(1), script(ended(1009)), "Message was too large"],
  [script(1), script(ended(1011)), "Connection closed with code: 1011"],
])("Usage Examples: Async Error Handling (%#)", async (connect, receive, line) => {
  const print = printer();
  try {
    await connect("wss://secure-server.com/ws");
    const response = await receive({ timeoutMs: 15_000 });
    print(response === null ? "Timeout waiting for server response" : `Server response: ${text(response)}`);
  } catch (error) {
    if (error instanceof simpleWs.ConnectionError) {
      if (error.statusCode === 403) print("Access forbidden - check authentication");
      else if (error.statusCode === 404) print("WebSocket endpoint not found");
      else if ((error.statusCode ?? 0) >= 500) print("Server error - try again later");
    } else if (error instanceof simpleWs.ConnectionClosed) {
      if (error.reason === 1000) print("Connection closed normally");
      else if (error.reason === 1001) print("Server is shutting down");
      else if (error.reason === 1008) print("Message violated server policy");
      else if (error.reason === 1009) print("Message was too large");
      else print(`Connection closed with code: ${error.reason}`);
    }
  }
  expect(print.lines).toEqual([line]);
});

test.each([
  [script(1), script("a", null), ["Echo: a"], ["Client timeout - closing connection"], [[1000, "Timeout"], [1011, "Server error"]]],
  [script(1), script(ended(1001)), [], ["Client disconnected: 1001", "Client navigated away"], [[1011, "Server error"]]],
  [script(1), script("a", "b", ended(1006)), ["Echo: a", "Echo: b"], ["Client disconnected: 1006", "Connection lost unexpectedly"], [[1011, "Server error"]]],
  [script(status(400)), script(), [], ["Bad WebSocket request"], []],
  [script(status(426)), script(), [], ["Upgrade required"], []],
  [script(1), script(new TypeError("bug")), [], ["Unexpected server error: bug"], [[1011, "Server error"]]],
])("Usage Examples: Server Error Handling (%#)", async (accept, receive, echoes, lines, closes) => {
  const print = printer();
  const [send, close] = [script(1), script(1)];
  let accepted = false;
  const echo = async (): Promise<void> => {
    for (;;) {
      const message = await receive({ timeoutMs: 30_000 });
      if (message === null) {
        print("Client timeout - closing connection");
        await close(1000, "Timeout");
        return;
      }
      await send(`Echo: ${text(message)}`);
    }
  };
  try {
    await accept({ subprotocols: ["chat", "echo"], maxMessageBytes: 1024 * 1024 });
    accepted = true;
    await echo();
  } catch (error) {
    if (error instanceof simpleWs.ConnectionClosed) {
      print(`Client disconnected: ${error.reason}`);
      if (error.reason === 1001) print("Client navigated away");
      else if (error.reason === 1006) print("Connection lost unexpectedly");
    } else if (error instanceof simpleWs.ConnectionError) {
      if (error.statusCode === 400) print("Bad WebSocket request");
      else if (error.statusCode === 426) print("Upgrade required");
    } else print(`Unexpected server error: ${(error as Error).message}`);
  } finally {
    if (accepted) await callSafely(close, [1011, "Server error"], () => {});
  }
  expect([send.calls.map(([text]) => text), print.lines, close.calls]).toEqual([echoes, lines, closes]);
});

describe("Usage Examples: Custom Exception Handling", () => {
  async function connectWithRetry(connect: Scripted): Promise<{ connected: boolean; lines: readonly string[]; waitedMs: number }> {
    const print = printer();
    const clock = new FakeClock();
    const done = retry(() => connect(url), {
      attempts: 3, baseMs: 2000, jitter: 0, clock,
      onRetry: ({ attempt, error }) => print(`Connection attempt ${attempt} failed: ${(error as Error).message}`),
    }).then(() => true, (error: unknown) => {
      if (!(error instanceof simpleWs.ConnectionError)) throw error;
      if (error.statusCode === 401) print("Authentication required - cannot retry");
      else if (error.statusCode === 404) print("Endpoint not found - cannot retry");
      else print("Max reconnection attempts reached");
      return false;
    });
    await settle();
    while (clock.pending > 0) {
      clock.advance(clock.nextMs - clock.nowMs);
      await settle();
    }
    return { connected: await done, lines: print.lines, waitedMs: clock.nowMs };
  }

  test("connects with automatic retry", async () => {
    expect(await connectWithRetry(script(status(503), 1))).toEqual({ connected: true, lines: ["Connection attempt 1 failed: Cannot connect: status is 503, must be 101"], waitedMs: 2000 });
  });

  test.each([[401, "Authentication required - cannot retry"], [404, "Endpoint not found - cannot retry"]])("does not retry %i", async (statusCode, line) => {
    expect(await connectWithRetry(script(status(statusCode)))).toEqual({ connected: false, lines: [line], waitedMs: 0 });
  });

  test("gives up after three attempts", async () => {
    const { connected, lines, waitedMs } = await connectWithRetry(script(status(503)));
    expect([connected, lines.at(-1), waitedMs]).toEqual([false, "Max reconnection attempts reached", 6000]);
  });

  test("handles messages, pings on silence, and reconnects by the close reason", async () => {
    for (const [reason, reconnects] of [[1001, true], [1006, true], [1011, true], [1000, false], [1008, false]] as const) {
      const send = script(1);
      const receive = script("a", null, ended(reason));
      let shouldReconnect: boolean | undefined;
      try {
        for (;;) {
          const message = await receive({ timeoutMs: 60_000 });
          await send(message === null ? "ping" : `Processed: ${text(message)}`);
        }
      } catch (error) {
        if (!(error instanceof simpleWs.ConnectionClosed)) throw error;
        shouldReconnect = isRetryable(error);
      }
      expect([send.calls, shouldReconnect]).toEqual([[["Processed: a"], ["ping"]], reconnects]);
    }
  });

  test("answers with what processing failed with", async () => {
    const send = script(1);
    const process = async (message: string): Promise<void> => {
      try {
        await script(new TypeError("bug"))(message);
      } catch (error) {
        await send(`Error: ${(error as Error).message}`);
      }
    };
    await process("a");
    expect(send.calls).toEqual([["Error: bug"]]);
  });
});

describe("Best Practices", () => {
  const kind = async (work: Scripted): Promise<string> => {
    try {
      await work();
      return "done";
    } catch (error) {
      if (error instanceof simpleWs.ConnectionError) return "establishment";
      if (error instanceof simpleWs.ConnectionClosed) {
        if ([1000, 1001].includes(error.reason)) return "clean shutdown";
        if ([1002, 1003, 1007].includes(error.reason)) return "protocol error";
        if ([1006, 1011].includes(error.reason)) return "consider reconnection";
        return "closed";
      }
      throw error;
    }
  };

  test("1. Always Handle Both Exception Types", async () => {
    expect([await kind(script(1)), await kind(script(status(500))), await kind(script(ended(1008)))]).toEqual(["done", "establishment", "closed"]);
  });

  test.each([[1000, "clean shutdown"], [1001, "clean shutdown"], [1002, "protocol error"], [1003, "protocol error"], [1007, "protocol error"], [1006, "consider reconnection"], [1011, "consider reconnection"]])(
    "2. Check Close Reasons for Appropriate Response: %i", async (reason, expected) => {
      expect(await kind(script(ended(reason)))).toBe(expected);
    });

  test("3. Use Finally Blocks for Cleanup, or await using", async () => {
    const close = script(ended(1006), 1);
    const open = (): AsyncDisposable => ({ [Symbol.asyncDispose]: async () => { await callSafely(close, [], () => {}); } });
    const use = async (): Promise<void> => {
      await using connection = open();
      await script(status(500))(connection);
    };
    await expect(use()).rejects.toBeInstanceOf(simpleWs.ConnectionError);
    expect(close.calls).toHaveLength(1);
  });
});
