/** How a ResilientClient is closed, and what may be asked of it meanwhile; over sessions in memory, with time that moves by hand. */
import { EngineIOError } from "@x/errors/engineio";
import { describe, expect, test } from "vitest";
import { clientOf, quiet, reconnect, refused } from "../../test/resilient.js";
import { ResilientClient } from "../shell/resilient-client.js";
import { pair } from "../testing.js";

describe("close()", () => {
  test("while connecting, while waiting, twice, and before", async () => {
    for (const answer of ["silent", refused()] as const) {
      const { client, clock, log } = clientOf([answer], { reconnect });
      const connected = client.connect();
      await quiet();
      await client.close();
      await expect(connected).rejects.toBeInstanceOf(EngineIOError);
      await client.close();
      expect([client.state, clock.pendingTimers, log.at(-1)]).toEqual(["closed", 0, "close on purpose"]);
    }
    const idle = clientOf(["open"]);
    await idle.client.close();
    expect(idle.client.state).toBe("idle");
  });

  test("a connection that comes after it is closed, and nobody hears of it", async () => {
    const late = await pair();
    let open: (connection: typeof late.client) => void = () => undefined;
    const client = new ResilientClient(() => new Promise((resolve) => (open = resolve)), () => () => undefined, {});
    const events: string[] = [];
    for (const event of ["connect", "disconnect", "close"] as const) client.on(event, () => events.push(event));
    void client.connect();
    await quiet();
    await client.close();
    open(late.client);
    await quiet();
    expect([client.state, late.client.readyState, events]).toEqual(["closed", "closed", ["close"]]);
  });

  test("from within handlers", async () => {
    for (const event of ["attempt", "connect", "message", "error"] as const) {
      const { client, log, pairs, clock } = clientOf(event === "error" ? [refused()] : ["open"], { reconnect });
      client.on(event, () => client.close());
      void client.connect();
      await quiet();
      pairs[0]?.server.trySend("x");
      await quiet();
      clock.advance(10_000);
      await quiet();
      expect([event, client.state, log.at(-1)]).toEqual([event, "closed", "close on purpose"]);
    }
  });

  test.each(["open", "silent", refused()] as const)("connect() after it begins anew, awaited or not, whatever was under way (%s)", async (answer) => {
    for (const isAwaited of [true, false]) {
      const { client, log } = clientOf([answer, "open"], { reconnect, maxOfflineBytes: 1_000 });
      const before = client.connect().catch((error: unknown) => error);
      await quiet();
      const closed = client.close();
      if (isAwaited) await closed;
      const connected = client.connect();
      void client.send("x");
      await connected;
      expect([client.state, client.connection?.readyState, log.filter((line) => line.startsWith("attempt")).length]).toEqual(["open", "open", 2]);
      if (answer !== "open") expect(await before).toBeInstanceOf(EngineIOError);
      await client.close();
    }
  });

  test.each(["open", "silent", refused()] as const)("send() after it is refused, unless connect() was called, too; nothing is taken and lost (%s)", async (answer) => {
    const { client, received } = clientOf([answer, "open"], { reconnect, maxOfflineBytes: 1_000 });
    void client.connect();
    await quiet();
    void client.close();
    expect(() => client.send("lost")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(client.trySend("lost")).toBe(false);
    const connected = client.connect();
    await client.send("kept");
    await connected;
    await quiet();
    expect(received).toEqual(["kept"]);
    await client.close();
  });

  test("a listener of an attempt's signal may connect anew, and send", async () => {
    const { client, log, received } = clientOf(["open"], { reconnect, maxOfflineBytes: 1_000 });
    let again: Promise<void> | undefined;
    client.once("attempt", ({ signal }) => signal.addEventListener("abort", () => {
      again = client.connect();
      void client.send("next life");
    }));
    await client.connect();
    await client.close();
    await again;
    await quiet();
    expect([client.state, received, log.filter((line) => line.startsWith("attempt"))]).toEqual(["open", ["next life"], ["attempt 1 after 0", "attempt 1 after 0"]]);
    await client.close();
  });

  test("by await using", async () => {
    const one = clientOf(["open"]);
    {
      await using client = one.client;
      await client.connect();
    }
    await quiet();
    expect(one.client.state).toBe("closed");
  });
});
