/** Connection: receive, iterate, wait, disconnect; over a session in memory, with time that moves by hand. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { pair } from "../testing.js";

describe("receive()", () => {
  test("messages in order, those from before included; null when none came in time", async () => {
    const { client, server, clock } = await pair();
    void server.send("a");
    void server.send(new Uint8Array([1, 2]));
    await settle();
    expect([await client.receive(), await client.receive(), await client.receive({ timeoutMs: 0 })]).toEqual(["a", new Uint8Array([1, 2]), null]);
    const late = client.receive({ timeoutMs: 1000 });
    const later = client.receive({ timeoutMs: 2000 });
    clock.advance(999);
    await settle();
    expect(clock.pendingTimers).toBeGreaterThan(0);
    clock.advance(1);
    expect(await late).toBeNull();
    void server.send("b");
    expect(await later).toBe("b");
  });

  test("several calls are answered in their order; a signal takes one back", async () => {
    const { client, server } = await pair();
    const abort = new AbortController();
    const reason = new Error("enough");
    const [first, second, third] = [client.receive(), client.receive({ signal: abort.signal }), client.receive()];
    abort.abort(reason);
    await expect(second).rejects.toMatchObject({ code: "engineio/aborted", cause: reason, retryable: false });
    await expect(client.receive({ signal: abort.signal })).rejects.toMatchObject({ code: "engineio/aborted" });
    void server.send("1");
    void server.send("3");
    expect([await first, await third]).toEqual(["1", "3"]);
  });

  test("the end: who waits hears of the loss, what came before is handed out, then SocketIsClosedError", async () => {
    const { client, server, cut } = await pair();
    const waiting = client.receive();
    cut();
    await expect(waiting).rejects.toMatchObject({ name: "ConnectionError", code: "engineio/connection-lost", retryable: true });
    await expect(client.receive()).rejects.toMatchObject({ name: "SocketIsClosedError", reason: expect.stringContaining("transport") as string });
    const other = await pair();
    void other.client.receive({ timeoutMs: 0 });
    void other.server.send("last");
    other.server.close();
    await other.client.wait();
    expect(await other.client.receive()).toBe("last");
    await expect(other.client.receive()).rejects.toMatchObject({ name: "SocketIsClosedError" });
    expect(server.readyState).toBe("closed");
  });

  test("maxReceivers calls wait, one more is refused", async () => {
    const { client, server } = await pair({ client: { maxReceivers: 2 } });
    const waiting = [client.receive(), client.receive()];
    await expect(client.receive()).rejects.toMatchObject({ code: "engineio/too-many-receivers" });
    void server.send("1");
    void server.send("2");
    expect(await Promise.all(waiting)).toEqual(["1", "2"]);
    expect(await client.receive({ timeoutMs: 0 })).toBeNull();
  });

  test("receiveNow() throws QueueEmpty, and SocketIsClosedError after the end", async () => {
    const { client, server } = await pair();
    expect(() => client.receiveNow()).toThrow(expect.objectContaining({ name: "QueueEmpty", code: "engineio/queue-empty", retryable: true }));
    void server.send("x");
    await settle();
    expect(client.receiveNow()).toBe("x");
    await client.disconnect();
    expect(() => client.receiveNow()).toThrow(expect.objectContaining({ name: "SocketIsClosedError", reason: "forced close" }));
  });

  test.each([
    [{ maxInboxMessages: 3 }, 3],
    [{ maxInboxBytes: 30 }, 3],
  ])("with %o, %i messages of 10 bytes wait; one more ends the session", async (client, fits) => {
    const exact = await pair({ client });
    void exact.client.receive({ timeoutMs: 0 });
    for (let i = 0; i < fits; i++) void exact.server.send("x".repeat(10));
    await settle();
    expect(exact.client.readyState).toBe("open");
    void exact.server.send("x".repeat(10));
    expect(await exact.client.wait()).toMatchObject({ reason: "transport error", description: { code: "engineio/inbox-full" } });
  });

  test.each([{ maxInboxBytes: 0 }, { maxInboxMessages: -1 }, { maxInboxBytes: Number.NaN }, { maxReceivers: 0 }])("%o is refused", async (client) => {
    await expect(pair({ client })).rejects.toMatchObject({ code: "engineio/invalid-option" });
  });

  test("a long queue is handed out in order, whatever comes in between", async () => {
    const { client, server } = await pair();
    const got: unknown[] = [];
    void client.receive({ timeoutMs: 0 });
    for (let i = 0; i < 300; i++) {
      void server.send(String(i));
      await settle(1);
      if (i % 3 === 0) got.push(await client.receive());
    }
    while (got.length < 300) got.push(await client.receive());
    expect(got).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
  });
});

test.each(["on", "addListener", "once", "prependListener", "prependOnceListener"] as const)("%s() of message or data hands over what was kept", async (method) => {
  for (const event of ["message", "data"] as const) {
    const { client, server, settle: quiet } = await pair();
    void server.send("early");
    await quiet();
    const got: unknown[] = [];
    client[method]("close", () => undefined);
    client[method](event, (...args: readonly unknown[]) => got.push(...args));
    expect(got).toEqual(["early"]);
  }
});

test("prependListener() of packet shows packets, as on() does", async () => {
  const { client, server, settle: quiet } = await pair();
  const got: unknown[] = [];
  server.prependListener("packetCreate", ({ data }) => got.push(data));
  client.on("message", () => undefined);
  void server.send("shown");
  await quiet();
  expect(got).toEqual(["shown"]);
});

describe("for await", () => {
  const collect = async (messages: AsyncIterable<unknown>): Promise<unknown[]> => {
    const all: unknown[] = [];
    for await (const message of messages) all.push(message);
    return all;
  };

  test.each(["polling", "websocket"] as const)("ends when the %s session ends in good order, with all that came", async (transport) => {
    for (const end of ["client", "server"] as const) {
      const one = await pair({ transport });
      const all = collect(one.client);
      void one.server.send("a");
      void one.server.send("b");
      await one.settle();
      one[end].close();
      await one.settle();
      one.clock.advance(0);
      expect(await all).toEqual(["a", "b"]);
    }
  });

  test("throws when the session is lost; the cause says why", async () => {
    const lost = await pair();
    const all = collect(lost.client);
    lost.cut();
    await expect(all).rejects.toMatchObject({ code: "engineio/connection-lost" });
    await expect(collect(lost.client)).rejects.toMatchObject({ code: "engineio/connection-lost" });
    const silent = await pair();
    silent.faults.server.isSilent = true;
    const none = collect(silent.client);
    silent.clock.advance(45_000);
    await expect(none).rejects.toMatchObject({ code: "engineio/ping-timeout" });
  });

  test("may be left and taken up again", async () => {
    const { client, server } = await pair();
    for (const text of ["a", "b", "c"]) void server.send(text);
    await settle();
    const got: unknown[] = [];
    for await (const message of client) {
      got.push(message);
      if (got.length === 2) break;
    }
    expect([...got, await client.receive()]).toEqual(["a", "b", "c"]);
  });
});

test("requestTimeout: a POST that is not answered in time ends the session; a poll may take longer", async () => {
  const { client, clock, faults, settle: quiet } = await pair({ transport: "polling", client: { requestTimeout: 1_000 } });
  clock.advance(10_000);
  await quiet();
  await new Promise<void>((resolve) => void client.send("answered", resolve));
  await quiet();
  clock.advance(10_000);
  expect(client.readyState).toBe("open");
  faults.server.isSilent = true;
  void client.send("x");
  await quiet();
  clock.advance(999);
  expect(client.readyState).toBe("open");
  clock.advance(1);
  expect(await client.wait()).toMatchObject({ reason: "transport error", description: { code: "engineio/connection-lost", message: expect.stringContaining("POST") as string } });
});

test("wait() tells how it ended, once and for all; disconnect() waits for it", async () => {
  const { client, server } = await pair();
  const ended = client.wait();
  void client.send("bye");
  const received: unknown[] = [];
  server.on("message", (data) => received.push(data));
  await client.disconnect();
  await settle();
  expect([await ended, await client.wait(), received]).toEqual([{ reason: "forced close", description: undefined }, { reason: "forced close", description: undefined }, ["bye"]]);
  await client.disconnect();
});

test("heartbeat, ping and pong are events; removing all listeners does not stop the watch over it", async () => {
  const { client, clock, settle: quiet } = await pair();
  const events: string[] = [];
  for (const name of ["ping", "pong", "heartbeat"] as const) client.on(name, () => events.push(name));
  clock.advance(25_000);
  await quiet();
  expect(events).toEqual(["ping", "pong", "heartbeat"]);
  const ended = client.wait();
  client.removeAllListeners();
  for (let i = 0; i < 3; i++) {
    clock.advance(25_000);
    await quiet();
  }
  void client.send("still there");
  expect(client.readyState).toBe("open");
  client.close();
  expect(await ended).toMatchObject({ reason: "forced close" });
});
