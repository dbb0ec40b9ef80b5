/** What users hold, over a link in memory and a clock moved by hand. */
import { describe, expect, test } from "vitest";
import { ConnectionClosed } from "@x/errors/simple-ws";
import { prepareMessage } from "@x/wsframe";
import type { WebSocketConnection } from "../shell/socket.js";
import { pair } from "./pair.js";

async function all(connection: WebSocketConnection): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of connection) messages.push(message);
  return messages;
}

describe("send and receive", () => {
  test("text, bytes of every kind, empty messages, in order, both ways", async () => {
    const [client, server] = pair();
    void client!.send("hé");
    void client!.send("");
    void client!.send(Uint8Array.of(1, 2));
    void client!.send(Uint8Array.of(0, 3, 4, 0).buffer.slice(1, 3));
    void client!.send(new DataView(Uint8Array.of(0, 5, 0).buffer, 1, 1));
    expect([await server!.receive(), await server!.receive(), await server!.receive(), await server!.receive(), await server!.receive()])
      .toEqual(["hé", "", Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5)]);
    void server!.send("x".repeat(200_000));
    expect(await client!.receive()).toHaveLength(200_000);
  });

  test("send() refuses what is neither text nor bytes", () => {
    const { client } = pair();
    for (const value of [undefined, null, 5, {}, []]) expect(() => client.send(value as string)).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
  });

  test("sendPrepared() sends the same to servers' peers as it is and to clients' masked", async () => {
    const message = prepareMessage("same");
    for (const [from, to] of [pair(), [...pair()].reverse()].map((ends) => [...ends])) {
      void from!.sendPrepared(message);
      void from!.send("next");
      expect([await to!.receive(), await to!.receive()]).toEqual(["same", "next"]);
    }
  });

  test("receive({ timeoutMs }) answers null, at the time and not before; 0 asks what is there", async () => {
    const { client, server, clock, settle } = pair();
    expect(await server.receive({ timeoutMs: 0 })).toBeNull();
    let answer: unknown = "pending";
    void server.receive({ timeoutMs: 100 }).then((value) => (answer = value));
    clock.advance(99);
    await settle();
    expect(answer).toBe("pending");
    clock.advance(1);
    await settle();
    expect(answer).toBeNull();
    void client.send("later");
    expect(await server.receive({ timeoutMs: 100 })).toBe("later");
  });

  test("receive({ signal }) rejects when it is aborted, before or while it waits, and loses no message", async () => {
    const { client, server } = pair();
    const controller = new AbortController();
    const waiting = server.receive({ signal: controller.signal });
    controller.abort("enough");
    await expect(waiting).rejects.toMatchObject({ code: "simple-ws/aborted", cause: "enough" });
    await expect(server.receive({ signal: controller.signal })).rejects.toMatchObject({ code: "simple-ws/aborted" });
    void client.send("kept");
    expect(await server.receive()).toBe("kept");
  });

  test("maxReceivers: at the limit they wait, one over is refused", async () => {
    const { client, server, settle } = pair({ maxReceivers: 2 });
    const waiting = [server.receive(), server.receive()];
    await expect(server.receive()).rejects.toMatchObject({ code: "simple-ws/too-many-receivers" });
    void client.send("a");
    void client.send("b");
    await settle();
    expect(await Promise.all(waiting)).toEqual(["a", "b"]);
  });

  test("trySend() tells whether it sent", async () => {
    const { client, server } = pair();
    expect(client.trySend("x")).toBe(true);
    await server.close();
    expect(client.trySend("y")).toBe(false);
  });
});

describe("how iteration and receive() end", () => {
  test.each([[1000], [1001]])("for await ends after the peer's %i, with what was sent before", async (code) => {
    const { client, server } = pair();
    void client.send("a");
    void client.close(code);
    expect(await all(server)).toEqual(["a"]);
  });

  test.each([[1011, "simple-ws/connection-closed"], [4001, "simple-ws/connection-closed"]])("for await throws after the peer's %i", async (code, expected) => {
    const { client, server } = pair();
    void client.send("a");
    void client.close(code, "why");
    await expect(all(server)).rejects.toMatchObject({ code: expected, reason: code, message: "why", wasClean: true, initiator: "remote" });
  });

  test("for await throws when the network is lost", async () => {
    const { client, cut } = pair();
    const looping = all(client);
    cut();
    await expect(looping).rejects.toMatchObject({ code: "simple-ws/connection-lost", reason: 1006, wasClean: false, initiator: "network" });
  });

  test("for await ends when this side closes, with whatever code", async () => {
    const { client } = pair();
    const looping = all(client);
    void client.close(4000);
    expect(await looping).toEqual([]);
  });

  test("receive() gives what has come, then throws the same error for ever", async () => {
    const { client, server, settle } = pair();
    void client.send("a");
    void client.close(3001, "bye");
    await settle();
    expect(await server.receive()).toBe("a");
    for (let turn = 0; turn < 2; turn++) await expect(server.receive()).rejects.toMatchObject({ reason: 3001, message: "bye" });
    expect(() => server.send("x")).toThrow(ConnectionClosed);
    expect(() => client.ping()).toThrow(expect.objectContaining({ reason: 3001, initiator: "local" }));
    expect(() => client.sendPrepared(prepareMessage("x"))).toThrow(ConnectionClosed);
  });

  test("send() throws at once while closing", () => {
    const { client } = pair();
    void client.close(3001, "bye");
    expect(client.state).toBe("closing");
    expect(() => client.send("x")).toThrow(expect.objectContaining({ reason: 3001 }));
  });
});

describe("closing", () => {
  test("close() tells both sides the same, is idempotent, and leaves nothing", async () => {
    const { client, server, clock, settle } = pair();
    const info = await client.close(3001, "bye");
    expect(info).toEqual({ code: 3001, reason: "bye", wasClean: true, initiator: "local" });
    expect(await client.close(4000)).toBe(info);
    expect(await server.closed).toEqual({ code: 3001, reason: "bye", wasClean: true, initiator: "remote" });
    await settle();
    expect([client.state, server.state, clock.pendingTimers, client.bufferedBytes]).toEqual(["closed", "closed", 0, 0]);
  });

  test("both sides close at once", async () => {
    const { client, server } = pair();
    const [one, other] = await Promise.all([client.close(1000), server.close(1001)]);
    expect([one, other]).toEqual([{ code: 1000, reason: "", wasClean: true, initiator: "local" }, { code: 1001, reason: "", wasClean: true, initiator: "local" }]);
  });

  test.each([[999], [1004], [1006], [1015], [2999], [5000], [1000.5]])("close(%d) is refused", (code) => {
    expect(() => pair().client.close(code)).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
  });

  test("close(1005) is a Close without a code, which has no room for a reason", async () => {
    const { client, server } = pair();
    expect(() => client.close(1005, "bye")).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    const info = await client.close(1005);
    expect(info).toEqual({ code: 1005, reason: "", wasClean: true, initiator: "local" });
    expect(await server.closed).toEqual({ ...info, initiator: "remote" });
  });

  test("a reason may have 123 bytes, not 124", async () => {
    const { client, server } = pair();
    expect(() => client.close(1000, "é".repeat(62))).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    void client.close(1000, `${"é".repeat(61)}e`);
    expect((await server.closed).reason).toHaveLength(62);
  });

  test("a peer that reads nothing is hung up on after closeTimeoutMs", async () => {
    const { client, server, clock, settle } = pair({ closeTimeoutMs: 1_000 });
    server.pause();
    await settle();
    const closed = client.close();
    await settle();
    clock.advance(999);
    await settle();
    expect(client.state).toBe("closing");
    clock.advance(100);
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: false, initiator: "local" });
  });

  test("await using closes", async () => {
    const { client, server } = pair();
    {
      await using held = client;
      void held.send("x");
    }
    expect(client.state).toBe("closed");
    expect((await server.closed).code).toBe(1000);
  });

  test("terminate() is 1006 on both sides", async () => {
    const { client, server, clock } = pair();
    client.terminate();
    expect(await client.closed).toMatchObject({ code: 1006, initiator: "local" });
    expect(await server.closed).toMatchObject({ code: 1006, initiator: "network" });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("keepalive and ping()", () => {
  test("two idle ends keep each other alive", async () => {
    const { client, server, clock, settle } = pair({ pingIntervalMs: 1_000, pingTimeoutMs: 500 });
    for (let turn = 0; turn < 100; turn++) {
      clock.advance(100);
      await settle();
    }
    expect([client.state, server.state]).toEqual(["open", "open"]);
  });

  test("a half-open link ends with 1008 for whoever still listens", async () => {
    const { client, server, clock, settle } = pair({ client: { pingIntervalMs: 1_000, pingTimeoutMs: 500, closeTimeoutMs: 200 }, server: { pingIntervalMs: 0 } });
    server.pause(); // as good as dead
    const waiting = client.receive();
    for (let turn = 0; turn < 20; turn++) {
      clock.advance(100);
      await settle();
    }
    await expect(waiting).rejects.toMatchObject({ code: "simple-ws/ping-timeout", reason: 1008, initiator: "local" });
    expect(client.state).toBe("closed");
  });

  test("an interval shorter than the timeout is kept: the next Ping is due an interval after the Pong", async () => {
    const { client, clock, settle } = pair({ client: { pingIntervalMs: 100, pingTimeoutMs: 5_000 }, server: { pingIntervalMs: 0 } });
    let pongs = 0;
    client.attach({ onMessage: () => undefined, onClose: () => undefined, onPong: () => ++pongs });
    for (let beat = 1; beat <= 3; beat++) {
      clock.advance(100);
      await settle();
      expect(pongs).toBe(beat);
    }
  });

  test("ping() measures, matches payloads, and answers earlier pings too", async () => {
    const { client, server, clock, settle } = pair();
    server.pause();
    const [first, second] = [client.ping(), client.ping("again")];
    await settle();
    clock.advance(25);
    server.resume();
    expect(await first).toBe(25);
    expect(await second).toBe(25);
  });

  test("ping({ timeoutMs }) rejects; maxPings and 125 bytes are the limits", async () => {
    const { client, server, clock } = pair({ maxPings: 2 });
    server.pause();
    const timed = client.ping("x".repeat(125), { timeoutMs: 50 });
    const ended = client.ping();
    expect(() => client.ping()).toThrow(expect.objectContaining({ code: "simple-ws/too-many-pings" }));
    expect(() => client.ping("x".repeat(126))).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    clock.advance(50);
    await expect(timed).rejects.toMatchObject({ code: "wsframe/timeout", phase: "ping", afterMs: 50 });
    client.terminate();
    await expect(ended).rejects.toMatchObject({ reason: 1006 });
  });
});
