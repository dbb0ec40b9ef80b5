/** Where python-socketio's client goes its own way: socket.io's is followed. */
import { expect, test } from "vitest";
import { next, ourClient, ourServer } from "./peers.js";

test("an event that nobody listens to is not acknowledged", async () => {
  const { server, url } = await ourServer();
  const arrival = next(server, "connection");
  const client = ourClient(url);
  client.on("known", (answer: (value: string) => void) => answer("heard"));
  const [socket] = await arrival as [{ emit(event: string, ack: () => void): void; emitWithAck(event: string): Promise<unknown> }];
  let isAcknowledged = false;
  socket.emit("unknown", () => { isAcknowledged = true; });
  expect(await socket.emitWithAck("known")).toBe("heard"); // what came before was answered, or never will be
  expect(isAcknowledged).toBe(false);
});

test("a refused namespace leaves the others of its connection alone", async () => {
  const { server, url } = await ourServer();
  server.use((_socket, proceed) => proceed(new Error("not here")));
  server.of("/admin").on("connection", (socket) => socket.on("ask", (answer: (value: string) => void) => answer("yes")));
  const root = ourClient(url);
  const admin = root.io.socket("/admin");
  await Promise.all([next(root, "connect_error"), next(admin, "connect")]);
  expect([root.connected, root.active, admin.connected]).toEqual([false, false, true]);
  expect(await admin.emitWithAck("ask")).toBe("yes");
  admin.disconnect();
});
