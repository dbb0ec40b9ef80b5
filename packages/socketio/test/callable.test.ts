/** The package as CommonJS programs written for socket.io hold it. That require() gives this on Node is for the packed package to show. */
import { createServer } from "node:http";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import callable, * as names from "../src/index.js";

test("is what require() gives, with everything that import gives", () => {
  expect(names["module.exports"]).toBe(callable);
  const imported = Object.fromEntries(Object.entries(names).filter(([name]) => name !== "default" && name !== "module.exports"));
  expect(Object.fromEntries(Object.entries(callable))).toEqual(imported);
});

test("makes a server with and without new, with options, of an HTTP server, on a port; a class may extend it", () => {
  class Own extends callable {
    readonly isOwn = true;
  }
  const servers: names.Server[] = [callable({ path: "/live" }), new callable({ path: "/live" }), new Own({ path: "/live" }), callable(createServer(), { path: "/live" }), callable(0, { path: "/live" })];
  onTestFinished(async () => {
    for (const server of servers) await server.close();
  });
  for (const server of servers) {
    expect(server).toBeInstanceOf(names.Server);
    expect(server).toBeInstanceOf(callable);
    expect(server.path()).toBe("/live");
  }
  expect(servers.map((server) => server instanceof Own && server.isOwn)).toEqual([false, false, true, false, false]);
});

test("knows the types of events either way", () => {
  interface Heard { hello(name: string): void }
  expectTypeOf(callable<Heard>).returns.toEqualTypeOf<names.Server<Heard>>();
  expectTypeOf(callable<Heard>).instance.toEqualTypeOf<names.Server<Heard>>();
});
