/** What applications' tests rely on: both ends open, real rules, and a clock that only a hand moves. */
import { describe, expect, test } from "vitest";
import { pair } from "../testing.js";

const seen = (socket: { on(event: "message", listener: (data: string | Uint8Array) => void): unknown }): (string | Uint8Array)[] => {
  const messages: (string | Uint8Array)[] = [];
  socket.on("message", (data) => messages.push(data));
  return messages;
};

describe.each(["polling", "websocket"] as const)("pair() over %s", (transport) => {
  test("both ends are open; messages go both ways, whole and in order; time stands still", async () => {
    const { client, server, clock, settle } = await pair({ transport });
    const [atClient, atServer] = [seen(client), seen(server)];
    for (let i = 0; i < 40; i++) void client.send(i % 4 === 0 ? new Uint8Array([i]) : `c${i}`);
    for (let i = 0; i < 40; i++) void server.send(`s${i}`);
    await settle();
    expect(atServer).toEqual(Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? new Uint8Array([i]) : `c${i}`)));
    expect(atClient).toEqual(Array.from({ length: 40 }, (_, i) => `s${i}`));
    expect([client.transport.name, server.transport.name, clock.now()]).toEqual([transport, transport, 0]);
  });

  test("close() reaches the other end, and nothing is left", async () => {
    const { client, server, clock, settle } = await pair({ transport });
    const reasons: string[] = [];
    client.on("close", (reason) => reasons.push(`client ${reason}`));
    server.on("close", (reason) => reasons.push(`server ${reason}`));
    client.close();
    await settle();
    expect(reasons.sort()).toEqual(["client forced close", "server transport close"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("heartbeats keep it open as long as both are heard", async () => {
    const { client, server, clock, settle } = await pair({ transport, server: { pingInterval: 300, pingTimeout: 200 } });
    let heartbeats = 0;
    server.on("heartbeat", () => heartbeats++);
    for (let i = 0; i < 10; i++) {
      clock.advance(300);
      await settle();
    }
    expect([heartbeats, client.readyState, server.readyState]).toEqual([10, "open", "open"]);
  });

  test("a silent network ends both with ping timeout, and nothing is left", async () => {
    const { client, server, clock, faults, settle } = await pair({ transport, server: { pingInterval: 300, pingTimeout: 200 } });
    const reasons: string[] = [];
    client.on("close", (reason) => reasons.push(reason));
    server.on("close", (reason) => reasons.push(reason));
    faults.client.isSilent = true;
    faults.server.isSilent = true;
    for (let i = 0; i < 5; i++) {
      clock.advance(100);
      await settle();
    }
    expect(reasons).toEqual(["ping timeout", "ping timeout"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("cut() is seen by both", async () => {
    const { client, server, cut, settle } = await pair({ transport });
    cut();
    await settle();
    expect([client.readyState, server.readyState]).toEqual(["closed", "closed"]);
    expect(() => client.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
  });

  test("latency is time that must pass", async () => {
    const { client, server, clock, settle } = await pair({ transport, faults: { client: { latencyMs: 50 } } });
    const atServer = seen(server);
    void client.send("late");
    await settle();
    clock.advance(49);
    await settle();
    expect(atServer).toEqual([]);
    clock.advance(1);
    await settle();
    expect(atServer).toEqual(["late"]);
  });

  test("limits are the real ones", async () => {
    const { client } = await pair({ transport, server: { maxHttpBufferSize: 100 } });
    void client.send("x".repeat(99));
    expect(() => client.send("x".repeat(100))).toThrow(expect.objectContaining({ name: "ContentTooLongError", limitBytes: 100 }));
  });

  test("messages are kept for a client that does not listen yet; handlers' failures go to onError", async () => {
    const failures: unknown[] = [];
    const { client, server, settle } = await pair({ transport, onError: (error) => failures.push(error) });
    void server.send("early");
    await settle();
    const atClient = seen(client);
    expect(atClient).toEqual(["early"]);
    server.on("message", () => { throw new Error("bug"); });
    void client.send("x");
    await settle();
    expect(failures).toEqual([new Error("bug")]);
  });
});

describe("pair() with an upgrade", () => {
  test("moves to WebSocket, with messages under way", async () => {
    const { client, server, settle } = await pair({ transport: "polling", upgrade: true });
    const atServer = seen(server);
    for (let i = 0; i < 10; i++) void client.send(`c${i}`);
    await settle();
    expect([client.upgraded, server.upgraded, server.transport.name]).toEqual([true, true, "websocket"]);
    expect(atServer).toEqual(Array.from({ length: 10 }, (_, i) => `c${i}`));
  });

  test.each(["refused", "unanswered"] as const)("stays with polling when the WebSocket is %s", async (websocket) => {
    const { client, server, clock, settle } = await pair({ transport: "polling", upgrade: true, websocket, client: { upgradeTimeout: 500 } });
    const failed = new Promise((resolve) => client.once("upgradeError", resolve));
    await settle();
    clock.advance(500);
    expect(await failed).toMatchObject({ code: "engineio/upgrade-failed" });
    const atServer = seen(server);
    void client.send("still here");
    await settle();
    expect([atServer, client.upgraded]).toEqual([["still here"], false]);
  });

  test("a cut WebSocket ends an upgraded session; a cut of polling no longer matters", async () => {
    const { client, server, cut, settle } = await pair({ transport: "polling", upgrade: true });
    await settle();
    cut("polling");
    await settle();
    expect(server.readyState).toBe("open");
    cut("websocket");
    await settle();
    expect([client.readyState, server.readyState]).toEqual(["closed", "closed"]);
  });
});

test("await using closes both ends", async () => {
  let server;
  {
    await using both = await pair();
    server = both.server;
  }
  await Promise.resolve();
  expect(server.readyState).toBe("closed");
});

test("invalid options are refused as the real client refuses them", async () => {
  await expect(pair({ client: { connectTimeout: -1 } })).rejects.toMatchObject({ code: "engineio/invalid-option" });
});
