/** Sockets of other servers, as fetchSockets answers them. No real time. */
import { settle } from "@x/testkit";
import { expect, test } from "vitest";
import { bySid } from "../src/by-sid.js";
import { type AdapterSocket, type BroadcastOptions, InMemoryAdapter } from "../src/server.js";
import { join, world } from "./memory-engine.js";

/** Tells of its own sockets as a cluster's adapter does of those of other servers. */
class Elsewhere extends InMemoryAdapter {
  override async fetchSockets(options: BroadcastOptions): Promise<AdapterSocket[]> {
    const sockets = await super.fetchSockets(options);
    return sockets.map(({ id, rooms, handshake, data }) => ({ id, rooms: [...rooms], handshake, data: structuredClone(data) }) as unknown as AdapterSocket);
  }
}

async function elsewhere() {
  const place = world({ adapter: Elsewhere });
  const { socket, peer } = await join(place, { auth: { token: "t" } });
  peer.data = { name: "Ada" };
  socket.on("double", (n: number, ack: (value: number, more: string) => void) => ack(2 * n, "more"));
  const [remote] = await place.server.fetchSockets();
  if (remote === undefined) throw new Error("one socket");
  return { ...place, socket, peer, remote };
}

test("a socket elsewhere shows its id, rooms, data and handshake as they were, and is none of this server's", async () => {
  const { peer, remote } = await elsewhere();
  await peer.join("later");
  peer.data = { name: "Bob" };
  expect(remote).not.toBe(peer);
  expect([remote.id, [...remote.rooms], remote.data, remote.handshake.auth, remote.handshake.address]).toEqual([peer.id, [peer.id], { name: "Ada" }, { token: "t" }, "192.0.2.1"]);
});

test("it joins, leaves, is told and disconnected where it is", async () => {
  const { peer, remote, socket, ends } = await elsewhere();
  const heard: unknown[] = [];
  socket.on("told", (...args: unknown[]) => void heard.push(...args));
  await remote.join(["a", "b"]);
  await remote.leave("a");
  expect([...peer.rooms]).toEqual([peer.id, "b"]);
  expect(remote.emit("told", 1, new Uint8Array([2]))).toBe(true);
  await settle();
  expect(heard).toEqual([1, Buffer.from([2])]);
  expect(remote.disconnect(true)).toBe(remote);
  expect([peer.connected, ends[0]?.readyState]).toEqual([false, "closed"]);
});

test("its acknowledgement is one value, as that of a socket of this server", async () => {
  const { peer, remote } = await elsewhere();
  for (const each of [peer, remote]) {
    const heard: unknown[] = [];
    each.emit("double", 2, (value: unknown) => void heard.push(value));
    each.timeout(500).emit("double", 3, (error: unknown, value: unknown) => void heard.push(error, value));
    heard.push(await each.timeout(500).emitWithAck("double", 4));
    expect(heard).toEqual([4, null, 6, 8]);
  }
});

test("timeout(ms): an acknowledgement that does not come is an error and no value", async () => {
  const { clock, remote } = await elsewhere();
  const heard: unknown[] = [];
  remote.timeout(500).emit("unheard of", (error: unknown, value: unknown) => void heard.push(error, value));
  const late = remote.timeout(500).emitWithAck("unheard of");
  late.catch(() => undefined);
  await settle();
  clock.advance(560);
  expect(heard).toEqual([expect.objectContaining({ code: "socketio/ack-timeout", afterMs: 500 }), null]);
  await expect(late).rejects.toMatchObject({ code: "socketio/ack-timeout" });
});

test("without timeout(ms) an acknowledgement is awaited for 60 s, since adapters must be told a time", async () => {
  const { clock, peer, remote, socket } = await elsewhere();
  const heard: unknown[] = [];
  const acknowledge: ((value: string) => void)[] = [];
  socket.on("ask", (ack: (value: string) => void) => void acknowledge.push(ack));
  for (const value of ["in time", "too late"]) {
    remote.emit("ask", (reply: unknown) => void heard.push(reply));
    await settle();
    clock.advance(value === "in time" ? 59_900 : 60_100);
    acknowledge.shift()?.(value);
    await settle();
  }
  expect([heard, peer.acks.size]).toEqual([["in time"], 0]);
});

test("a socket that has left since it was found has nothing to acknowledge", async () => {
  const { peer, remote } = await elsewhere();
  peer.disconnect();
  const heard: unknown[] = [];
  remote.emit("double", 1, (...reply: unknown[]) => void heard.push(reply));
  remote.timeout(500).emit("double", 1, (error: unknown, value: unknown) => void heard.push(error, value));
  await expect(remote.timeout(500).emitWithAck("double", 1)).rejects.toMatchObject({ name: "DisconnectedError", code: "socketio/unknown-session" });
  expect(heard).toEqual([expect.objectContaining({ code: "socketio/unknown-session" }), null]);
});

test("by client id: call() of a client that has left since it was found rejects", async () => {
  class Found extends InMemoryAdapter {
    override fetchSockets(): Promise<AdapterSocket[]> {
      return Promise.resolve([{ id: "far", rooms: new Set(["far"]), handshake: {}, data: {} } as unknown as AdapterSocket]);
    }
  }
  const { server } = world({ adapter: Found });
  await expect(bySid(server).call("ask", 1, { to: "far" })).rejects.toMatchObject({ name: "DisconnectedError", code: "socketio/unknown-session" });
});

test("what an acknowledgement's listener throws is reported", async () => {
  const { failures, remote } = await elsewhere();
  remote.emit("double", 1, () => { throw new Error("in the listener"); });
  await settle();
  expect(failures).toMatchObject([{ error: { message: "in the listener" }, context: { event: "acknowledgement", namespace: "/" } }]);
});
