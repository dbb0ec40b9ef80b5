/** Is the connection alive? */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { drain, setUp, steady } from "./fake-transport.js";

describe("heartbeat", () => {
  test("pings after silence, measures, and takes data for life", async () => {
    const { socket, open, pass, of } = setUp({ heartbeat: { intervalMs: 1_000, timeoutMs: 400 } });
    const link = await open();
    await pass(1_000);
    await pass(30);
    link.pong();
    await settle();
    expect([link.pings, socket.latencyMs, of("ping"), of("pong")]).toEqual([1, 30, [{ payload: "" }], [{ payload: "", latencyMs: 30 }]]);
    await pass(1_000);
    link.deliver("alive");
    await pass(400);
    expect([link.pings, socket.state]).toEqual([2, "connected"]);
    link.pong();
    await settle();
    expect(socket.stats()).toMatchObject({ latencyMs: 400, latencyAverageMs: 215, lastMessageAgoMs: 400 });
  });

  test("silence after a ping: the connection is cut, and another made", async () => {
    const { socket, open, pass, of, transport } = setUp({ heartbeat: { intervalMs: 1_000, timeoutMs: 400 }, reconnect: steady });
    const link = await open();
    await pass(1_000);
    await pass(399);
    expect(link.ended).toBe(undefined);
    await pass(1);
    expect([link.ended, socket.state]).toEqual(["cut", "backingOff"]);
    expect(of("error")).toMatchObject([{ error: { code: "pool/connection-timeout", operation: "ping", afterMs: 400 }, fatal: false }]);
    expect(of("disconnected")).toEqual([{ code: 1006, reason: "Ping timeout", wasClean: false }]);
    expect(of("stateChange")).toContainEqual({ oldState: "connected", newState: "reconnecting" });
    await pass(1_000);
    expect([transport.links.length, socket.state]).toEqual([2, "connected"]);
  });

  test("an application's ping and its answer, which is not handed on", async () => {
    const { socket, open, pass, of } = setUp({ heartbeat: { intervalMs: 1_000, ping: () => '{"op":"ping"}', isPong: (data) => data === '{"op":"pong"}' } });
    const link = await open();
    await pass(1_000);
    expect([link.sentData, link.pings]).toEqual([[{ op: "ping" }], 0]);
    await pass(25);
    link.deliver({ op: "pong" }, "data");
    expect([socket.latencyMs, await drain(socket)]).toEqual([25, ["data"]]);
    expect([of("ping"), of("pong")]).toEqual([[{ payload: '{"op":"ping"}' }], [{ payload: '{"op":"pong"}', latencyMs: 25 }]]);
    expect(socket.stats()).toMatchObject({ messagesSent: 0, messagesReceived: 1 });
  });

  test("a platform that cannot ping is not taken for dead", async () => {
    const { socket, open, pass } = setUp({ heartbeat: 1_000 });
    (await open()).canPing = false;
    for (let round = 0; round < 10; round++) await pass(1_000);
    expect(socket.state).toBe("connected");
  });

  test("a consumer that holds up reading does not make the connection look dead", async () => {
    const { socket, open, pass } = setUp({ heartbeat: 1_000, buffer: 1 });
    (await open()).deliver(1);
    for (let round = 0; round < 10; round++) await pass(1_000);
    expect(socket.state).toBe("connected");
  });

  test("wake() asks at once", async () => {
    const { socket, open, pass } = setUp({ heartbeat: { intervalMs: 60_000, timeoutMs: 400 }, reconnect: steady });
    const link = await open();
    socket.wake();
    expect(link.pings).toBe(1);
    await pass(400);
    expect(link.ended).toBe("cut");
  });

  test("what its functions throw is an error event", async () => {
    const bug = new Error("bug");
    const broken = (): never => {
      throw bug;
    };
    const { open, pass, of } = setUp({ heartbeat: { intervalMs: 1_000, ping: broken, isPong: broken } });
    const link = await open();
    link.deliver(1);
    await pass(1_000);
    expect(of("error")).toEqual([{ error: bug, fatal: false }, { error: bug, fatal: false }]);
  });
});
