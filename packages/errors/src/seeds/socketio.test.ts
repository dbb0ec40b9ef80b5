/** The examples of Socket.IO's "Exception Handling", translated; each test has the name of its section. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { printer, script, type Scripted } from "../../test/support/script.js";
import { callSafely } from "../handlers.js";
import { socketio } from "../index.js";
import { retry } from "../retry.js";

const url = "http://localhost:5000";
const down = new socketio.ConnectionError("Cannot connect: server is unreachable");
const refused = new socketio.ConnectionRefusedError("Authentication failed", { data: { hint: "log in" } });
const timedOut = new socketio.TimeoutError("Cannot call: no answer within 5000 ms", { afterMs: 5000, operation: "call" });
const badNamespace = new socketio.BadNamespaceError("Cannot emit: namespace is not connected", { namespace: "/nonexistent", code: "socketio/namespace-not-connected" });
const gone = new socketio.DisconnectedError("Cannot emit: client is disconnected, must be connected", { reason: "io server disconnect" });

test.each([down, refused, timedOut, badNamespace, gone])("SocketIOError: %o is one", async (failure) => {
  const print = printer();
  try {
    await script(1)(url);
    await script(failure)("message", { text: "Hello" });
  } catch (error) {
    if (!(error instanceof socketio.SocketIOError)) throw error;
    print(`Socket.IO error occurred: ${error.message}`);
  }
  expect(print.lines).toEqual([`Socket.IO error occurred: ${failure.message}`]);
});

test("ConnectionError", async () => {
  for (const failure of [down, refused]) {
    await expect(script(failure)("http://unreachable-server:5000")).rejects.toBeInstanceOf(socketio.ConnectionError);
  }
});

describe("ConnectionRefusedError", () => {
  test("client: tells what the server said", async () => {
    const print = printer();
    try {
      await script(refused)(url, { auth: { token: "invalid_token" } });
    } catch (error) {
      if (!(error instanceof socketio.ConnectionRefusedError)) throw error;
      print(`Connection refused: ${error.message}`);
      print(`Error message: ${error.errorArgs.message}`);
      if ("data" in error.errorArgs) print(`Additional data: ${JSON.stringify(error.errorArgs.data)}`);
    }
    expect(print.lines).toEqual(["Connection refused: Authentication failed", "Error message: Authentication failed", 'Additional data: {"hint":"log in"}']);
  });

  test("server: is thrown by a connect handler", () => {
    const connect = (auth: { readonly token?: string } | undefined): void => {
      if (auth?.token !== "valid_token") throw new socketio.ConnectionRefusedError("Authentication failed");
    };
    expect(() => connect({ token: "valid_token" })).not.toThrow();
    for (const auth of [undefined, {}, { token: "other" }]) expect(() => connect(auth)).toThrow(socketio.ConnectionRefusedError);
    try {
      connect(undefined);
    } catch (error) {
      expect(error).toMatchObject({ errorArgs: { message: "Authentication failed" }, retryable: false });
    }
  });
});

test("TimeoutError", async () => {
  const disconnect = script(1);
  const call = async (answer: Scripted): Promise<string> => {
    try {
      return `Response: ${JSON.stringify(await answer("slow_operation", { data: "test" }, { timeoutMs: 5000 }))}`;
    } catch (error) {
      if (!(error instanceof socketio.TimeoutError)) throw error;
      return `Operation timed out: ${error.message}`;
    } finally {
      await disconnect();
    }
  };
  expect(await call(script({ result: "completed" }))).toBe('Response: {"result":"completed"}');
  expect(await call(script(timedOut))).toBe("Operation timed out: Cannot call: no answer within 5000 ms");
  expect(disconnect.calls).toHaveLength(2);
});

describe("BadNamespaceError", () => {
  test("client: falls back to the default namespace", async () => {
    const emit = script(badNamespace, 1);
    const print = printer();
    try {
      await emit("message", { text: "Hello" }, { namespace: "/nonexistent" });
    } catch (error) {
      if (!(error instanceof socketio.BadNamespaceError)) throw error;
      print(`Namespace error: ${error.namespace ?? ""}`);
      await emit("message", { text: "Hello" });
    }
    expect([print.lines, emit.calls.length]).toEqual([["Namespace error: /nonexistent"], 2]);
  });

  test("server: is thrown by a connect handler", () => {
    const connect = (namespace: string, auth: { readonly role?: string }): void => {
      if (!["chat", "game"].includes(namespace) && auth.role !== "admin") {
        throw new socketio.BadNamespaceError(`Access denied to namespace: /${namespace}`, { namespace: `/${namespace}`, code: "socketio/namespace-refused" });
      }
    };
    expect(() => connect("chat", {})).not.toThrow();
    expect(() => connect("secret", { role: "admin" })).not.toThrow();
    expect(() => connect("secret", {})).toThrow(socketio.BadNamespaceError);
  });
});

describe("DisconnectedError", () => {
  test.each([
    [script(1), ["Client disconnected", "Attempting to reconnect...", "Reconnected"]],
    [script(down), ["Client disconnected", "Attempting to reconnect...", "Reconnection failed: Cannot connect: server is unreachable"]],
  ])("client: reconnects (%#)", async (connect, lines) => {
    const print = printer();
    const emit = script(gone, 1);
    try {
      await emit("message", { text: "Hello" });
    } catch (error) {
      if (!(error instanceof socketio.DisconnectedError)) throw error;
      print("Client disconnected");
      try {
        print("Attempting to reconnect...");
        await connect(url);
        await emit("message", { text: "Reconnected" });
        print("Reconnected");
      } catch (reconnectError) {
        if (!(reconnectError instanceof socketio.ConnectionError)) throw reconnectError;
        print(`Reconnection failed: ${reconnectError.message}`);
      }
    }
    expect(print.lines).toEqual(lines);
  });

  test.each([[script({ user: 1 }), script(1), undefined], [script(gone), script(1), "Client sid disconnected during processing"], [script({ user: 1 }), script(gone), "Client sid disconnected during processing"]])(
    "server: a client that is gone while its message is handled (%#)", async (getSession, emit, line) => {
      const handleMessage = async (sid: string, data: unknown): Promise<string | undefined> => {
        try {
          await getSession(sid);
          await emit("response", { processed: data }, { room: sid });
          return undefined;
        } catch (error) {
          if (!(error instanceof socketio.DisconnectedError)) throw error;
          return `Client ${sid} disconnected during processing`;
        }
      };
      expect(await handleMessage("sid", "data")).toBe(line);
    });
});

describe("Exception Handling Patterns: Comprehensive Error Handling", () => {
  function client({ connect = script(1), emit = script(1), call = script(1) }: { connect?: Scripted; emit?: Scripted; call?: Scripted }) {
    const log = printer();
    const clock = new FakeClock();
    const tryReconnect = (attempts = 3): Promise<boolean> => retry(() => connect(url), {
      attempts, baseMs: 1000, jitter: 0, clock,
      onRetry: ({ attempt, delayMs }) => log(`Reconnection attempt ${attempt} failed, next in ${delayMs / 1000}s`),
    }).then(() => true, (error: unknown) => {
      log(error instanceof socketio.ConnectionRefusedError ? `Connection refused: ${error.message}` : "All reconnection attempts failed");
      return false;
    });
    const safeEmit = async (event: string, data: unknown, namespace?: string): Promise<unknown> => {
      try {
        return await emit(event, data, namespace);
      } catch (error) {
        if (error instanceof socketio.DisconnectedError) {
          log("Cannot emit: client disconnected");
          return await tryReconnect();
        }
        if (error instanceof socketio.BadNamespaceError) {
          log(`Invalid namespace: ${error.message}`);
          return await emit(event, data);
        }
        log(error instanceof socketio.SocketIOError ? `Socket.IO error: ${error.message}` : `Unexpected error: ${(error as Error).message}`);
        return undefined;
      }
    };
    const safeCall = async (event: string, data: unknown, timeoutMs = 30_000): Promise<unknown> => {
      try {
        return await call(event, data, { timeoutMs });
      } catch (error) {
        if (error instanceof socketio.TimeoutError) log(`Call to ${event} timed out after ${timeoutMs} ms`);
        else if (error instanceof socketio.DisconnectedError) {
          log("Cannot call: client disconnected");
          if (await tryReconnect()) return await call(event, data, { timeoutMs });
        } else if (error instanceof socketio.SocketIOError) log(`Call failed: ${error.message}`);
        else throw error;
        return null;
      }
    };
    const run = async (work: Promise<unknown>): Promise<{ result: unknown; lines: readonly string[]; waitedMs: number }> => {
      await settle();
      while (clock.pending > 0) {
        clock.advance(clock.nextMs - clock.nowMs);
        await settle();
      }
      return { result: await work, lines: log.lines, waitedMs: clock.nowMs };
    };
    return { safeEmit, safeCall, run };
  }

  test.each([
    ["sends", { emit: script("sent") }, "sent", []],
    ["reconnects", { emit: script(gone) }, true, ["Cannot emit: client disconnected"]],
    ["falls back to the default namespace", { emit: script(badNamespace, "sent") }, "sent", ["Invalid namespace: Cannot emit: namespace is not connected"]],
    ["logs any other error of Socket.IO", { emit: script(timedOut) }, undefined, ["Socket.IO error: Cannot call: no answer within 5000 ms"]],
    ["logs a bug", { emit: script(new TypeError("bug")) }, undefined, ["Unexpected error: bug"]],
  ])("safe_emit %s", async (_, scripts, result, lines) => {
    const { safeEmit, run } = client(scripts);
    expect(await run(safeEmit("message", { text: "Hello" }, "/chat"))).toMatchObject({ result, lines });
  });

  test.each([
    ["answers", { call: script("answer") }, "answer", []],
    ["gives up after its time", { call: script(timedOut) }, null, ["Call to get timed out after 30000 ms"]],
    ["calls again after reconnecting", { call: script(gone, "answer") }, "answer", ["Cannot call: client disconnected"]],
    ["stays without answer where it cannot reconnect", { call: script(gone), connect: script(refused) }, null, ["Cannot call: client disconnected", "Connection refused: Authentication failed"]],
    ["logs any other error of Socket.IO", { call: script(badNamespace) }, null, ["Call failed: Cannot emit: namespace is not connected"]],
  ])("safe_call %s", async (_, scripts, result, lines) => {
    const { safeCall, run } = client(scripts);
    expect(await run(safeCall("get", {}))).toMatchObject({ result, lines });
  });

  test("try_reconnect waits 1 and 2 seconds, and never goes on after a refusal", async () => {
    const failing = client({ emit: script(gone), connect: script(down) });
    expect(await failing.run(failing.safeEmit("message", {}))).toEqual({
      result: false, waitedMs: 3000,
      lines: ["Cannot emit: client disconnected", "Reconnection attempt 1 failed, next in 1s", "Reconnection attempt 2 failed, next in 2s", "All reconnection attempts failed"],
    });
    const refusing = client({ emit: script(gone), connect: script(down, refused) });
    expect(await refusing.run(refusing.safeEmit("message", {}))).toEqual({
      result: false, waitedMs: 1000,
      lines: ["Cannot emit: client disconnected", "Reconnection attempt 1 failed, next in 1s", "Connection refused: Authentication failed"],
    });
  });
});

describe("Exception Handling Patterns: Server-Side Error Handling", () => {
  const connect = async (auth: { readonly token?: string } | undefined, saveSession: Scripted, log: (line: string) => void): Promise<void> => {
    try {
      if (auth?.token !== "valid_token") throw new socketio.ConnectionRefusedError("Invalid credentials");
      await saveSession("sid", { userId: 1 });
    } catch (error) {
      if (error instanceof socketio.ConnectionRefusedError) throw error;
      log(`Connection error for sid: ${(error as Error).message}`);
      throw new socketio.ConnectionRefusedError("Internal server error", { cause: error });
    }
  };

  test("refuses bad credentials; hides what else went wrong behind a refusal", async () => {
    const log = printer();
    await expect(connect({ token: "valid_token" }, script(1), log)).resolves.toBeUndefined();
    await expect(connect({}, script(1), log)).rejects.toMatchObject({ errorArgs: { message: "Invalid credentials" } });
    const disk = new Error("disk full");
    await expect(connect({ token: "valid_token" }, script(disk), log)).rejects.toMatchObject({ errorArgs: { message: "Internal server error" }, cause: disk });
    expect(log.lines).toEqual(["Connection error for sid: disk full"]);
  });

  test.each([
    [script({ userId: 1 }), { content: "hi" }, [["message_result", { status: "processed", userId: 1 }]], []],
    [script({ userId: 1 }), {}, [["error", { message: "Message processing failed" }]], ["Message processing error for sid: Invalid message format"]],
    [script(gone), { content: "hi" }, [], ["Client sid disconnected during message processing"]],
  ])("handles a message (%#)", async (getSession, data: { readonly content?: string }, emitted, lines) => {
    const log = printer();
    const emit = script(1);
    const processMessage = (session: unknown): object => {
      if (data.content === undefined) throw new TypeError("Invalid message format");
      return { status: "processed", ...(session as { userId: number }) };
    };
    try {
      const session = await getSession("sid");
      await emit("message_result", processMessage(session));
    } catch (error) {
      if (error instanceof socketio.DisconnectedError) log("Client sid disconnected during message processing");
      else {
        log(`Message processing error for sid: ${(error as Error).message}`);
        await emit("error", { message: "Message processing failed" });
      }
    }
    expect([emit.calls, log.lines]).toEqual([emitted, lines]);
  });
});

describe("Exception Handling Patterns: Context Manager for Connection Handling", () => {
  async function withConnection(connect: Scripted, disconnect: Scripted, work: Scripted): Promise<readonly string[]> {
    const print = printer();
    const socketConnection = async (): Promise<AsyncDisposable> => {
      try {
        await connect(url);
      } catch (error) {
        if (error instanceof socketio.ConnectionError) print(`Failed to connect: ${error.message}`);
        throw error;
      }
      return { [Symbol.asyncDispose]: async () => { await callSafely(disconnect, [], () => {}); } };
    };
    try {
      await using sio = await socketConnection();
      print(`Response: ${JSON.stringify(await work(sio))}`);
    } catch (error) {
      if (error instanceof socketio.TimeoutError) print("Operation timed out");
      else if (error instanceof socketio.SocketIOError) print(`Socket.IO error: ${error.message}`);
      else throw error;
    }
    return print.lines;
  }

  test.each([
    [script(1), script("data"), ['Response: "data"'], 1],
    [script(1), script(timedOut), ["Operation timed out"], 1],
    [script(1), script(gone), ["Socket.IO error: Cannot emit: client is disconnected, must be connected"], 1],
    [script(down), script("data"), ["Failed to connect: Cannot connect: server is unreachable", "Socket.IO error: Cannot connect: server is unreachable"], 0],
  ])("disconnects whatever happened (%#)", async (connect, work, lines, disconnects) => {
    const disconnect = script(1);
    expect(await withConnection(connect, disconnect, work)).toEqual(lines);
    expect(disconnect.calls).toHaveLength(disconnects);
  });
});
