/** WebSocketApp over connections in memory, and time that moves by hand. */
import { describe, expect, test } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import { ConnectionError } from "@x/errors/simple-ws";
import { WebSocketBadStatusException } from "@x/errors/wsframe";
import { settle } from "@x/testkit";
import { WebSocketApp } from "../shell/app.js";
import type { AppOptions } from "../shell/app-options.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { ManualClock } from "./manual-clock.js";
import { pair, type MemoryPair } from "./pair.js";

interface Connect { readonly token?: string }
type Answer = "open" | "silent" | Error;

/** An app whose attempts are answered as `answers` say, the last one for ever; `log` is what its callbacks were told. */
function appOf(answers: Answer[], options: AppOptions<Connect, WebSocketConnection> = {}) {
  const clock = new ManualClock();
  const log: string[] = [];
  const pairs: MemoryPair[] = [];
  const given: Connect[] = [];
  const app = new WebSocketApp<Connect, WebSocketConnection>(async (_url, connect) => {
    given.push(connect);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    if (answer === "silent") await new Promise((_, reject) => connect.signal.addEventListener("abort", () => reject(new Error("aborted"))));
    const one = pair({ clock });
    pairs.push(one);
    return one.client;
  }, "ws://memory/", {
    clock,
    onAttempt: ({ attempt, delayMs }) => log.push(`attempt ${attempt} after ${delayMs}`),
    onOpen: () => log.push("open"),
    onReconnect: () => log.push("reconnect"),
    onMessage: (data) => log.push(`message ${String(data)}`),
    onPing: () => log.push("ping"),
    onPong: () => log.push("pong"),
    onError: (error) => log.push(`error ${error instanceof Error ? error.name : String(error)}`),
    onClose: ({ code, reason }) => log.push(`close ${code} ${reason}`.trim()),
    ...options,
  });
  return { app, clock, log, pairs, given };
}

const reconnect = { attempts: 3, baseMs: 100, factor: 2, jitter: 0 };
const refused = (): Error => new ConnectionError("Cannot open", { code: "simple-ws/network-error", retryable: true });
const status = (statusCode: number, headers = {}): Error => new ConnectionError("Cannot open", { code: "simple-ws/bad-status", statusCode, retryable: true, cause: new WebSocketBadStatusException("no", { statusCode, headers }) });

describe("run()", () => {
  test("calls back, and resolves with a clean end", async () => {
    const { app, log, pairs } = appOf(["open"]);
    const running = app.run();
    await settle();
    expect(app.state).toBe("open");
    void pairs[0]?.server.send("hello");
    void pairs[0]?.server.ping();
    void pairs[0]?.client.ping();
    await settle();
    void pairs[0]?.server.close(1000, "bye");
    expect(await running).toMatchObject({ code: 1000, reason: "bye", wasClean: true });
    expect(log).toEqual(["attempt 1 after 0", "open", "message hello", "ping", "pong", "close 1000 bye"]);
    expect(app.state).toBe("closed");
  });

  test("onData is told everything once, piece by piece where it comes so; onFragment the pieces; onMessage the whole", async () => {
    const log: unknown[] = [];
    const { app, pairs } = appOf(["open"], {
      onData: (data, type, isLast) => log.push(["data", typeof data === "string" ? data : Buffer.from(data).toString("latin1"), type, isLast]),
      onFragment: (fragment, isLast) => log.push(["fragment", Buffer.from(fragment).toString("latin1"), isLast]),
      onMessage: (data) => void log.push(["message", data]),
    });
    const running = app.run();
    await settle();
    void pairs[0]?.server.send("whole");
    await pairs[0]?.server.sendFragments([Uint8Array.of(97), Uint8Array.of(98)]);
    void pairs[0]?.server.send(Uint8Array.of(99));
    await settle();
    await app.close();
    await running;
    expect(log).toEqual([
      ["data", "whole", "text", true], ["message", "whole"],
      ["data", "a", "binary", false], ["fragment", "a", false], ["data", "b", "binary", true], ["fragment", "b", true], ["message", Uint8Array.of(97, 98)],
      ["data", "c", "binary", true], ["message", Uint8Array.of(99)],
    ]);
  });

  test("without reconnect the first failure is the last: of an attempt, or of a connection", async () => {
    const failing = appOf([refused()]);
    await expect(failing.app.run()).rejects.toMatchObject({ name: "ConnectionError" });
    expect(failing.log).toEqual(["attempt 1 after 0", "error ConnectionError"]);
    const lost = appOf(["open"]);
    const running = lost.app.run();
    await settle();
    lost.pairs[0]?.cut();
    await expect(running).rejects.toMatchObject({ name: "ConnectionClosed", reason: 1006 });
    expect(lost.log).toEqual(["attempt 1 after 0", "open", "close 1006", "error ConnectionClosed"]);
  });

  test("reconnects with growing waits, every attempt seen, and rejects with the last failure", async () => {
    const { app, clock, log } = appOf([refused()], { reconnect });
    const running = app.run().catch((error: unknown) => error);
    for (const waitMs of [100, 200]) {
      await settle();
      expect(app.state).toBe("waiting");
      clock.advance(waitMs);
    }
    expect(await running).toBeInstanceOf(ConnectionError);
    expect(log).toEqual(["attempt 1 after 0", "error ConnectionError", "attempt 2 after 100", "error ConnectionError", "attempt 3 after 200", "error ConnectionError"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("a connection that lasted makes the next failure the first again", async () => {
    const { app, clock, log, pairs } = appOf(["open"], { reconnect: { ...reconnect, resetAfterMs: 1_000 } });
    const running = app.run();
    for (let round = 0; round < 4; round++) {
      await settle();
      clock.advance(1_000);
      pairs.at(-1)?.cut();
      await settle();
      clock.advance(100);
    }
    await settle();
    await app.close();
    expect(await running).toMatchObject({ code: 1000, initiator: "local" });
    expect(log.filter((line) => line.startsWith("attempt"))).toEqual(["attempt 1 after 0", ...Array<string>(4).fill("attempt 2 after 100")]);
    expect(log.filter((line) => line === "open" || line === "reconnect")).toEqual(["open", ...Array<string>(4).fill("reconnect")]);
  });

  test.each([401, 403, 404, 410])("HTTP %i is final", async (statusCode) => {
    const { app, log } = appOf([status(statusCode)], { reconnect });
    await expect(app.run()).rejects.toMatchObject({ statusCode });
    expect(log).toHaveLength(2);
  });

  test.each([[1001, true], [1011, true], [1012, true], [1002, false], [1008, false], [1000, false], [4401, false]])("after close code %i it reconnects: %s", async (code, isRetried) => {
    const { app, log, pairs } = appOf(["open"], { reconnect });
    const running = app.run().catch(() => undefined);
    await settle();
    void pairs[0]?.server.close(code);
    await settle();
    expect(app.state).toBe(isRetried ? "waiting" : "closed");
    await app.close();
    await running;
    expect(log).toContain(`close ${code}`);
  });

  test("a retryIf that throws says no, and what it threw goes to onError", async () => {
    const { app, log } = appOf([refused()], { reconnect: { ...reconnect, retryIf: () => { throw new TypeError("no such field"); } } });
    await expect(app.run()).rejects.toMatchObject({ code: "simple-ws/network-error" });
    expect(log).toEqual(["attempt 1 after 0", "error ConnectionError", "error TypeError"]);
  });

  test("Retry-After is waited for, up to a limit", async () => {
    const patient = appOf([status(503, { "retry-after": "5" }), "open"], { reconnect });
    void patient.app.run();
    await settle();
    patient.clock.advance(4_999);
    await settle();
    expect(patient.app.state).toBe("waiting");
    patient.clock.advance(1);
    await settle();
    expect(patient.log).toEqual(["attempt 1 after 0", "error ConnectionError", "attempt 2 after 5000", "open"]);
    await patient.app.close();
    await expect(appOf([status(503, { "retry-after": "6" })], { reconnect: { ...reconnect, maxRetryAfterMs: 5_000 } }).app.run()).rejects.toMatchObject({ statusCode: 503 });
  });

  test("options may be made for each attempt", async () => {
    const { app, clock, given } = appOf([refused(), "open"], { reconnect, connect: async ({ attempt }) => Promise.resolve({ token: `t${attempt}` }) });
    void app.run();
    await settle();
    clock.advance(100);
    await settle();
    expect(given.map(({ token }) => token)).toEqual(["t1", "t2"]);
    await app.close();
  });

  test("rejects when onOpen reads the connection itself, and leaves none behind", async () => {
    const { app, pairs } = appOf(["open"], { onOpen: (connection) => void connection[Symbol.asyncIterator]() });
    await expect(app.run()).rejects.toMatchObject({ code: "simple-ws/already-attached" });
    expect(await pairs[0]?.client.closed).toMatchObject({ code: 1006, initiator: "local" });
    expect(app.state).toBe("closed");
  });

  test("runs once at a time, and again after its end", async () => {
    const { app, log, pairs } = appOf(["open"]);
    const running = app.run();
    await expect(app.run()).rejects.toMatchObject({ code: "simple-ws/already-running" });
    await settle();
    await pairs[0]?.server.close();
    await running;
    const again = app.run();
    await settle();
    await app.close();
    await again;
    expect(log.filter((line) => line.startsWith("attempt"))).toHaveLength(2);
  });
});

describe("close()", () => {
  test("while connecting, while waiting, and before run's first turn", async () => {
    const connecting = appOf(["silent"]);
    const first = connecting.app.run();
    await settle();
    await connecting.app.close();
    expect(await first).toBeUndefined();
    const waiting = appOf([refused()], { reconnect });
    const second = waiting.app.run();
    await settle();
    await waiting.app.close();
    expect(await second).toBeUndefined();
    expect(waiting.clock.pendingTimers).toBe(0);
    const aborted = appOf(["open"]);
    expect(await aborted.app.run({ signal: AbortSignal.abort() })).toBeUndefined();
    expect(aborted.log).toEqual([]);
  });

  test("from within a callback", async () => {
    const { app, log } = appOf(["open"], { reconnect, onOpen: () => void app.close(4_000, "enough") });
    expect(await app.run()).toMatchObject({ code: 4_000, reason: "enough" });
    expect(log).toEqual(["attempt 1 after 0", "close 4000 enough"]);
  });

  test("by the signal of run()", async () => {
    const controller = new AbortController();
    const { app } = appOf(["open"], { reconnect });
    const running = app.run({ signal: controller.signal });
    await settle();
    controller.abort();
    expect(await running).toMatchObject({ code: 1000, initiator: "local" });
  });
});

test("send() needs an open connection", async () => {
  const { app, pairs } = appOf(["open"]);
  expect(() => app.send("x")).toThrow(expect.objectContaining({ name: "ConnectionClosed" }));
  void app.run();
  await settle();
  void app.send("x");
  expect(await pairs[0]?.server.receive()).toBe("x");
  await app.close();
});

test("what callbacks throw goes to onError and ends nothing; what onError throws goes to the reporter", async () => {
  const reported: unknown[] = [];
  const before = setErrorReporter((error) => reported.push(error));
  const seen: unknown[] = [];
  const { app, pairs } = appOf(["open"], { onOpen: () => { throw new Error("open"); }, onMessage: () => Promise.reject(new Error("message")), onError: (error) => { seen.push(error); throw new Error("error"); } });
  const running = app.run();
  await settle();
  void pairs[0]?.server.send("x");
  await settle();
  await app.close();
  await running;
  setErrorReporter(before);
  expect(seen.map(String)).toEqual(["Error: open", "Error: message"]);
  expect(reported.map(String)).toEqual(["Error: error", "Error: error"]);
});
