/** Each case of the adapter contract catches an adapter that does not keep it: of one process, and of a cluster whose messages suffer on their way. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { type Adapter, adapterContract, type AdapterNamespace, ContractViolation } from "../src/adapter-contract.js";
import { InMemoryAdapter } from "../src/adapter/in-memory.js";
import { bus, type Message, type Wire } from "./bus-adapter.js";

type Create = (nsp: AdapterNamespace) => Adapter;

/** @returns what is wrong; nothing for an adapter that keeps the case. What neither fails nor ends when all has happened waits for something lost. */
async function fault(beginning: string, isCluster: boolean, create: Create): Promise<string | undefined> {
  const [subject, ...others] = adapterContract.filter((each) => each.isCluster === isCluster && each.name.startsWith(beginning));
  if (subject === undefined || others.length > 0) throw new Error(`no case, or several, begin with "${beginning}"`);
  const outcome = subject.run(create).then(() => undefined, (error: unknown) => {
    if (error instanceof ContractViolation) return error.message;
    throw error;
  });
  return Promise.race([outcome, settle().then(() => "waits for ever")]);
}

const missing = (table: readonly (readonly [string, ...unknown[]])[], isCluster: boolean): string[] =>
  adapterContract.filter((each) => each.isCluster === isCluster && !table.some(([beginning]) => each.name.startsWith(beginning))).map(({ name }) => name);

const nothing = (): void => undefined;
const withoutBytes = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

type Right = Pick<InMemoryAdapter, "nsp" | "broadcast" | "broadcastWithAck" | "addSockets" | "disconnectSockets">;

function broken(nsp: AdapterNamespace, spoil: (right: Right) => Partial<Adapter>): Adapter {
  const adapter = new InMemoryAdapter(nsp);
  return Object.assign(adapter, spoil({
    nsp,
    broadcast: adapter.broadcast.bind(adapter),
    broadcastWithAck: adapter.broadcastWithAck.bind(adapter),
    addSockets: adapter.addSockets.bind(adapter),
    disconnectSockets: adapter.disconnectSockets.bind(adapter),
  }));
}

/** What each does instead of the right thing. */
const faulty: readonly (readonly [beginning: string, how: string, what: string, spoil: (right: Right) => Partial<Adapter>])[] = [
  ["knows", "del", "after del:", () => ({ del: nothing })],
  ["knows", "delAll", "after delAll:", () => ({ delAll: nothing })],
  ["tells", "leaving", "events:", () => ({ del: nothing })],
  ["broadcasts to", "twice", "what arrived:", (right) => ({ broadcast: (...given) => [0, 1].forEach(() => right.broadcast(...given)) })],
  ["broadcasts to", "except", "what arrived:", (right) => ({ broadcast: (packet, options) => right.broadcast(packet, { ...options, except: new Set() }) })],
  ["hands on", "bytes", "what arrived:", (right) => ({ broadcast: (packet, options) => right.broadcast(withoutBytes(packet), options) })],
  ["hands on", "flags", "what arrived:", (right) => ({ broadcast: (packet, { rooms }) => right.broadcast(packet, { rooms }) })],
  ["hands on", "namespace", "what arrived:", (right) => ({ broadcast: (packet, { flags }) => write(right, { ...packet, nsp: "/" }, flags) })],
  ["hands on", "listeners", "what was announced:", (right) => ({ broadcast: (packet, { flags }) => write(right, { ...packet, nsp: "/contract" }, flags) })],
  ["gathers", "except", "replies without blue:", (right) => ({ broadcastWithAck: (packet, { rooms }, ...told) => right.broadcastWithAck(packet, { rooms }, ...told) })],
  ["gathers", "values", "replies:", (right) => ({ broadcastWithAck: (packet, options, onCount, ack) => right.broadcastWithAck(packet, options, onCount, () => ack()) })],
  ["gathers", "replies", "waits", (right) => ({ broadcastWithAck: (packet, options, onCount) => right.broadcastWithAck(packet, options, onCount, nothing) })],
  ["gathers", "sids", "sids:", () => ({ sockets: () => Promise.resolve(new Set(["a"])) })],
  ["finds", "found", "found:", () => ({ fetchSockets: () => Promise.resolve([]) })],
  ["finds", "moved", "waits", (right) => ({ addSockets: (options, rooms) => right.addSockets(options, rooms.slice(0, 1)) })],
  ["finds", "left", "waits", () => ({ delSockets: nothing })],
  ["finds", "close", "ended:", (right) => ({ disconnectSockets: (options) => right.disconnectSockets(options, false) })],
  ["counts", "count", "serverCount:", () => ({ serverCount: () => Promise.resolve(2) })],
  ["counts", "replies", "replies:", () => ({ serverSideEmit: (packet) => (packet.at(-1) as (error: null, replies: unknown[]) => void)(null, ["me"]) })],
];

/** To the client of `c`, past the socket's listeners. */
function write({ nsp }: Right, packet: Parameters<AdapterNamespace["server"]["encoder"]["encode"]>[0], flags: object = {}): void {
  nsp.sockets.get("c")?.client.writeToEngine(nsp.server.encoder.encode(packet), flags);
}

/** Changes the messages of one kind. */
const only = (kind: Message["kind"], change: (message: Message) => Message | undefined): Wire => (message) => (message.kind === kind ? change(message) : message);
const lost = (kind: Message["kind"]): Wire => only(kind, () => undefined);
const without = (kind: Message["kind"], flag: "except" | "flags"): Wire => only(kind, (message) => ({ ...message, options: { rooms: new Set(), ...message.options, [flag]: undefined } }));

/** What the network does to messages. */
const spoiled: readonly (readonly [beginning: string, how: string, what: string, wire: Wire])[] = [
  ["broadcasts reach", "broadcasts are lost", "waits", lost("broadcast")],
  ["what is sent", "bytes become objects", "what arrived:", only("broadcast", (message) => ({ ...message, packet: withoutBytes(message.packet) as NonNullable<Message["packet"]> }))],
  ["what is sent", "flags are lost", "what arrived:", without("broadcast", "flags")],
  ["what is sent", "exceptions are lost", "what arrived:", without("broadcast", "except")],
  ["acknowledgements come", "exceptions are lost", "replies:", without("ask", "except")],
  ["acknowledgements come", "values are lost", "replies:", only("reply", (message) => ({ ...message, args: [] }))],
  ["acknowledgements come", "bytes become objects", "replies:", only("reply", withoutBytes)],
  ["acknowledgements come", "counts are lost", "waits", lost("count")],
  ["finds", "rooms are lost", "found:", only("found", (message) => ({ ...message, found: (message.found ?? []).map((socket) => ({ ...socket, rooms: new Set() })) }))],
  ["finds", "nobody joins", "waits", lost("join")],
  ["finds", "nobody leaves", "waits", lost("leave")],
  ["finds", "connections are closed", "ended:", only("disconnect", (message) => ({ ...message, close: true }))],
  ["servers speak", "arguments are lost", "told:", only("tell", (message) => ({ ...message, args: message.args?.slice(0, 1) ?? [] }))],
  ["servers speak", "answers are lost", "waits", lost("reply")],
];

describe("an adapter of one process", () => {
  test("may fail in every case", () => expect(missing(faulty, false)).toEqual([]));

  test.each(faulty)("that %s …: %s wrong is caught (%s)", async (beginning, _how, what, spoil) => {
    expect(await fault(beginning, false, (nsp) => new InMemoryAdapter(nsp))).toBeUndefined();
    expect(await fault(beginning, false, (nsp) => broken(nsp, spoil))).toContain(what);
  });
});

describe("a cluster", () => {
  test("may fail in every case", () => expect(missing(spoiled, true)).toEqual([]));

  test.each(spoiled)("in which %s …: %s, which is caught (%s)", async (beginning, _how, what, wire) => {
    expect(await fault(beginning, true, bus())).toBeUndefined();
    expect(await fault(beginning, true, bus(wire))).toContain(what);
  });
});
