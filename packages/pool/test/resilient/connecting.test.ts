/** Connecting, and running until it is over. */
import { ConnectionTimeoutError, InvalidStateError } from "@x/errors/pool";
import { settle } from "@x/testkit";
import { describe, expect, test, vi } from "vitest";
import { failure, REFUSED, setUp, watch, steady } from "./fake-transport.js";

describe("connect()", () => {
  test("opens, and tells where and how", async () => {
    const { socket, told, open } = setUp();
    expect([socket.state, socket.isConnected, socket.url, socket.protocol]).toEqual(["idle", false, undefined, ""]);
    await open();
    expect([socket.state, socket.isConnected, socket.url, socket.protocol]).toEqual(["connected", true, "ws://fake/", "fake"]);
    expect(told.filter(({ event }) => event !== "stateChange")).toEqual([
      { event: "connecting", payload: { url: "ws://fake/", attempt: 1 } },
      { event: "connected", payload: { url: "ws://fake/", protocol: "fake", extensions: "" } },
    ]);
  });

  test("tries again with growing waits, and resolves with the first success", async () => {
    const { socket, transport, of, pass } = setUp({ reconnect: steady });
    transport.answers = [REFUSED, REFUSED, "open"];
    const connecting = watch(socket.connect());
    await settle();
    expect(socket.state).toBe("backingOff");
    await pass(999);
    expect(transport.requests.length).toBe(1);
    await pass(1);
    await pass(2_000);
    expect([connecting, socket.state]).toEqual([{ value: undefined }, "connected"]);
    expect(transport.requests.map(({ reason, attempt, cause }) => [reason, attempt, cause])).toEqual([["connect", 1, undefined], ["connect", 2, REFUSED], ["connect", 3, REFUSED]]);
    expect(of("reconnecting")).toEqual([{ attempt: 2, delayMs: 1_000, lastError: REFUSED }, { attempt: 3, delayMs: 2_000, lastError: REFUSED }]);
    expect(of("error")).toEqual([{ error: REFUSED, fatal: false }, { error: REFUSED, fatal: false }]);
  });

  test("timeoutMs bounds all of it: it rejects with the last failure, and may be called again", async () => {
    const { socket, transport, pass, clock } = setUp({ reconnect: steady });
    transport.answers = ["hang"];
    const first = failure(socket.connect({ timeoutMs: 5_000 }));
    await pass(4_999);
    expect(socket.state).toBe("connecting");
    await pass(1);
    expect(await first).toBeInstanceOf(ConnectionTimeoutError);
    expect(await first).toMatchObject({ operation: "connect", afterMs: 5_000 });
    expect([socket.state, transport.requests[0]?.signal.aborted, clock.pending]).toEqual(["failed", true, 0]);
    transport.answers = [REFUSED];
    const second = failure(socket.connect({ timeoutMs: 500 }));
    expect(await second).toBe(REFUSED); // the next wait would be too long
    transport.answers = ["open"];
    await socket.connect({ timeoutMs: 30_000 });
    expect(socket.state).toBe("connected");
  });

  test("connectTimeoutMs bounds one attempt, the functions for URL and headers included", async () => {
    const { socket, of, pass, transport } = setUp({ connectTimeoutMs: 100, reconnect: steady }, () => new Promise<string>(() => undefined));
    void socket.connect().catch(() => undefined);
    await pass(99);
    expect(of("error")).toEqual([]);
    await pass(1);
    expect(of("error")).toMatchObject([{ error: { code: "pool/connection-timeout", afterMs: 100 }, fatal: false }]);
    expect(transport.requests).toEqual([]);
  });

  test("a connection that comes too late is hung up", async () => {
    const { socket, transport, pass } = setUp({ connectTimeoutMs: 100, reconnect: false });
    transport.answers = ["hang"];
    const connecting = failure(socket.connect());
    await settle();
    await pass(100);
    await connecting;
    transport.release();
    await settle();
    expect(transport.last.ended).toBe("cut");
    expect(socket.state).toBe("failed");
  });

  test("retry: false makes one attempt; afterwards the policy holds", async () => {
    const { socket, transport, pass } = setUp({ reconnect: steady });
    transport.answers = [REFUSED, "open"];
    expect(await failure(socket.connect({ retry: false }))).toBe(REFUSED);
    await socket.connect({ retry: false });
    transport.last.close();
    await pass(1_000);
    expect(socket.state).toBe("connected");
  });

  test("ends with its signal, before, while connecting and while waiting; an open connection is not touched", async () => {
    const { socket, transport } = setUp();
    const reason = new Error("enough");
    expect(await failure(socket.connect({ signal: AbortSignal.abort(reason) }))).toMatchObject({ code: "pool/aborted", cause: reason });
    expect(socket.state).toBe("idle");
    for (const answer of ["hang", REFUSED] as const) {
      transport.answers = [answer];
      const controller = new AbortController();
      const connecting = failure(socket.connect({ signal: controller.signal }));
      await settle();
      controller.abort(reason);
      expect(await connecting).toMatchObject({ code: "pool/aborted", cause: reason });
      expect(socket.state).toBe("failed");
    }
    transport.answers = ["open"];
    const controller = new AbortController();
    await socket.connect({ signal: controller.signal });
    controller.abort();
    expect(socket.state).toBe("connected");
  });

  test("without a time limit it ends with its signal all the same", async () => {
    const { socket, transport, clock } = setUp();
    transport.answers = ["hang"];
    const controller = new AbortController();
    const connecting = failure(socket.connect({ timeoutMs: Infinity, signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await connecting).toMatchObject({ code: "pool/aborted" });
    expect([socket.state, transport.requests[0]?.signal.aborted, clock.pending]).toEqual(["failed", true, 0]);
  });

  test("whoever hears that its attempt is not wanted any more may call anything", async () => {
    const { socket, of } = setUp({}, ({ signal }) => {
      signal.addEventListener("abort", () => void socket.close());
      return new Promise<string>(() => undefined);
    });
    const connecting = failure(socket.connect());
    await settle();
    expect(await socket.close(1001)).toMatchObject({ code: 1001 });
    expect(await connecting).toMatchObject({ closeCode: 1001 });
    expect([socket.state, of("closed").length]).toEqual(["closed", 1]);
  });

  test("is refused while one goes on, with the states that allow it", async () => {
    const { socket, open } = setUp();
    await open();
    const error = await failure(socket.connect());
    expect(error).toBeInstanceOf(InvalidStateError);
    expect(error).toMatchObject({ currentState: "connected", allowedStates: ["idle", "closed", "failed"] });
    expect(await failure(socket.connect({ timeoutMs: 0 }))).toMatchObject({ code: "pool/invalid-option" });
  });

  test("url and headers may be functions, called for each attempt", async () => {
    const url = vi.fn(({ attempt }: { attempt: number }) => new URL(`ws://fake/${attempt}`));
    const headers = vi.fn(({ reason }: { reason: string }) => Promise.resolve({ Authorization: reason }));
    const { socket, transport, pass } = setUp({ headers, reconnect: steady }, url);
    await socket.connect();
    transport.last.close();
    await pass(1_000);
    expect(transport.requests.map((request) => [request.url, request.headers])).toEqual([["ws://fake/1", { Authorization: "connect" }], ["ws://fake/2", { Authorization: "reconnect" }]]);
    expect(url.mock.calls[1]?.[0]).toMatchObject({ reason: "reconnect", attempt: 2, cause: { code: "pool/connection-closed" } });
  });

  test("credentials of the URL reach the transport, and nobody else", async () => {
    const { socket, transport, told, open } = setUp({}, "wss://user:p%40ss@fake/path?q=a@b");
    await open();
    expect([transport.requests[0]?.url, socket.url]).toEqual(["wss://user:p%40ss@fake/path?q=a@b", "wss://fake/path?q=a@b"]);
    expect(JSON.stringify(told)).not.toMatch(/user|ss@/);
  });

  test("what such a function throws is the attempt's failure", async () => {
    const cause = new TypeError("no token");
    const { socket } = setUp({ reconnect: false }, () => {
      throw cause;
    });
    expect(await failure(socket.connect())).toMatchObject({ code: "pool/connection-failed", cause, message: "Cannot connect: no token" });
  });
});

describe("run()", () => {
  test("connects, and lasts over reconnects until it is over", async () => {
    const { socket, transport, pass } = setUp({ reconnect: steady });
    const running = watch(socket.run());
    await settle();
    transport.last.close();
    await pass(1_000);
    expect([socket.state, running]).toEqual(["connected", {}]);
    transport.last.close(1000, "done");
    await settle();
    expect(running.value).toEqual({ code: 1000, reason: "done", wasClean: true, initiator: "remote" });
  });

  test("rejects with what ended it, and ends with its signal", async () => {
    const { socket, transport } = setUp();
    const failed = failure(socket.run());
    await settle();
    transport.last.close(1008);
    expect(await failed).toMatchObject({ closeCode: 1008 });
    const controller = new AbortController();
    const stopped = watch(socket.run({ signal: controller.signal }));
    await settle();
    controller.abort();
    transport.last.answerClose();
    await settle();
    expect(stopped.value).toMatchObject({ code: 1000, initiator: "local" });
  });
});
