/** Whoever decides on a client has a limited time for it: matchers, adapters, middleware. No real time. */
import { settle } from "@x/testkit";
import { expect, test } from "vitest";
import { join, world } from "./memory-engine.js";

test.each([["middleware", "/slow"], ["a matcher", "/dynamic"]])("connectTimeout: %s that answers at the limit lets in, later neither in nor out", async (_name, nsp) => {
  const place = world({ connectTimeout: 500 });
  const decide: (() => void)[] = [];
  place.server.of("/slow").use((_socket, next) => void decide.push(next));
  place.server.of((name, _auth, next) => void decide.push(() => next(null, name === "/dynamic")));
  const { socket: root } = await join(place);
  const socket = root.io.socket(nsp);
  const refusals: unknown[] = [];
  socket.on("connect_error", (error) => void refusals.push([error.message, error.data]));
  const ask = async (afterMs: number): Promise<boolean> => {
    socket.connect();
    await settle();
    place.clock.advance(afterMs);
    await settle();
    return socket.connected;
  };
  expect(await ask(499)).toBe(false);
  decide.shift()?.();
  await settle();
  expect([socket.connected, refusals]).toEqual([true, []]);
  socket.disconnect();
  expect(await ask(560)).toBe(false);
  expect(refusals).toEqual([["Connect timeout", { code: "socketio/connect-timeout" }]]);
  expect(place.failures.map(({ error, context }) => [(error as { code?: unknown }).code, context["namespace"]])).toEqual([["socketio/connect-timeout", nsp]]);
  void ask(0);
  await settle();
  decide.shift()?.(); // the answer to the question before
  await settle();
  expect([socket.connected, place.server._nsps.get(nsp)?.sockets.size ?? 0, root.connected]).toEqual([false, 0, true]);
  decide.shift()?.();
  await settle();
  expect([socket.connected, place.server.of(nsp).sockets.size, refusals.length]).toEqual([true, 1, 1]);
});

test("connectTimeout: middleware that fails too late is heard of, and refuses nobody", async () => {
  const place = world({ connectTimeout: 500 });
  let fail: (error: Error) => void = () => undefined;
  place.server.of("/slow").use(() => new Promise((_resolve, reject) => void (fail = reject)));
  const { socket: root } = await join(place);
  const socket = root.io.socket("/slow");
  const refusals: string[] = [];
  socket.on("connect_error", ({ message }) => void refusals.push(message));
  await settle();
  place.clock.advance(560);
  fail(new Error("the database is away"));
  await settle();
  expect([refusals, place.failures.map(({ error }) => (error as Error).message).at(-1), root.connected]).toEqual([["Connect timeout"], "the database is away", true]);
});

test.each([["leaves", ["1"]], ["breaks the protocol", ["0"]]])("a client that %s while middleware runs gives its place back", async (_name, messages) => {
  const place = world({ maxSocketsPerNamespace: 1 });
  let next: () => void = () => undefined;
  place.server.of("/slow").use((_socket, pass) => void (next = pass));
  const { socket: root } = await join(place);
  root.io.socket("/slow");
  await settle();
  const [end] = place.ends;
  for (const message of messages) await end?.other?.send(`${message}/slow,`);
  await settle();
  next();
  await settle();
  expect([end?.readyState, root.connected, place.server.of("/slow").sockets.size]).toEqual(["closed", false, 0]);
  const second = place.client({}, "/slow");
  await settle();
  next();
  await settle();
  expect(second.connected).toBe(true);
});
