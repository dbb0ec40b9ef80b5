/** The end of a server: in which order, whoever does not end, and what the callback is told. */
import { createServer } from "node:http";
import { settle } from "@x/testkit";
import { expect, test } from "vitest";
import { InMemoryAdapter } from "../src/adapter/in-memory.js";
import type { Adapter, AdapterNamespace } from "../src/adapter-contract.js";
import { connect, serve } from "../src/index.js";
import { Server } from "../src/server.js";
import { type World, world } from "./memory-engine.js";

/** Adapters that note their end, and end as `end` says. */
function noting(log: unknown[], end: (name: string) => Promise<void> | void = () => undefined): (nsp: AdapterNamespace) => Adapter {
  return (nsp) => Object.assign(new InMemoryAdapter(nsp), {
    close: () => {
      log.push(`adapter of ${nsp.name}`);
      return end(nsp.name);
    },
  });
}

/** A world with a client in each of the namespaces; sockets and the engine note their end. */
async function inhabited(log: unknown[], adapter: (nsp: AdapterNamespace) => Adapter, names: readonly string[]): Promise<World> {
  const place = world({ adapter });
  place.server.engine.close = () => {
    log.push("engine");
    return Promise.resolve();
  };
  place.server.of(/dynamic/);
  for (const name of names) {
    place.client({ reconnection: false }, name);
    if (name !== "/dynamic") place.server.of(name);
  }
  place.server.on("new_namespace", (nsp) => void nsp.on("connection", (socket) => void socket.on("disconnect", (reason) => log.push(`${nsp.name}: ${reason}`))));
  for (const nsp of place.server._nsps.values()) nsp.on("connection", (socket) => void socket.on("disconnect", (reason) => log.push(`${nsp.name}: ${reason}`)));
  await settle();
  return place;
}

test("close() ends the sockets of all namespaces, then adapters and engine, none of which waits for another", async () => {
  const log: unknown[] = [];
  const adapter = noting(log, (name) => (name === "/" ? new Promise(() => undefined) : undefined));
  const place = await inhabited(log, adapter, ["/", "/b", "/c"]);
  void place.server.close();
  const reason = "server shutting down";
  expect(log).toEqual([`/: ${reason}`, `/b: ${reason}`, `/c: ${reason}`, "adapter of /", "adapter of /b", "adapter of /c", "engine"]);
});

test("close() ends each adapter once: also that of a dynamic namespace, which goes with its last socket, and though it is called twice", async () => {
  const log: unknown[] = [];
  const adapter = noting(log);
  const place = await inhabited(log, adapter, ["/dynamic"]);
  await Promise.all([place.server.close(), place.server.close()]);
  expect(log.filter((entry) => String(entry).startsWith("adapter"))).toEqual(["adapter of /dynamic", "adapter of /"]);
});

test.each([
  ["throws", () => { throw new Error("no end"); }],
  ["rejects", () => Promise.reject(new Error("no end"))],
])("an adapter that %s when it is to end is reported, and keeps nobody; close() waits for the others", async (_how, fail) => {
  const log: unknown[] = [];
  let end = (): void => undefined;
  const slow = new Promise<void>((resolve) => (end = resolve));
  const adapter = noting(log, (name) => (name === "/slow" ? slow : fail()));
  const place = await inhabited(log, adapter, ["/slow", "/dynamic"]);
  const guest = place.client({ reconnection: false }, "/dynamic-too");
  await settle();
  guest.disconnect();
  await settle();
  const closed = place.server.close().then(() => log.push("closed"));
  await settle();
  expect(log).not.toContain("closed");
  end();
  await closed;
  expect(place.failures.map(({ error, context }) => [(error as Error).message, context["event"], context["namespace"]])).toEqual([
    ["no end", "adapter", "/dynamic-too"], ["no end", "adapter", "/dynamic"], ["no end", "adapter", "/"],
  ]);
});

test("close(callback): told when all has ended, and the second time that the HTTP server does not run; the promises resolve", async () => {
  const server = await serve();
  const socket = await connect(server.url ?? "", { transports: ["websocket"], reconnection: false, forceNew: true });
  const ended = new Promise((resolve) => void socket.once("disconnect", resolve));
  const told: unknown[] = [];
  await server.close((error) => void told.push(error, server.httpServer.listening, server.engine.clientsCount));
  await server.close((error) => void told.push(error));
  expect([await ended, told]).toEqual(["transport close", [undefined, false, 0, expect.objectContaining({ code: "ERR_SERVER_NOT_RUNNING" })]]);
});

test("close(callback) of a server without an HTTP server, or with one that never listened; what the callback throws is reported", async () => {
  const told: unknown[] = [];
  await new Server().close((error) => void told.push(error));
  await new Server(createServer()).close((error) => void told.push(error));
  expect(told).toEqual([undefined, expect.objectContaining({ code: "ERR_SERVER_NOT_RUNNING" })]);
  const place = world();
  await place.server.close(() => { throw new Error("in the callback"); });
  expect(place.failures).toEqual([{ error: new Error("in the callback"), context: { event: "close" } }]);
});

test("new Server(null, options), as programs have it that attach later", async () => {
  const server = new Server(null, { path: "/live" });
  expect([server.path(), server.httpServer]).toEqual(["/live", undefined]);
  await server.close();
});
