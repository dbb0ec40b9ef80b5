/** ResilientClient over sessions in memory, with time that moves by hand. */
import { ConnectionError } from "@x/errors/engineio";
import { setErrorReporter } from "@x/errors/handlers";
import { describe, expect, onTestFinished, test } from "vitest";
import { clientOf, quiet, reconnect, refused } from "../../test/resilient.js";

describe("connect()", () => {
  test("connects, hands on messages, and closes", async () => {
    const { client, log, pairs } = clientOf(["open"]);
    expect(client.state).toBe("idle");
    const connected = client.connect();
    expect(client.state).toBe("connecting");
    await connected;
    expect([client.state, client.connection]).toEqual(["open", pairs[0]?.client]);
    void pairs[0]?.server.send("hello");
    await quiet();
    await client.connect();
    await client.close();
    await quiet();
    expect(log).toEqual(["attempt 1 after 0", "connect", "message hello", "disconnect forced close (closed)", "close on purpose"]);
    expect([client.state, client.connection]).toEqual(["closed", undefined]);
  });

  test("tries again with growing waits, and rejects with the last failure", async () => {
    const { client, clock, log } = clientOf([refused()], { reconnect });
    const connected = client.connect();
    for (const waitMs of [100, 200]) {
      await quiet();
      expect(client.state).toBe("waiting");
      clock.advance(waitMs);
    }
    await expect(connected).rejects.toMatchObject({ message: "refused" });
    await quiet();
    expect(log).toEqual([
      "attempt 1 after 0", "error refused", "attempt 2 after 100 for refused", "error refused", "attempt 3 after 200 for refused", "error refused", "close refused",
    ]);
    expect([client.state, clock.pendingTimers]).toEqual(["closed", 0]);
  });

  test("several callers wait for the same connection; nobody need wait", async () => {
    const { client, clock, log } = clientOf([refused(), "open"], { reconnect });
    void client.connect();
    const second = client.connect();
    expect(client.connect()).toBe(second); // however many they are, nothing grows
    await quiet();
    clock.advance(100);
    await second;
    expect(log.filter((line) => line.startsWith("attempt"))).toHaveLength(2);
    await client.close();
  });

  test("while it waits makes the next attempt now", async () => {
    const { client, log } = clientOf([refused(), "open"], { reconnect });
    void client.connect();
    await quiet();
    await client.connect();
    expect([client.state, log.at(-1)]).toEqual(["open", "connect again"]);
    await client.close();
  });

  test("can be called from the disconnect handler, with and without a policy", async () => {
    for (const policy of [false, reconnect]) {
      const { client, clock, log, pairs } = clientOf(["open"], { reconnect: policy });
      await client.connect();
      client.once("disconnect", () => client.connect());
      pairs[0]?.cut();
      await quiet();
      expect([client.state, pairs.length, clock.now()]).toEqual(["open", 2, 0]);
      expect(log.filter((line) => line.startsWith("close"))).toEqual([]);
      await client.close();
    }
  });

  test("begins anew after the end", async () => {
    const { client, log } = clientOf(["open"]);
    await client.connect();
    await client.close();
    await quiet();
    await client.connect();
    await client.close();
    expect(log.filter((line) => line.startsWith("attempt"))).toEqual(["attempt 1 after 0", "attempt 1 after 0"]);
  });
});

describe("the policy", () => {
  test("reconnect: false: the first end is the last", async () => {
    const { client, log, pairs } = clientOf(["open"], { reconnect: false });
    await client.connect();
    pairs[0]?.cut();
    await quiet();
    expect(log.slice(2)).toEqual(["disconnect transport error (closed)", "error Connection lost: transport error", "close Connection lost: transport error"]);
  });

  test("a lost connection is made again; one that lasted makes the next failure the first again", async () => {
    const { client, clock, log, pairs } = clientOf(["open"], { reconnect: { ...reconnect, resetAfterMs: 1_000 } });
    await client.connect();
    for (let round = 0; round < 4; round++) {
      clock.advance(1_000);
      pairs.at(-1)?.cut();
      await quiet();
      clock.advance(100);
      await quiet();
    }
    expect(log.filter((line) => line.startsWith("attempt"))).toEqual(["attempt 1 after 0", ...Array<string>(4).fill("attempt 2 after 100 for Connection lost: transport error")]);
    expect(client.state).toBe("open");
    await client.close();
  });

  test("a server that closes is a loss, too", async () => {
    const { client, pairs } = clientOf(["open"], { reconnect });
    await client.connect();
    pairs[0]?.server.close();
    await quiet();
    expect(client.state).toBe("waiting");
    await client.close();
  });

  test.each([401, 403, 404, 410])("HTTP %i is final", async (httpStatus) => {
    const { client, log } = clientOf([new ConnectionError("no", { httpStatus })], { reconnect });
    await expect(client.connect()).rejects.toMatchObject({ httpStatus });
    expect(log).toHaveLength(3);
  });

  test("retryIf decides instead; what is out of range is refused", async () => {
    const { client } = clientOf([new TypeError("odd")], { reconnect: { ...reconnect, retryIf: () => true } });
    void client.connect();
    await quiet();
    expect(client.state).toBe("waiting");
    await client.close();
    expect(() => clientOf(["open"], { reconnect: { attempts: 0 } })).toThrow(expect.objectContaining({ code: "errors/invalid-option" }));
  });

  test("a retryIf that throws says no, and what it threw goes to onError, whatever that does", async () => {
    const broken = new TypeError("no such field");
    const told: unknown[] = [];
    const last: unknown[] = [];
    const before = setErrorReporter((error) => last.push(error));
    onTestFinished(() => void setErrorReporter(before));
    for (const onError of [(error: unknown, context: unknown) => told.push(error, context), () => { throw new Error("onError"); }]) {
      const { client, log } = clientOf([refused()], { onError, reconnect: { ...reconnect, retryIf: () => { throw broken; } } });
      await expect(client.connect()).rejects.toMatchObject({ message: "refused" });
      await quiet();
      expect([client.state, log]).toEqual(["closed", ["attempt 1 after 0", "error refused", "close refused"]]);
    }
    expect([told, last]).toEqual([[broken, { event: "retryIf" }], [new Error("onError")]]);
  });

  test("Retry-After is waited for, up to a limit", async () => {
    const busy = new ConnectionError("busy", { httpStatus: 503, headers: { "retry-after": "5" } });
    const { client, clock, log } = clientOf([busy, "open"], { reconnect });
    void client.connect();
    await quiet();
    clock.advance(4_999);
    await quiet();
    expect(client.state).toBe("waiting");
    clock.advance(1);
    await quiet();
    expect(log.slice(1)).toEqual(["error busy", "attempt 2 after 5000 for busy", "connect again"]);
    await client.close();
    await expect(clientOf([busy], { reconnect: { ...reconnect, maxRetryAfterMs: 4_000 } }).client.connect()).rejects.toMatchObject({ httpStatus: 503 });
  });

  test("a page that wakes up, or is online again, does not wait", async () => {
    const { client, page } = clientOf([refused(), "open"], { reconnect });
    void client.connect();
    await quiet();
    page()?.offline();
    page()?.leaving();
    expect(client.state).toBe("waiting");
    page()?.awake();
    await quiet();
    expect([client.state, page()]).toEqual(["open", undefined]);
    await client.close();
  });
});

describe("send()", () => {
  test("needs a connection, unless messages may wait", async () => {
    const { client, received } = clientOf(["open"]);
    expect(() => client.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(client.trySend("x")).toBe(false);
    const connected = client.connect();
    expect(() => client.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    await connected;
    void client.send("now");
    expect(client.trySend("too")).toBe(true);
    await quiet();
    expect(received).toEqual(["now", "too"]);
    await client.close();
  });

  test("messages wait in order for the next connection, and leave before what its handlers send", async () => {
    const { client, clock, received } = clientOf([refused(), "open"], { reconnect, maxOfflineBytes: 1_000 });
    client.on("connect", (connection) => connection.send("third"));
    void client.connect();
    void client.send("first");
    await quiet();
    await client.send({ second: true });
    clock.advance(100);
    await quiet();
    expect(received).toEqual(["first", '{"second":true}', "third"]);
    await client.close();
  });

  test("maxOfflineBytes bytes wait (8 more for each message), one more is refused; close() drops them", async () => {
    const { client } = clientOf([refused()], { reconnect, maxOfflineBytes: 36 });
    void client.connect();
    void client.send("x".repeat(10));
    void client.send("x".repeat(9));
    expect(() => client.send("")).toThrow(expect.objectContaining({ code: "engineio/queue-full" }));
    expect(client.trySend("x")).toBe(false);
    await client.close();
    await quiet();
    void client.connect();
    void client.send("x".repeat(28));
    await client.close();
    expect(() => clientOf(["open"], { maxOfflineBytes: -1 })).toThrow(expect.objectContaining({ code: "engineio/invalid-option" }));
  });

  test("a message that the server does not take is told, and lost alone", async () => {
    const { client, log, received } = clientOf(["open"], { maxOfflineBytes: 3_000_000 });
    const connected = client.connect();
    void client.send("x".repeat(1_500_000));
    void client.send("small");
    await connected;
    await quiet();
    expect(received).toEqual(["small"]);
    expect(log[1]).toMatch(/^error Cannot send: message has/);
    await client.close();
  });
});
