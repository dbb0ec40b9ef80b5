/** What happens when a connection is lost, and what is told. */
import { ConnectionRefusedError, JetSocketError } from "@x/errors/pool";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { failure, REFUSED, setUp, steady } from "./fake-transport.js";

/** The order of what was told, without changes of state. */
function order(told: readonly { readonly event: string }[]): string[] {
  return told.map(({ event }) => event).filter((event) => event !== "stateChange");
}

describe("reconnecting", () => {
  test("tells each step once, in order, with how long it was down", async () => {
    const { told, open, pass, socket } = setUp({ reconnect: steady });
    const link = await open();
    told.length = 0;
    link.close(1012, "restart");
    await pass(1_000);
    expect(told).toEqual([
      { event: "closing", payload: { code: 1012, reason: "restart", initiatedBy: "remote" } },
      { event: "stateChange", payload: { oldState: "connected", newState: "disconnected" } },
      { event: "disconnected", payload: { code: 1012, reason: "restart", wasClean: true } },
      { event: "closed", payload: { code: 1012, reason: "restart", reconnecting: true } },
      { event: "stateChange", payload: { oldState: "disconnected", newState: "reconnecting" } },
      { event: "reconnecting", payload: { attempt: 2, delayMs: 1_000, lastError: expect.objectContaining({ closeCode: 1012, reason: "restart" }) as Error } },
      { event: "stateChange", payload: { oldState: "reconnecting", newState: "backingOff" } },
      { event: "stateChange", payload: { oldState: "backingOff", newState: "connecting" } },
      { event: "connecting", payload: { url: "ws://fake/", attempt: 2 } },
      { event: "stateChange", payload: { oldState: "connecting", newState: "connected" } },
      { event: "reconnected", payload: { url: "ws://fake/", attempt: 2, downtimeMs: 1_000 } },
      { event: "connected", payload: { url: "ws://fake/", protocol: "fake", extensions: "" } },
    ]);
    expect(socket.stats()).toMatchObject({ reconnects: 1, lastReconnectAgoMs: 0 });
  });

  test("base, factor, cap and full jitter: waits are anything up to the bound", async () => {
    const { transport, open, of, pass } = setUp({ reconnect: { baseMs: 100, factor: 3, capMs: 500, attempts: 6 } });
    const link = await open();
    transport.answers = [REFUSED];
    link.close();
    for (let attempt = 0; attempt < 6; attempt++) await pass(500);
    const delays = of("reconnecting").map((payload) => (payload as { delayMs: number }).delayMs);
    expect(delays.length).toBe(5);
    for (const [index, bound] of [100, 300, 500, 500, 500].entries()) expect(delays[index]).toBeLessThanOrEqual(bound);
    expect(new Set(delays).size).toBe(5);
  });

  test("gives up after so many attempts, says so once, and can be connected again", async () => {
    const { socket, transport, open, told, pass, clock } = setUp({ reconnect: { ...steady, attempts: 3 } });
    const link = await open();
    transport.answers = [REFUSED];
    link.close();
    const waiting = failure(socket.receive());
    told.length = 0;
    await pass(1_000);
    await pass(2_000);
    expect(socket.state).toBe("failed");
    expect(await waiting).toBe(REFUSED);
    expect(order(told)).toEqual(["connecting", "error", "reconnecting", "connecting", "error", "closed"]);
    expect(told.at(-1)?.payload).toEqual({ code: 1006, reason: "", reconnecting: false });
    expect(told.at(-2)?.payload).toEqual({ error: REFUSED, fatal: true });
    expect(clock.pending).toBe(0);
    transport.answers = ["open"];
    await socket.connect();
    expect(socket.state).toBe("connected");
  });

  test("a connection that lasted makes the next failure the first again", async () => {
    const { socket, transport, open, pass, of } = setUp({ reconnect: { ...steady, attempts: 2, resetAfterMs: 60_000 } });
    await open();
    for (let life = 0; life < 4; life++) {
      await pass(60_000);
      transport.last.close();
      await pass(1_000);
      expect(socket.state).toBe("connected");
    }
    expect(of("reconnecting").map((payload) => (payload as { delayMs: number }).delayMs)).toEqual([1_000, 1_000, 1_000, 1_000]);
    await pass(59_000);
    transport.last.close(); // too soon
    expect(socket.state).toBe("failed");
  });

  test.each([1002, 1003, 1007, 1008, 1009, 1010, 4401, 4403])("close code %i ends it: no further attempt", async (code) => {
    const { socket, transport, open, pass, of } = setUp();
    const link = await open();
    const waiting = failure(socket.receive());
    link.close(code, "no");
    expect(await waiting).toMatchObject({ name: "ConnectionClosedError", closeCode: code, reason: "no" });
    await pass(120_000);
    expect([socket.state, transport.requests.length]).toEqual(["failed", 1]);
    expect(of("error")).toMatchObject([{ fatal: true }]);
  });

  test.each([1001, 1006, 1011, 1012, 1013, 1014, 4000])("close code %i does not", async (code) => {
    const { socket, open, pass } = setUp();
    (await open()).close(code);
    await pass(1_000);
    expect(socket.state).toBe("connected");
  });

  test.each([1000, 1005])("a clean %i of the peer ends it in peace", async (code) => {
    const { socket, transport, open, of } = setUp();
    const link = await open();
    link.close(code);
    expect([socket.state, transport.requests.length, of("error")]).toEqual(["closed", 1, []]);
  });

  test.each([401, 403, 404, 410])("HTTP %i ends it, 503 does not", async (httpStatus) => {
    const { socket, transport, pass } = setUp({ reconnect: steady });
    transport.answers = [new ConnectionRefusedError("no", { httpStatus: 503 }), new ConnectionRefusedError("no", { httpStatus })];
    const connecting = failure(socket.connect());
    await settle();
    await pass(1_000);
    expect(await connecting).toMatchObject({ httpStatus });
    expect([socket.state, transport.requests.length]).toEqual(["failed", 2]);
  });

  test("Retry-After is waited for, up to a bound", async () => {
    const busy = new ConnectionRefusedError("busy", { httpStatus: 429, cause: { headers: { "retry-after": "7" } } });
    const { socket, transport, of } = setUp({ reconnect: steady });
    transport.answers = [busy];
    void socket.connect().catch(() => undefined);
    await settle();
    expect(of("reconnecting")).toMatchObject([{ delayMs: 7_000 }]);
    const strict = setUp({ reconnect: { ...steady, maxRetryAfterMs: 6_999 } });
    strict.transport.answers = [busy];
    expect(await failure(strict.socket.connect())).toBe(busy);
  });

  test("retryIf decides instead", async () => {
    const { socket, open, pass } = setUp({ reconnect: { ...steady, retryIf: (error) => error instanceof JetSocketError && error.closeCode === 1000 } });
    (await open()).close(1000);
    await pass(1_000);
    expect(socket.state).toBe("connected");
  });

  test("a retryIf that throws says no, and what it threw is told", async () => {
    const broken = new TypeError("no such field");
    const { socket, open, of, clock } = setUp({
      reconnect: { ...steady, retryIf: () => {
        throw broken;
      } },
    });
    (await open()).close(1012);
    expect(of("error")).toMatchObject([{ error: broken, fatal: false }, { error: { closeCode: 1012 }, fatal: true }]);
    expect([socket.state, clock.pending]).toEqual(["failed", 0]);
  });

  test("reconnect: false: the first end is the last", async () => {
    const { socket, open, transport, of } = setUp({ reconnect: false });
    (await open()).close();
    expect([socket.state, transport.requests.length, of("reconnecting")]).toEqual(["closed", 1, []]);
    expect(await failure(socket.receive())).toMatchObject({ closeCode: 1006 });
  });

  test("wake() ends a wait; the transport may call it, as browsers do when they are online", async () => {
    const { socket, transport, open } = setUp({ reconnect: steady });
    (await open()).close();
    expect(socket.state).toBe("backingOff");
    transport.wake?.();
    await settle();
    expect(socket.state).toBe("connected");
    await Promise.all([socket.close(), settle().then(() => transport.last.answerClose())]);
    expect(transport.wake).toBe(undefined);
  });
});

test("a listener may call anything: the state has settled, and events keep their order", async () => {
  const { socket, open, told } = setUp();
  const link = await open();
  socket.on("disconnected", () => void socket.close());
  told.length = 0;
  link.close();
  await settle();
  expect(socket.state).toBe("closed");
  expect(order(told)).toEqual(["disconnected", "closed", "reconnecting", "closed"]);
  expect(told.at(-1)?.payload).toMatchObject({ reconnecting: false });
});
