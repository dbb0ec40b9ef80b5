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

test.each(["51-/nowhere,", "61-/nowhere,1"])("bytes for a namespace that the client is not in (%s) are dropped, with their packet; what follows arrives", async (head) => {
  const { server, url } = await ourServer();
  const arrival = next(server, "connection");
  const client = ourClient(url);
  const heard: unknown[] = [];
  client.onAny((...event: unknown[]) => void heard.push(event));
  client.on("disconnect", (reason) => void heard.push(reason));
  const [socket] = await arrival as [{ conn: { send(data: string | Uint8Array): void }; emit(event: string, bytes: Uint8Array): void }];
  const last = next(client, "last");
  for (const message of [`${head}["a",{"_placeholder":true,"num":0}]`, new Uint8Array([1])]) socket.conn.send(message);
  socket.emit("last", new Uint8Array([2]));
  await last;
  expect([heard, client.connected]).toEqual([[["last", Buffer.from([2])]], true]);
});
