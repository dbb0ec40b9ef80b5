/** Where python-socketio's client goes its own way, or has other names: socket.io's are followed. */
import type { ClientOptions } from "@x/socketio";
import { SimpleClient } from "@x/socketio/simple-client";
import { expect, onTestFinished, test } from "vitest";
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

test("a client knows its Engine.IO session, its namespaces and their ids, its address and options, and what it waits for", async () => {
  const { server, url } = await ourServer();
  server.of("/admin");
  const arrival = next(server, "connection");
  const options: ClientOptions = { transports: ["websocket"], extraHeaders: { "x-app": "a" }, query: { v: "1" }, auth: { token: "t" } };
  const root = ourClient(url, options);
  const admin = root.io.socket("/admin");
  await Promise.all([next(root, "connect"), next(admin, "connect")]);
  const [peer] = await arrival as [{ id: string; conn: { id: string } }];
  expect([root.io.engine.id, root.id]).toEqual([peer.conn.id, peer.id]);
  expect([...root.io.nsps].map(([name, { id }]) => [name, id])).toEqual([["/", root.id], ["/admin", admin.id]]);
  expect([root.io.uri, root.io.opts, root.auth]).toEqual([url, expect.objectContaining(options), options.auth]);
  root.emit("unanswered", () => undefined);
  expect([root.acks.size, admin.acks.size]).toEqual([1, 0]);
  admin.disconnect();
});

test("which namespaces are refused is told to each; names that are the library's cannot be sent", async () => {
  const { server, url } = await ourServer();
  server.of("/open");
  const root = ourClient(url);
  const sockets = ["/open", "/closed", "/shut"].map((name) => root.io.socket(name));
  await Promise.all(sockets.map((socket, at) => next(socket, at === 0 ? "connect" : "connect_error")));
  expect(sockets.filter(({ active }) => !active).map(({ nsp }) => nsp)).toEqual(["/closed", "/shut"]);
  for (const name of ["connect", "connect_error", "disconnect"]) expect(() => root.emit(name)).toThrow(expect.objectContaining({ code: "socketio/reserved-event" }));
  for (const socket of sockets) socket.disconnect();
});

test("SimpleClient: its namespace is the option's, then the address's; options of its constructor hold for every connection, those of connect() for one", async () => {
  const { server, url } = await ourServer();
  for (const name of ["/", "/chat", "/news"]) server.of(name).on("connection", (socket) => socket.emit("at", name, socket.conn.transport.name, socket.handshake.auth, socket.handshake.query["v"]));
  const client = new SimpleClient({ transports: ["websocket"], query: { v: "1" }, forceNew: true });
  onTestFinished(() => client.disconnect());
  const arrived: unknown[] = [];
  for (const [address, options] of [[url, {}], [url, { namespace: "/chat", auth: { token: "t" } }], [`${url}/news`, { query: { v: "2" } }], [`${url}/news`, { namespace: "/chat" }]] as const) {
    await client.connect(address, options);
    arrived.push((await client.receive()).slice(1));
    client.disconnect();
  }
  expect(arrived).toEqual([["/", "websocket", {}, "1"], ["/chat", "websocket", { token: "t" }, "1"], ["/news", "websocket", {}, "2"], ["/chat", "websocket", {}, "1"]]);
});
