/** Going out of service, over real sockets. */
import { connect, serve } from "../src/index.js";
import { expect, test } from "vitest";

test.each([["polling"], ["websocket"]] as const)("drain() delivers what was sent, hangs up so that clients come again, and refuses new ones (%s)", async (transport) => {
  await using server = await serve();
  const reasons: unknown[] = [];
  server.on("connection", (socket) => void socket.on("disconnect", (reason) => void reasons.push(reason)));
  const client = await connect(server.url ?? "", { transports: [transport], reconnectionDelay: 60_000 });
  const heard: unknown[] = [];
  client.on("news", (value) => void heard.push(value));
  const ended = new Promise((resolve) => void client.on("disconnect", resolve));
  server.emit("news", "last");
  expect(server.isClosing).toBe(false);
  const report = await server.drain({ timeoutMs: 10_000 });
  expect([await ended, heard, client.active, server.isClosing]).toEqual(["transport close", ["last"], true, true]);
  expect([report.total, report.cutOff, reasons]).toEqual([1, 0, ["server shutting down"]]);
  await expect(connect(server.url ?? "", { transports: [transport], reconnection: false })).rejects.toMatchObject({ name: "ConnectionError" });
  client.disconnect();
});

test("drain() refuses options that make no sense, and a server that is attached to nothing has nothing to do", async () => {
  await using server = await serve();
  await expect(server.drain({ perSecond: 0 })).rejects.toMatchObject({ code: "engineio/invalid-option" });
  expect(server.isClosing).toBe(false);
  expect(await server.shutdown({ overMs: 5 })).toMatchObject({ total: 0, cutOff: 0 });
  const { Server } = await import("../src/server.js");
  expect(await new Server().drain()).toEqual({ total: 0, cutOff: 0, tookMs: 0 });
});
