/** What `send` and its kin take, refuse and promise, at the limits and one past them. */
import { setErrorReporter } from "@x/errors/handlers";
import { describe, expect, onTestFinished, test } from "vitest";
import { prepareMessage } from "../core/packet.js";
import { pair } from "../testing.js";

const collect = (socket: { on(event: "message", listener: (data: string | Uint8Array) => void): unknown }): (string | Uint8Array)[] => {
  const messages: (string | Uint8Array)[] = [];
  socket.on("message", (data) => messages.push(data));
  return messages;
};

describe.each(["polling", "websocket"] as const)("send() over %s", (transport) => {
  test("takes text, every kind of buffer, and objects as JSON text", async () => {
    const { client, server, settle } = await pair({ transport });
    const received = collect(server);
    const memory = new Uint8Array([9, 1, 2, 9]);
    const date = new Date(0);
    for (const data of ["text", "", memory.subarray(1, 3), memory.buffer.slice(1, 3), new DataView(memory.buffer, 1, 2), { a: [1, "ü"] }, [1, 2], {}, date]) void client.send(data);
    await settle();
    const bytes = new Uint8Array([1, 2]);
    expect(received).toEqual(["text", "", bytes, bytes, bytes, '{"a":[1,"ü"]}', "[1,2]", "{}", '"1970-01-01T00:00:00.000Z"']);
  });

  test.each([
    ["undefined", undefined], ["null", null], ["a number", 1], ["a boolean", true], ["a function", () => 1], ["a symbol", Symbol("s")],
    ["a cycle", (() => { const self: { self?: unknown } = {}; self.self = self; return self; })()], ["a BigInt inside", { big: 1n }],
    ["a toJSON() that throws", { toJSON: () => { throw new Error("no"); } }], ["a toJSON() of nothing", { toJSON: () => undefined }],
  ])("refuses %s; the session goes on", async (_name, data) => {
    const { client } = await pair({ transport });
    expect(() => client.send(data as string)).toThrow(expect.objectContaining({ name: "EngineIOError", code: "engineio/invalid-message" }));
    expect(client.trySend(data as string)).toBe(false);
    expect(client.readyState).toBe("open");
  });

  test("counts bytes as the transport carries them: at the limit, and one past it", async () => {
    const { client, server, settle } = await pair({ transport, server: { maxHttpBufferSize: 101 } });
    const received = collect(server);
    const most = transport === "polling" ? 75 : 101; // 1 + 4 × 75 ÷ 3 = 101 as base64
    for (const data of [new Uint8Array(most), "x".repeat(100)]) void client.send(data);
    expect(() => client.send(new Uint8Array(most + 1))).toThrow(expect.objectContaining({ name: "ContentTooLongError", limitBytes: 101 }));
    expect(() => client.sendPrepared(prepareMessage(new Uint8Array(most + 1)))).toThrow(expect.objectContaining({ code: "engineio/content-too-long" }));
    expect(() => client.send("x".repeat(101))).toThrow(expect.objectContaining({ actualBytes: 102 }));
    await settle();
    expect(received.map((data) => data.length)).toEqual([most, 100]);
    expect([client.readyState, server.readyState]).toEqual(["open", "open"]);
  });

  test("bursts leave in payloads that the peer takes, whole and in order", async () => {
    const { client, server, settle } = await pair({ transport, server: { maxHttpBufferSize: 200, maxPacketsPerPayload: 5 }, client: { maxOutgoingPackets: 5 } });
    const received = collect(server);
    const sent = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? new Uint8Array(i) : "é".repeat(i / 2)));
    for (const data of sent) void client.send(data);
    await settle();
    expect(received).toEqual(sent);
  });

  test("above the high-water mark send() waits and trySend() says no, until the peer has taken it", async () => {
    const { client, server, clock, faults, settle } = await pair({ transport, server: { highWaterMarkBytes: 10 }, client: { highWaterMarkBytes: 10 } });
    faults.server.latencyMs = 50;
    faults.client.latencyMs = 50;
    const received = collect(client);
    if (transport === "polling") void server.send(""); // takes the parked poll
    await settle();
    expect(server.trySend("a".repeat(40))).toBe(true);
    let isRelieved = false;
    void server.send("b".repeat(40)).then(() => { isRelieved = true; });
    await settle();
    expect([server.trySend("no"), isRelieved]).toEqual([false, false]);
    for (let i = 0; i < 4; i++) {
      clock.advance(50);
      await settle();
    }
    expect([received.filter((data) => data !== ""), isRelieved, server.trySend("yes")]).toEqual([["a".repeat(40), "b".repeat(40)], true, true]);
  });

  test("a client that takes nothing costs its session, not the server's memory: maxBufferedBytes, and one past it", async () => {
    const { server, faults, settle } = await pair({ transport, server: { maxBufferedBytes: 1000, pingInterval: 1e6 } });
    const closes: unknown[] = [];
    server.on("close", (reason, cause) => closes.push(reason, cause));
    faults.server.isSilent = true;
    faults.client.isSilent = true;
    if (transport === "polling") void server.send("into the parked poll, which is gone");
    await settle();
    for (let i = 0; i < 10; i++) void server.send("x".repeat(99)); // 100 with the type character
    expect(server.readyState).toBe("open");
    expect(server.trySend("one too many")).toBe(transport === "websocket"); // a stream tells only afterwards
    expect(closes).toEqual(["transport error", expect.objectContaining({ name: transport === "polling" ? "ContentTooLongError" : "EngineIOError" })]);
    expect(() => server.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed", reason: "transport error" }));
  });
});

describe.each(["polling", "websocket"] as const)("what the application's functions fail with, over %s", (transport) => {
  const fail = (): never => { throw new Error("bug"); };
  const failLater = (): unknown => Promise.reject(new Error("late"));

  test("callbacks of send(): it goes to onError; the other callbacks are called, and drain is told", async () => {
    const heard: unknown[] = [];
    const { client, server, settle } = await pair({ transport, onError: (error, context) => heard.push([error, context]) });
    for (const socket of [client, server]) {
      const events: string[] = [];
      heard.length = 0;
      socket.on("flush", fail).on("drain", () => events.push("drain"));
      void socket.send("a", fail);
      void socket.send("b", failLater);
      void socket.send("c", () => events.push("c"));
      await settle();
      expect([socket.readyState, events.filter((event) => event === "c"), events.includes("drain")]).toEqual(["open", ["c"], true]);
      expect(heard).toEqual(expect.arrayContaining([[new Error("bug"), { event: "send" }], [new Error("late"), { event: "send" }]]));
    }
  });

  test("callbacks of send() where nothing waits any more", async () => {
    const heard: unknown[] = [];
    const { server, settle } = await pair({ transport, onError: (error, context) => heard.push([error, context]) });
    await settle(); // the poll is parked
    void server.send("a", fail);
    await settle();
    expect(heard).toEqual([[new Error("bug"), { event: "send" }]]);
  });

  test("handlers: it goes to onError, whatever that does; the session goes on", async () => {
    const last: unknown[] = [];
    const before = setErrorReporter((error) => last.push(error));
    onTestFinished(() => void setErrorReporter(before));
    const { client, server, settle } = await pair({ transport, onError: () => { throw new Error("onError"); } });
    for (const socket of [client, server]) socket.attach({ onMessage: fail, onDrain: fail, onClose: fail });
    client.on("drain", () => undefined); // so that packets go by way of the queue
    for (const socket of [server, client]) {
      void socket.send("a");
      await settle();
      void socket.send("b");
      await settle();
    }
    expect([client.readyState, server.readyState]).toEqual(["open", "open"]);
    client.close();
    await settle();
    expect([client.readyState, server.readyState]).toEqual(["closed", "closed"]);
    expect(() => client.attach({ onMessage: fail, onClose: fail })).not.toThrow(); // told of the end that was
    expect(last.length).toBeGreaterThanOrEqual(7);
    expect(new Set(last.map((error) => (error as Error).message))).toEqual(new Set(["onError"]));
  });
});

test("trySend() on a closed session says no", async () => {
  const { client } = await pair();
  client.close();
  expect(client.trySend("x")).toBe(false);
});
