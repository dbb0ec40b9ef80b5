/** What ResilientClient asks for each attempt. */
import { EngineIOError } from "@x/errors/engineio";
import { describe, expect, test } from "vitest";
import { clientOf, quiet, reconnect, refused } from "../../test/resilient.js";
import type { AttemptInfo } from "../shell/resilient-options.js";

describe("options of each attempt", () => {
  test("values, and functions that are told of the attempt", async () => {
    const seen: AttemptInfo[] = [];
    const { client, clock, given } = clientOf([refused(), "open"], {
      reconnect,
      extraHeaders: (attempt) => { seen.push(attempt); return { "X-Try": String(attempt.attempt) }; },
      auth: async ({ attempt }) => Promise.resolve(`Bearer ${attempt}`),
      query: { fixed: 1 },
    });
    void client.connect();
    await quiet();
    clock.advance(100);
    await quiet();
    expect(given).toEqual([1, 2].map((n) => ({ extraHeaders: { "X-Try": String(n), Authorization: `Bearer ${n}` }, query: { fixed: 1 }, signal: expect.any(AbortSignal) as unknown })));
    expect(seen.map(({ attempt, delayMs, reason }) => [attempt, delayMs, reason?.message])).toEqual([[1, 0, undefined], [2, 100, "refused"]]);
    await client.close();
  });

  test("a function that fails, fails the attempt; one that never answers is left behind by close()", async () => {
    const failing = clientOf(["open"], { auth: () => { throw new Error("no token"); } });
    await expect(failing.client.connect()).rejects.toMatchObject({ message: "no token" });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what applications should not do, and do
    const odd = clientOf(["open"], { auth: () => Promise.reject("text") });
    await expect(odd.client.connect()).rejects.toMatchObject({ name: "ConnectionError", cause: "text" });
    const both = clientOf(["open"], { extraHeaders: () => Promise.reject(new Error("no headers")), auth: () => { throw new Error("no token"); } });
    await expect(both.client.connect()).rejects.toThrow(/^no /); // and no rejection is left unhandled
    const hanging = clientOf(["open"], { query: () => new Promise(() => undefined) });
    const connected = hanging.client.connect();
    await quiet();
    await hanging.client.close();
    await expect(connected).rejects.toMatchObject({ name: "SocketIsClosedError" });
    expect(hanging.client.state).toBe("closed");
  });

  test("nobody is asked for an attempt whose own event brought close()", async () => {
    let asked = 0;
    const { client, given } = clientOf(["open"], { auth: () => { asked++; return new Promise<string>(() => undefined); } });
    client.on("attempt", () => client.close());
    await expect(client.connect()).rejects.toBeInstanceOf(EngineIOError);
    expect([client.state, asked, given]).toEqual(["closed", 0, []]);
  });
});
