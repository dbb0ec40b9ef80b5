/** What users' tests can do to a connection, and what the connection makes of it. */
import { describe, expect, test } from "vitest";
import { seededRandom } from "@x/testkit";
import { pair } from "./pair.js";

describe("faults of a pair in memory", () => {
  test("latency: bytes arrive when they are due, and not before", async () => {
    const { client, server, clock, settle } = pair({ faults: { client: { latencyMs: 100 } } });
    void client.send("late");
    await settle();
    clock.advance(99);
    await settle();
    expect(server.receiveNowait()).toBeNull();
    expect(client.bufferedBytes).toBeGreaterThan(0);
    clock.advance(1);
    await settle();
    expect(server.receiveNowait()).toBe("late");
    void server.send("the other way is quick");
    await settle();
    expect(client.receiveNowait()).toBe("the other way is quick");
  });

  test("what is on its way is back pressure, until it has arrived", async () => {
    const { client, server, clock, settle } = pair({ faults: { client: { latencyMs: 100 } } });
    let isTaken = false;
    void client.send("x".repeat(200_000)).then(() => (isTaken = true));
    await settle();
    expect(isTaken).toBe(false);
    clock.advance(100);
    await settle();
    expect(isTaken).toBe(true);
    expect(await server.receive()).toHaveLength(200_000);
  });

  test("jitter keeps the order", async () => {
    const { client, server, clock, settle } = pair({ random: seededRandom(7), faults: { client: { latencyMs: 10, jitterMs: 1_000 } } });
    const sent = Array.from({ length: 50 }, (_, at) => String(at));
    for (const text of sent) {
      void client.send(text);
      await settle();
      clock.advance(1);
    }
    clock.advance(2_000);
    await settle();
    expect(sent.map(() => server.receiveNowait())).toEqual(sent);
  });

  test("pieces: one byte per chunk makes no difference but in time", async () => {
    const { client, server } = pair({ faults: { client: { maxChunkBytes: 1 }, server: { maxChunkBytes: 1 } } });
    void client.send("é".repeat(100));
    expect(await server.receive()).toBe("é".repeat(100));
    expect(await client.close(4_000, "done")).toMatchObject({ code: 4_000, wasClean: true });
  });

  test("silence: only the keepalive notices, on either side", async () => {
    const { client, server, clock, faults, settle } = pair({ pingIntervalMs: 1_000, pingTimeoutMs: 500 });
    faults.client.isSilent = true;
    clock.advance(1_000);
    await settle();
    clock.advance(500);
    await settle();
    expect(server.state).not.toBe("open");
    await expect(server.receive()).rejects.toMatchObject({ code: "simple-ws/ping-timeout", reason: 1008 });
    expect(client.state).not.toBe("open"); // the server's Close came through: the other way works
  });

  test("cut after so many bytes: 1006 on both sides, and what came before is received", async () => {
    const { client, server, faults } = pair();
    void client.send("whole");
    expect(await server.receive()).toBe("whole");
    faults.client.cutAfterBytes = 8;
    void client.send("not whole");
    await expect(server.receive()).rejects.toMatchObject({ reason: 1006, initiator: "network" });
    expect(await client.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  test("a corrupted byte is a protocol fault of the peer's, or other text", async () => {
    const { client, server, faults } = pair();
    faults.server.corruptByteIn = 0;
    void server.send("x");
    expect(await client.closed).toMatchObject({ code: 1002, initiator: "local" });
  });
});
