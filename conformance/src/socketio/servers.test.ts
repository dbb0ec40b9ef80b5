/** What python-socketio's servers have under names of their own, on ours. */
import { Emitter } from "@socket.io/redis-emitter";
import type { AdapterNamespace } from "@x/socketio";
import { bySid } from "@x/socketio/by-sid";
import { ClusterAdapter } from "socket.io-adapter";
import { expect, test } from "vitest";
import { next, officialClient, ourServer } from "./peers.js";
import { join } from "./wire.js";

/** A cluster in one process. */
function cluster(): (nsp: AdapterNamespace) => ClusterAdapter {
  const members: Linked[] = [];
  class Linked extends ClusterAdapter {
    constructor(nsp: AdapterNamespace) {
      super(nsp);
      members.push(this);
    }
    override doPublish(message: Parameters<ClusterAdapter["onMessage"]>[0]): Promise<string> {
      for (const member of members) if (member !== this) member.onMessage(message);
      return Promise.resolve("");
    }
    override doPublishResponse(uid: string, response: Parameters<ClusterAdapter["onResponse"]>[0]): Promise<void> {
      members.find((member) => member.uid === uid)?.onResponse(response);
      return Promise.resolve();
    }
  }
  return (nsp) => new Linked(nsp);
}

test("io.local reaches the clients of this server alone", async () => {
  const adapter = cluster();
  const [here, there] = [await ourServer({ adapter }), await ourServer({ adapter })];
  const clients = [here, there].map(({ url }) => officialClient(url, { transports: ["websocket"] }));
  await Promise.all(clients.map((client) => next(client, "connect")));
  const heard: unknown[][] = clients.map(() => []);
  clients.forEach((client, at) => client.onAny((event) => void heard[at]?.push(event)));
  const last = clients.map((client) => next(client, "to all"));
  here.server.local.emit("to those here");
  here.server.sockets.local.emit("in the namespace");
  here.server.emit("to all");
  await Promise.all(last);
  expect(heard).toEqual([["to those here", "in the namespace", "to all"], ["to all"]]);
});

test("a program without a server cannot ask for an acknowledgement: it throws, and nothing is sent", () => {
  const published: unknown[] = [];
  const outside = new Emitter({ publish: (...message: unknown[]) => void published.push(message) });
  expect(() => outside.emit("ask", "who", () => undefined)).toThrow("Could not encode");
  expect(published).toEqual([]);
});

test("an integer of any length is a number like any other; one that an acknowledgement's id cannot be ends the connection", async () => {
  const { server, url } = await ourServer({ onError: () => undefined });
  bySid(server).on("type", (_sid, value) => [typeof value, value === Infinity, Number.isFinite(value)]);
  const wire = await join(url);
  for (const [digits, answer] of [[100, '["number",false,true]'], [101, '["number",false,true]'], [100_000, '["number",true,false]']] as const) {
    wire.send(`421["type",${"9".repeat(digits)}]`);
    expect(await wire.read()).toBe(`431[${answer}]`);
  }
  wire.send(`42${"9".repeat(101)}["type",1]`);
  expect(await wire.read()).toBe("closed");
});

test("the engine, adapters, codec and requests of a server can be reached by a client's id", async () => {
  const { server, url } = await ourServer();
  const sio = bySid(server);
  const arrival = new Promise<string>((resolve) => sio.on("connect", (sid) => resolve(sid)));
  await join(url);
  const sid = await arrival;
  const { engine, sockets, encoder } = server;
  await sio.enterRoom(sid, "red");
  expect([engine.clientsCount, [...sockets.adapter.rooms.get("red") ?? []], encoder.encode({ type: 2, nsp: "/", data: ["x"] }), sio.request(sid).url]).toEqual([1, [sid], ['2["x"]'], expect.stringContaining("EIO=4")]);
});
