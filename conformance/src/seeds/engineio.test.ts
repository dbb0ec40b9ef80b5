/** The examples of Engine.IO's "Exception Handling" against a real server; each test has the name of its section. */
import { connect, type Connection as Client } from "@x/engineio/client";
import type { Socket } from "@x/engineio/server";
import { engineio } from "@x/errors";
import { CircuitBreaker } from "@x/errors/circuit-breaker";
import { createErrorLogger } from "@x/errors/error-logger";
import { withErrorHandling, wrapHandler } from "@x/errors/handlers";
import { retry } from "@x/errors/retry";
import { FakeClock } from "@x/testkit";
import { expect, test } from "vitest";
import { deadUrl, engine, engineClient, http, next, printer } from "./support.js";

test("Basic Exception Handling", async () => {
  const { url, connected } = await engine();
  const print = printer();
  const talk = async (to: string, use: (eio: Client) => unknown): Promise<void> => {
    try {
      const eio = await connect(to);
      await use(eio);
      eio.close(true);
    } catch (error) {
      if (error instanceof engineio.ConnectionError) print("Connection failed");
      else if (error instanceof engineio.SocketIsClosedError) print(`Socket closed during operation: ${error.message}`);
      else if (error instanceof engineio.EngineIOError) print(`Engine.IO error occurred: ${error.code}`);
      else throw error;
    }
  };
  const heard = connected.then((socket) => next((listener) => socket.once("message", listener)));
  await talk(url, async (eio) => {
    await eio.send("Hello Server!");
    await heard;
  });
  expect(await heard).toBe("Hello Server!");
  await talk(deadUrl, () => undefined);
  await talk(url, (eio) => eio.close(true).send("too late"));
  await talk(url, (eio) => eio.send("x".repeat(1_000_001)));
  expect(print.lines).toEqual(["Connection failed", "Socket closed during operation: Cannot send: session is closing, must be open", "Engine.IO error occurred: engineio/content-too-long"]);
});

test("a failed connection keeps its causes, down to the system's", async () => {
  const error = await connect(deadUrl).catch((thrown: unknown) => thrown);
  const causes: unknown[] = [];
  for (let at = error; at instanceof Error; at = at.cause) causes.push("syscall" in at ? at.syscall : at.name);
  expect(causes[0]).toBe("ConnectionError");
  expect(causes.at(-1)).toBe("connect");
  expect(error).toMatchObject({ retryable: true, layer: "engineio" });
});

test("Server-Side Exception Handling", async () => {
  const print = printer();
  const answers: Record<string, () => string> = {
    fine: () => "result",
    long: () => { throw new engineio.ContentTooLongError("Message exceeds custom limit"); },
    broken: () => { throw new engineio.EngineIOError("Cannot process"); },
    bug: () => { throw new TypeError("bug"); },
  };
  const { url } = await engine((socket) => socket.on("message", (data) => {
    try {
      void socket.send(String(answers[String(data)]?.()));
    } catch (error) {
      if (error instanceof engineio.ContentTooLongError) void socket.send("Message too large");
      else if (error instanceof engineio.SocketIsClosedError) print("disconnected during processing");
      else if (error instanceof engineio.EngineIOError) void socket.send("Processing failed");
      else void socket.send("Internal server error");
    }
  }));
  const client = await engineClient(url);
  const ask = async (text: string): Promise<unknown> => {
    const answer = next((listener) => client.once("message", listener));
    await client.send(text);
    return await answer;
  };
  expect([await ask("fine"), await ask("long"), await ask("broken"), await ask("bug")]).toEqual(["result", "Message too large", "Processing failed", "Internal server error"]);
  expect(print.lines).toEqual([]);
});

test("Async Exception Handling", async () => {
  const print = printer();
  const main = async (url: string): Promise<void> => {
    try {
      const client = await retry(() => connect(url), { attempts: 2, baseMs: 1, onRetry: () => print("Connection error, once more") });
      await client.send("Hello Async Server!");
      await client[Symbol.asyncDispose]();
      print("done");
    } catch (error) {
      if (!(error instanceof engineio.ConnectionError)) throw error;
      print("Retry failed, giving up");
    }
  };
  const { url } = await engine();
  await main(url);
  await main(deadUrl);
  expect(print.lines).toEqual(["done", "Connection error, once more", "Retry failed, giving up"]);
});

test("Comprehensive Error Handling: a limit of one's own, a client that is gone, a protocol error", async () => {
  const log = printer();
  const onMessage = (socket: Socket, data: string): void => {
    try {
      if (data.length > 10_000) throw new engineio.ContentTooLongError("Message exceeds custom limit", { limitBytes: 10_000, actualBytes: data.length });
      void socket.send(`echo of ${data.length}`);
    } catch (error) {
      if (!(error instanceof engineio.ContentTooLongError)) throw error;
      log(`Content too long: ${error.message}`);
      void withErrorHandling({ event: "answer" }, () => socket.send("CONTENT_TOO_LONG"), { onError: () => log("Cannot send error response, client disconnected") });
    }
  };
  const { url, connected } = await engine((socket) => socket.on("message", (data) => onMessage(socket, String(data))));
  const client = await engineClient(url);
  for (const [length, answer] of [[10_000, "echo of 10000"], [10_001, "CONTENT_TOO_LONG"]] as const) {
    const answered = next((listener) => client.once("message", listener));
    await client.send("x".repeat(length));
    expect(await answered).toBe(answer);
  }
  const socket = await connected;
  socket.close(true);
  onMessage(socket, "x".repeat(10_001));
  expect(log.lines.at(-1)).toBe("Cannot send error response, client disconnected");

  const faults = await engine();
  const sid = (JSON.parse((await (await fetch(`${faults.url}/engine.io/?EIO=4&transport=polling`)).text()).slice(1)) as { sid: string }).sid;
  const ended = next<unknown>((listener) => void faults.connected.then((session) => session.once("close", (_, description) => listener(description))));
  const { status } = await fetch(`${faults.url}/engine.io/?EIO=4&transport=polling&sid=${sid}`, { method: "POST", headers: { "content-type": "text/plain" }, body: "9 what?" });
  expect([status, await ended]).toEqual([400, expect.any(engineio.UnknownPacketError)]);
});

test("Context Manager for Error Handling", async () => {
  const print = printer();
  const handled = (fn: () => Promise<unknown>): Promise<unknown> => withErrorHandling({ event: "client-1" }, fn, {
    onError: (error) => print(error instanceof engineio.SocketIsClosedError ? "Socket closed for client-1" : "Connection error for client-1"),
    rethrow: (error) => error instanceof engineio.ConnectionError,
  });
  const { url } = await engine();
  await handled(async () => (await engineClient(url)).close(true).send("Hello!"));
  await expect(handled(() => connect(deadUrl))).rejects.toBeInstanceOf(engineio.ConnectionError);
  expect(print.lines).toEqual(["Socket closed for client-1", "Connection error for client-1"]);
});

test("Exception Handling in Event Handlers: by wrapHandler, and by the server's own onError", async () => {
  const caught: string[] = [];
  const failing = (data: unknown): Promise<never> => Promise.reject(new Error(`cannot process ${String(data)}`));
  let arm: (socket: Socket) => unknown = (socket) => socket.on("message", wrapHandler(failing, (error) => caught.push((error as Error).message)));
  const { url } = await engine((socket) => arm(socket), { onError: (error, { event }) => void caught.push(`${event ?? ""}: ${(error as Error).message}`) });
  const first = await engineClient(url);
  await first.send("one");
  await expect.poll(() => caught).toEqual(["cannot process one"]);
  arm = (socket) => socket.on("message", failing);
  const second = await engineClient(url);
  await second.send("two");
  await expect.poll(() => caught).toEqual(["cannot process one", "message: cannot process two"]);
  expect(second.readyState).toBe("open");
});

test("Automatic Reconnection: the third attempt meets a server that is up again", async () => {
  const { server } = await engine();
  let requests = 0;
  const url = await http((request, response) => {
    if (++requests <= 2) response.writeHead(503, { "retry-after": "0" }).end();
    else server.handleRequest(request, response);
  });
  const failures: unknown[] = [];
  const client = await retry(() => connect(url, { transports: ["polling"] }), { baseMs: 1, onRetry: ({ error }) => void failures.push(error) });
  expect(client.readyState).toBe("open");
  expect(failures).toEqual([expect.objectContaining({ httpStatus: 503, retryable: true }), expect.objectContaining({ httpStatus: 503 })]);
  const sendSafe = (data: string): boolean => withErrorHandling({ event: "send" }, () => Boolean(client.send(data)), { onError: () => undefined }) ?? false;
  expect(sendSafe("Hello!")).toBe(true);
  client.close(true);
  expect(sendSafe("Hello!")).toBe(false);
});

test("Circuit Breaker Pattern", async () => {
  const clock = new FakeClock();
  const { url } = await engine();
  const circuit = new CircuitBreaker({
    clock, failureThreshold: 2, recoveryMs: 60_000,
    createError: (message, { cause }) => new engineio.ConnectionError(message, { cause }),
  });
  const safeConnect = (to: string) => circuit.call(engineClient, to);
  await expect(safeConnect(deadUrl)).rejects.toMatchObject({ code: "engineio/connection-failed" });
  await expect(safeConnect(deadUrl)).rejects.toBeInstanceOf(engineio.ConnectionError);
  await expect(safeConnect(url)).rejects.toThrow("Cannot call: circuit is open, must be closed");
  clock.advance(60_000);
  expect((await safeConnect(url)).readyState).toBe("open");
  expect(circuit.state).toBe("closed");
});

test("Enhanced Error Logging", async () => {
  const entries: object[] = [];
  const write = (entry: object): unknown => entries.push(entry);
  const logError = createErrorLogger({ logger: { debug: () => undefined, info: write, warn: write, error: write } });
  const { url } = await engine((socket) => socket.on("message", (data) => {
    try {
      void socket.close(true).send(data);
    } catch (error) {
      logError(error, { sid: socket.id, dataType: typeof data });
    }
  }));
  const client = await engineClient(url);
  await client.send("Hello!");
  await expect.poll(() => entries).toEqual([{
    timestamp: expect.stringMatching(/^\d{4}-/) as string, errorType: "SocketIsClosedError", code: "engineio/socket-closed",
    errorMessage: "Cannot send: session is closing, must be open", context: { sid: expect.any(String) as string, dataType: "string" },
  }]);
});
