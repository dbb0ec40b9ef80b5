/**
 * What every adapter must do, for whoever writes one: cases without a test framework. Each throws what is wrong.
 *
 * Room: socketio adapter. Two servers of a cluster stand in for many; an adapter of one process passes the cases of one.
 */
import type { BroadcastFlags, BroadcastOptions, Room } from "../core/broadcast.js";
import * as PacketType from "../core/packet-type.js";
import { ContractNode, equal } from "./contract-node.js";
import type { Adapter, AdapterNamespace } from "./port.js";

export interface AdapterCase {
  readonly name: string;
  /** Whether it takes two servers. */
  readonly isCluster: boolean;
  /**
   * @param create an adapter for a server's namespace; called once per server, all of one cluster that no other case is in.
   * @throws {ContractViolation} when the adapter does something else.
   */
  readonly run: (create: (nsp: AdapterNamespace) => Adapter | Promise<Adapter>) => Promise<void>;
}

type Create = Parameters<AdapterCase["run"]>[0];

const event = (...data: unknown[]): { type: PacketType.Any; data: unknown[] } => ({ type: PacketType.EVENT, data });

function audience(rooms: readonly Room[] = [], except: readonly Room[] = [], flags: BroadcastFlags = {}): BroadcastOptions {
  return { rooms: new Set(rooms), except: new Set(except), flags };
}

const QUESTION = ["question", new Uint8Array([7])] as const;

/** What a socket answers to it. */
const reply = (id: string): unknown[] => [id, ...QUESTION];

const SAMPLES: readonly (readonly [data: readonly [string, ...unknown[]], flags: BroadcastFlags])[] = [
  [["plain", 1, null, { text: "é", list: [true] }], {}],
  [["bytes", { deep: [new Uint8Array([0, 255])] }], { compress: true }],
  [["may be lost"], { volatile: true, compress: false }],
];

async function sendSamples(adapter: Adapter, room: Room): Promise<void> {
  for (const [data, flags] of SAMPLES) await adapter.broadcast(event(...data), audience([room], [], flags));
}

async function expectSamples(node: ContractNode, id: string): Promise<void> {
  const { received, announced } = await node.deliveries(id, SAMPLES.length);
  const found = received.map((delivery, at) => ({ ...delivery, data: withoutOffset(delivery.data, at) }));
  equal("what arrived", found, SAMPLES.map(([data, { volatile: isVolatile = false, compress }]) => ({ nsp: node.name, data, isVolatile, compress })));
  equal("what was announced", announced.map(withoutOffset), SAMPLES.map(([data]) => data));
}

/** Where clients may come back, an adapter adds one text to an event: its place in the order of all. */
function withoutOffset(data: readonly unknown[], at: number): readonly unknown[] {
  return data.length - 1 === SAMPLES[at]?.[0].length && typeof data.at(-1) === "string" ? data.slice(0, -1) : data;
}

/** One server with sockets `a` in red, `b` in red and blue, `c` in none. */
async function alone(create: Create): Promise<{ adapter: Adapter; node: ContractNode }> {
  const node = await ContractNode.start("one", create);
  node.add("a", ["red"]);
  node.add("b", ["red", "blue"]);
  node.add("c", []);
  return { adapter: node.adapter, node };
}

/** Two servers that know of each other: `a` in red on the first, `b` in red on the second. */
async function pair(create: Create): Promise<{ one: ContractNode; two: ContractNode }> {
  const [one, two] = [await ContractNode.start("one", create), await ContractNode.start("two", create)];
  one.add("a", ["red"]);
  two.add("b", ["red"]);
  for (const { adapter } of [one, two]) while (await adapter.serverCount() < 2) await Promise.resolve();
  return { one, two };
}

const single = (name: string, run: (place: { adapter: Adapter; node: ContractNode }) => Promise<void>): AdapterCase => ({
  name,
  isCluster: false,
  run: async (create) => {
    const place = await alone(create);
    await run(place);
    await place.adapter.close();
  },
});

const cluster = (name: string, run: (place: { one: ContractNode; two: ContractNode }) => Promise<void>): AdapterCase => ({
  name,
  isCluster: true,
  run: async (create) => {
    const place = await pair(create);
    await run(place);
    await place.one.adapter.close();
    await place.two.adapter.close();
  },
});

export const adapterContract: readonly AdapterCase[] = [
  single("knows who is in which room", async ({ adapter }) => {
    equal("socketRooms", [...adapter.socketRooms("b") ?? []], ["b", "red", "blue"]);
    equal("rooms", [...adapter.rooms.get("red") ?? []], ["a", "b"]);
    await adapter.del("b", "red");
    equal("after del", [[...adapter.rooms.get("red") ?? []], [...adapter.socketRooms("b") ?? []]], [["a"], ["b", "blue"]]);
    adapter.delAll("b");
    equal("after delAll", [adapter.socketRooms("b"), adapter.rooms.has("blue"), adapter.sids.has("b")], [undefined, false, false]);
  }),
  single("tells of rooms that come and go", async ({ adapter, node }) => {
    const events: string[] = [];
    adapter.on("create-room", (room: Room) => events.push(`create ${room}`));
    adapter.on("join-room", (room: Room, id: string) => events.push(`join ${room} ${id}`));
    adapter.on("leave-room", (room: Room, id: string) => events.push(`leave ${room} ${id}`));
    adapter.on("delete-room", (room: Room) => events.push(`delete ${room}`));
    await adapter.addAll("c", new Set(["green", "red"]));
    await adapter.del("c", "green");
    equal("events", events, ["create green", "join green c", "join red c", "leave green c", "delete green"]);
    node.remove("c");
  }),
  single("broadcasts to the union of rooms, once each, without those excepted", async ({ adapter, node }) => {
    await adapter.broadcast(event("all"), audience());
    await adapter.broadcast(event("union"), audience(["red", "blue"]));
    await adapter.broadcast(event("except"), audience(["red"], ["blue"]));
    await adapter.broadcast(event("own"), audience(["c"]));
    await adapter.broadcast(event("nobody"), audience(["nowhere"]));
    equal("what arrived", await node.arrived({ a: 3, b: 2, c: 2 }), { a: ["all", "union", "except"], b: ["all", "union"], c: ["all", "own"] });
  }),
  single("hands on what is sent as it is, and how it is to be written; outgoing listeners hear of it", async ({ adapter, node }) => {
    await sendSamples(adapter, "c");
    await expectSamples(node, "c");
  }),
  single("gathers acknowledgements of a broadcast, not of those excepted", async ({ adapter, node }) => {
    equal("replies", await node.ask(audience(["red"], [], { timeout: 5000 }), 1), [reply("a"), reply("b")]);
    equal("replies without blue", await node.ask(audience(["red"], ["blue"], { timeout: 5000 }), 1), [reply("a")]);
    equal("what was announced", (await node.deliveries("b", 1)).announced, [QUESTION]);
    equal("sids", [...await adapter.sockets(new Set(["red"]))].sort(), ["a", "b"]);
  }),
  single("finds, moves and disconnects sockets", async ({ adapter, node }) => {
    equal("found", (await adapter.fetchSockets(audience(["red"], ["blue"]))).map(({ id, data }) => [id, data]), [["a", { of: "a" }]]);
    adapter.addSockets(audience(["blue"]), ["green", "lime"]);
    await node.until(() => node.roomsOf("b").includes("lime"));
    adapter.delSockets(audience(["green"]), ["red"]);
    await node.until(() => !node.roomsOf("b").includes("red"));
    equal("moved", node.roomsOf("b"), ["b", "blue", "green", "lime"]);
    adapter.disconnectSockets(audience(["green"]), true);
    await node.until(() => node.ended.length > 0);
    equal("ended", node.ended, ["b true"]);
  }),
  single("counts itself, and has nobody to ask when it is alone", async ({ adapter }) => {
    equal("serverCount", await adapter.serverCount(), 1);
    const replies = await new Promise((resolve) => void adapter.serverSideEmit(["ask", (error: unknown, given: unknown) => resolve([error, given])]));
    equal("replies", replies, [null, []]);
  }),
  cluster("broadcasts reach the sockets of the other server; local ones do not", async ({ one, two }) => {
    await one.adapter.broadcast(event("local"), audience(["red"], [], { local: true }));
    await one.adapter.broadcast(event("both"), audience(["red"]));
    await two.adapter.broadcast(event("back"), audience());
    equal("at the first", await one.arrived({ a: 3 }), { a: ["local", "both", "back"] });
    equal("at the second", (await two.arrived({ b: 2 }))["b"]?.sort(), ["back", "both"]);
  }),
  cluster("what is sent reaches the other server as it is, and how it is to be written; so do exceptions", async ({ one, two }) => {
    two.add("c", ["red"]);
    await one.adapter.broadcast(event("not for c"), audience(["red"], ["c"]));
    await sendSamples(one.adapter, "c");
    await expectSamples(two, "c");
  }),
  cluster("acknowledgements come from both servers, not from those excepted", async ({ one, two }) => {
    two.add("c", ["red", "blue"]);
    equal("replies", await one.ask(audience(["red"], ["blue"], { timeout: 5000 }), 2), [reply("a"), reply("b")]);
    equal("what was announced", (await two.deliveries("b", 1)).announced, [QUESTION]);
  }),
  cluster("finds, moves and disconnects sockets of the other server", async ({ one, two }) => {
    const found = await one.adapter.fetchSockets(audience(["red"]));
    equal("found", found.map(({ id, data, rooms }) => [id, data, [...rooms]]).sort(), [["a", { of: "a" }, ["a", "red"]], ["b", { of: "b" }, ["b", "red"]]]);
    one.adapter.addSockets(audience(["b"]), ["green"]);
    await two.until(() => two.roomsOf("b").includes("green"));
    one.adapter.delSockets(audience(["green"]), ["red"]);
    await two.until(() => !two.roomsOf("b").includes("red"));
    one.adapter.disconnectSockets(audience(["green"]), false);
    await two.until(() => two.ended.length > 0);
    equal("ended", [one.ended, two.ended], [[], ["b false"]]);
  }),
  cluster("servers speak to each other, and answer", async ({ one, two }) => {
    equal("serverCount", await one.adapter.serverCount(), 2);
    void one.adapter.serverSideEmit(["hello", 1]);
    await two.until(() => two.told.length > 0);
    equal("told", [one.told, two.told], [[], [["hello", 1]]]);
    const replies = await new Promise((resolve) => void one.adapter.serverSideEmit(["ask", (error: unknown, given: unknown) => resolve([error, given])]));
    equal("replies", replies, [null, ["two heard ask"]]);
  }),
];
