/** Back pressure, push mode, and links that break, in memory. */
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { setErrorReporter } from "@x/errors/handlers";
import { ConnectionClosed } from "@x/errors/simple-ws";
import { prepareMessage } from "@x/wsframe";
import type { CloseInfo } from "../core/closing.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { pair } from "./pair.js";

async function all(connection: WebSocketConnection): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of connection) messages.push(message);
  return messages;
}

function recorder(connection: WebSocketConnection): { readonly messages: unknown[]; readonly closes: CloseInfo[]; drains: number } {
  const seen = { messages: [] as unknown[], closes: [] as CloseInfo[], drains: 0 };
  connection.attach({ onMessage: (data) => void seen.messages.push(data), onClose: (info) => void seen.closes.push(info), onDrain: () => ++seen.drains });
  return seen;
}

describe("back pressure", () => {
  test("send() resolves at once below the mark, later above it, and rejects if the connection ends first", async () => {
    const { client, server, settle, cut } = pair({ highWaterMarkBytes: 20_000 });
    server.pause();
    await settle();
    const first = client.send("x".repeat(10_000));
    expect(client.send("")).toBe(first); // one shared promise: nothing is allocated while there is no pressure
    let isDrained = false;
    const second = client.send("x".repeat(15_000));
    void second.then(() => (isDrained = true));
    await settle();
    expect(isDrained).toBe(false);
    expect(client.bufferedBytes).toBeGreaterThan(25_000);
    server.resume();
    await second;
    expect(client.bufferedBytes).toBe(0);
    server.pause();
    await settle();
    void client.send("x".repeat(15_000));
    const third = client.send("x".repeat(15_000));
    await settle();
    cut();
    await expect(third).rejects.toBeInstanceOf(ConnectionClosed);
  });

  test("a burst over the mark that the link takes at once resolves too", async () => {
    const { client, server } = pair({ highWaterMarkBytes: 0 });
    recorder(server);
    for (let turn = 0; turn < 5; turn++) await client.send("x".repeat(100_000));
    expect(client.bufferedBytes).toBe(0);
  });

  test("trySend() and trySendPrepared() send what has room, and say no to one byte more", async () => {
    const { server, client, settle } = pair({ server: { maxBufferedBytes: 1_008, pingIntervalMs: 0 } });
    client.pause();
    await settle();
    const large = prepareMessage(new Uint8Array(604)); // 4 bytes of header
    expect([server.trySend(new Uint8Array(396)), server.bufferedBytes]).toEqual([true, 400]);
    expect([server.trySend(new Uint8Array(605)), server.trySendPrepared(prepareMessage(new Uint8Array(605)))]).toEqual([false, false]);
    expect([server.trySendPrepared(large), server.bufferedBytes]).toEqual([true, 1_008]);
  });

  test("maxBufferedBytes: at the limit it is sent, one byte over it throws and sends nothing", async () => {
    const { client, server, settle } = pair({ client: { maxBufferedBytes: 1_008 }, server: { pingIntervalMs: 0 } });
    server.pause();
    await settle();
    void client.send(new Uint8Array(1_000)); // 8 bytes of header and mask
    expect(client.bufferedBytes).toBe(1_008);
    expect(() => client.send("")).toThrow(expect.objectContaining({ code: "simple-ws/buffer-full", retryable: true }));
    expect(client.state).toBe("open");
    server.resume();
    await settle();
    void client.send("");
    expect(() => client.send("é".repeat(501))).toThrow(expect.objectContaining({ code: "simple-ws/buffer-full" }));
    expect(await server.receive()).toHaveLength(1_000);
    expect(await server.receive()).toBe("");
  });

  test.each([["maxInboxMessages", { maxInboxMessages: 3 }, 3], ["maxInboxBytes", { maxInboxBytes: 30 }, 3]])("%s pauses reading at the limit; nothing is lost", async (_name, server, limit) => {
    const { client, server: slow, settle } = pair({ server });
    for (let number = 0; number < 20; number++) void client.send(`message ${String(number).padStart(2, "0")}`);
    await settle();
    const info = client.ping();
    let isAlive = false;
    void info.then(() => (isAlive = true));
    await settle();
    expect(isAlive).toBe(false); // the Ping waits behind messages that nobody reads
    for (let number = 0; number < 20; number++) expect(await slow.receive()).toBe(`message ${String(number).padStart(2, "0")}`);
    await settle();
    expect(isAlive).toBe(true);
    expect(limit).toBe(3);
  });

  test("a full inbox does not keep close() from finishing", async () => {
    const { client, server, settle } = pair({ server: { maxInboxMessages: 2 } });
    for (let number = 0; number < 10; number++) void client.send("x");
    await settle();
    expect(await server.close()).toMatchObject({ code: 1000, wasClean: true });
  });

  test("onDrain is called after pressure", async () => {
    const { client, server, settle } = pair({ highWaterMarkBytes: 100 });
    const seen = recorder(client);
    server.pause();
    await settle();
    void client.send("x".repeat(50_000));
    await settle();
    expect(seen.drains).toBe(0);
    server.resume();
    await settle();
    expect(seen.drains).toBe(1);
  });
});

describe("attach()", () => {
  test.each<[string, (connection: WebSocketConnection) => unknown]>([
    ["terminate()", (connection) => connection.terminate()],
    ["pause()", (connection) => connection.pause()],
    ["close()", (connection) => connection.close()],
    ["receive()", (connection) => connection.receive().catch(() => undefined)],
    ["stats()", (connection) => connection.stats()],
  ])("onClose comes once, even if it, or somebody afterwards, calls %s", async (_name, call) => {
    const { client, server } = pair();
    const closes: CloseInfo[] = [];
    server.attach({ onMessage: () => undefined, onClose: (info) => {
      closes.push(info);
      return call(server);
    } });
    await client.close();
    await server.closed;
    await call(server);
    expect(closes).toHaveLength(1);
    expect(() => recorder(server)).toThrow(expect.objectContaining({ code: "simple-ws/already-attached" }));
  });

  test("gets what has come first, then everything synchronously, then one close", async () => {
    const { client, server, settle } = pair();
    void client.send("early");
    await settle();
    const seen = recorder(server);
    expect(seen.messages).toEqual(["early"]);
    void client.send("later");
    void client.close(1001);
    await settle();
    expect(seen).toMatchObject({ messages: ["early", "later"], closes: [{ code: 1001 }] });
  });

  test("after the end gives messages and close at once", async () => {
    const { client, server, settle } = pair();
    void client.send("early");
    void client.close();
    await settle();
    expect(recorder(server)).toMatchObject({ messages: ["early"], closes: [{ code: 1000 }] });
  });

  test("pause() in a handler stops with that message, resume() goes on in order", async () => {
    const { client, server, settle } = pair({ server: { maxInboxMessages: 2 } });
    for (const text of ["a", "b", "c", "d", "e"]) void client.send(text);
    await settle();
    const messages: unknown[] = [];
    server.attach({ onMessage: (data) => { messages.push(data); server.pause(); }, onClose() {} });
    for (const expected of ["a", "ab", "abc", "abcd", "abcde"]) {
      await settle();
      expect(messages.join("")).toBe(expected);
      server.resume();
    }
  });

  test("is exclusive with receive() and iteration", async () => {
    const { client, server } = pair();
    recorder(client);
    await expect(client.receive()).rejects.toMatchObject({ code: "simple-ws/already-attached" });
    await expect(all(client)).rejects.toMatchObject({ code: "simple-ws/already-attached" });
    expect(() => recorder(client)).toThrow(expect.objectContaining({ code: "simple-ws/already-attached" }));
    void server.receive();
    expect(() => recorder(server)).toThrow(expect.objectContaining({ code: "simple-ws/already-attached" }));
  });

  test("what handlers throw or reject with goes to onError, or to the reporter, and the connection goes on", async () => {
    const { client, server, settle } = pair();
    const errors: unknown[] = [];
    server.attach({ onMessage: (data) => { if (data === "sync") throw new Error("sync"); return Promise.reject(new Error("async")); }, onClose: () => { throw new Error("close"); }, onError: (error) => void errors.push(error) });
    const before = setErrorReporter((error) => void errors.push(error));
    client.attach({ onMessage: () => { throw new Error("reported"); }, onClose() {} });
    void client.send("sync");
    void client.send("async");
    void server.send("x");
    await settle();
    void client.close();
    await settle();
    setErrorReporter(before);
    expect(errors.map(String)).toEqual(expect.arrayContaining(["Error: sync", "Error: async", "Error: reported", "Error: close"]));
  });
});

test("a link that is cut at any step: what arrived is a prefix, in order; each side ends once; nothing is left", async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.array(fc.constantFrom("text", "bytes", "ping", "close", "big"), { maxLength: 12 }), fc.boolean(), async (cutAfter, steps, fromServer) => {
    const { client, server, clock, cut } = pair({ pingIntervalMs: 50, maxInboxMessages: 4 });
    const [from, to] = fromServer ? [server, client] : [client, server];
    const sent: number[] = [];
    const seen = recorder(to);
    const closes: CloseInfo[] = [];
    void from.closed.then((info) => closes.push(info));
    let turns = 0;
    const turn = async (): Promise<void> => {
      if (turns++ === cutAfter) cut();
      await Promise.resolve();
    };
    for (const [at, step] of steps.entries()) {
      try {
        if (step === "close") void from.close(1000);
        else if (step === "ping") void from.ping();
        else {
          void from.send(step === "text" ? String(at) : new Uint8Array(step === "big" ? 70_000 : 5).fill(at));
          sent.push(at);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ConnectionClosed);
      }
      for (let count = 0; count < 3; count++) await turn();
    }
    for (let count = 0; count < 80; count++) await turn();
    cut();
    clock.advance(10_000);
    for (let count = 0; count < 20; count++) await Promise.resolve();
    const got = seen.messages.map((message) => typeof message === "string" ? Number(message) : (message as Uint8Array)[0]);
    expect(got).toEqual(sent.slice(0, got.length));
    expect([closes.length, seen.closes.length, client.state, server.state, clock.pendingTimers]).toEqual([1, 1, "closed", "closed", 0]);
  }), { numRuns: 200 });
});
