/** What is asked anew for each attempt to connect, and when the next one is due. No real time. */
import { ConnectionError as EngineConnectionError } from "@x/errors/engineio";
import { isRetryable } from "@x/errors/retry";
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { type Attempt, Manager } from "../src/client.js";
import { world, type World } from "./memory-engine.js";

async function pass(place: World, ms: number): Promise<void> {
  place.clock.advance(ms);
  await settle();
}

describe("functions per attempt", () => {
  test("url, extraHeaders, query and auth are asked for each, told its number and reason", async () => {
    const place = world();
    const asked: Attempt[] = [];
    const auths: Attempt[] = [];
    const socket = place.client({
      url: ({ attempt }) => `memory-${attempt}`,
      extraHeaders: (attempt) => {
        asked.push(attempt);
        return Promise.resolve({ authorization: `token ${asked.length}` });
      },
      query: { kept: 1 },
      auth: (answer, attempt) => {
        auths.push(attempt);
        answer({});
      },
    });
    await settle();
    expect(socket.connected).toBe(true);
    place.isUp = false;
    place.cut();
    await pass(place, 1000);
    place.isUp = true;
    await pass(place, 2100);
    expect(socket.connected).toBe(true);
    expect(place.dialled.map(({ url, options }) => [url, options.extraHeaders, options.query])).toEqual([1, 2, 3].map((n) => [`memory-${n}`, { authorization: `token ${n}` }, { kept: 1 }]));
    expect(asked.map(({ attempt, reason }) => [attempt, reason === undefined ? undefined : (reason as { code?: string }).code])).toEqual([[1, undefined], [2, "socketio/connection-lost"], [3, "socketio/connection-failed"]]);
    expect(auths.map(({ attempt }) => attempt)).toEqual([1, 3]);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
    socket.disconnect();
    expect(asked.at(-1)?.signal.aborted).toBe(true);
  });

  test("one that fails fails the attempt, and is asked again", async () => {
    const place = world();
    let count = 0;
    const socket = place.client({ query: () => {
      if (++count === 1) throw new Error("no token");
      return {};
    } });
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => void errors.push(error));
    await settle();
    expect(errors).toMatchObject([{ message: "no token", code: "socketio/connection-failed", cause: { message: "no token" } }]);
    await pass(place, 1100);
    expect(socket.connected).toBe(true);
  });

  test("an address that is none fails the attempt, too, and is asked for again", async () => {
    const clock = new FakeClock();
    let count = 0;
    const manager = new Manager("http://localhost", { clock, random: () => 0, url: () => `ftp://${++count}` });
    const errors: unknown[] = [];
    manager.socket("/").on("connect_error", (error) => void errors.push(error));
    await settle();
    clock.advance(1000);
    await settle();
    expect([count, manager.engine]).toEqual([2, undefined]);
    expect(errors).toMatchObject([1, 2].map(() => ({ code: "socketio/connection-failed", cause: { code: "engineio/connection-failed" } })));
    manager.socket("/").disconnect();
  });

  test("an answer that comes too late, or after the end, counts no more", async () => {
    const place = world();
    const answers: (() => void)[] = [];
    const socket = place.client({ timeout: 100, reconnectionDelay: 50, url: ({ attempt }) => new Promise((resolve) => void answers.push(() => resolve(`late ${attempt}`))) });
    await pass(place, 100);
    await pass(place, 100);
    expect(answers).toHaveLength(2);
    answers[0]?.();
    await settle();
    expect(place.dialled).toEqual([]);
    socket.disconnect();
    answers[1]?.();
    await settle();
    expect([place.dialled, socket.connected]).toEqual([[], false]);
  });
});

describe("when to connect again", () => {
  const unavailable = (headers: Record<string, string>) => new EngineConnectionError("unavailable", { httpStatus: 503, headers });

  test("a server's Retry-After is waited for, up to maxRetryAfterMs", async () => {
    for (const [options, waitMs] of [[{}, 30_000], [{ maxRetryAfterMs: 30_000 }, 30_000], [{ maxRetryAfterMs: 29_999 }, 29_999]] as const) {
      const place = world();
      place.isUp = false;
      place.failure = unavailable({ "Retry-After": "30" });
      place.client(options);
      await settle();
      await pass(place, waitMs - 1);
      expect(place.dialled).toHaveLength(1);
      await pass(place, 1);
      expect(place.dialled).toHaveLength(2);
    }
  });

  test("retryIf ends it, and whoever waits is told why", async () => {
    const place = world();
    place.isUp = false;
    place.failure = new EngineConnectionError("forbidden", { httpStatus: 403 });
    const seen: unknown[] = [];
    const socket = place.client({ retryIf: (error) => {
      seen.push(error);
      return isRetryable(error.cause);
    } });
    const waiting = socket.emitWithAck("x").then(() => undefined, (error: unknown) => error);
    await settle();
    await pass(place, 1e6);
    expect(seen).toMatchObject([{ name: "ConnectionError", cause: { httpStatus: 403 } }]);
    expect([place.dialled.length, socket.active]).toEqual([1, false]);
    expect(await waiting).toMatchObject({ name: "DisconnectedError" });
  });

  test("a refusal that names a delay is followed by another CONNECT, on the same connection; what waits is kept", async () => {
    const place = world();
    let asked = 0;
    const heard: unknown[] = [];
    place.server.use((_socket, next) => next(++asked > 1 ? undefined : Object.assign(new Error("busy"), { data: { retryAfterMs: 5000 } })));
    place.server.on("connection", (socket) => void socket.onAny((event) => void heard.push(event)));
    const socket = place.client();
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => void errors.push([error.message, socket.active]));
    await settle();
    socket.emit("kept");
    await pass(place, 4999);
    expect([errors, asked]).toEqual([[["busy", true]], 1]);
    await pass(place, 1);
    expect([socket.connected, heard, place.dialled.length]).toEqual([true, ["kept"], 1]);
  });

  test("unless retryIf says no, or the application has had enough; a server cannot make it hurry", async () => {
    const refusing = (options: Parameters<World["client"]>[0], retryAfterMs: number) => {
      const place = world();
      const counts = { asked: 0 };
      place.server.use((_socket, next) => {
        counts.asked++;
        next(Object.assign(new Error("busy"), { data: { retryAfterMs } }));
      });
      return { place, counts, socket: place.client(options) };
    };
    const { place, counts, socket } = refusing({ retryIf: () => false }, 10);
    await pass(place, 0);
    await pass(place, 10_000);
    expect([counts.asked, socket.active]).toEqual([1, false]);
    const enough = refusing({}, 10);
    await pass(enough.place, 0);
    const { pending } = enough.place.clock;
    enough.socket.disconnect();
    expect(enough.place.clock.pending).toBe(pending - 1); // it does not even wait
    await pass(enough.place, 10_000);
    expect(enough.counts.asked).toBe(1);
    const hurried = refusing({ reconnectionDelay: 1000 }, 0);
    await pass(hurried.place, 0);
    await pass(hurried.place, 999);
    expect(hurried.counts.asked).toBe(1);
    await pass(hurried.place, 1);
    expect(hurried.counts.asked).toBe(2);
  });
});
