/** Adapters that keep sessions by socket.io's two methods: what our server makes of them. Both ends ours, no real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { InMemoryAdapter, type Adapter, type AdapterNamespace, type BroadcastOptions, type BroadcastPacket, type RestoredSession, type ServerOptions, type StoredSession } from "../src/server.js";
import { world, type World } from "./memory-engine.js";
import { arrival, comeBack, heard, join } from "./recovering.js";

/** A store that answers later, as those over a network do. */
class StoringAdapter extends InMemoryAdapter {
  readonly sessions = new Map<string, StoredSession>();
  readonly events: { readonly offset: string; readonly data: unknown[]; readonly options: BroadcastOptions }[] = [];
  /** Stands in for either method. */
  fault: (() => unknown) | undefined;

  override broadcast(packet: BroadcastPacket, options: BroadcastOptions): void {
    const isKept = packet.type === 2 && packet.id === undefined && options.flags?.volatile === undefined;
    if (isKept) {
      const offset = `offset ${String(this.events.length)}`;
      const data = packet.data as unknown[];
      data.push(offset); // as socket.io's does
      this.events.push({ offset, data, options });
    }
    super.broadcast(packet, options);
  }

  async persistSession(session: StoredSession): Promise<void> {
    await this.fault?.();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    this.sessions.set(session.pid, session);
  }

  async restoreSession(pid: string, offset: string): Promise<unknown> {
    const answer = await this.fault?.();
    const session = this.sessions.get(pid);
    const after = this.events.findIndex((event) => event.offset === offset);
    if (answer !== undefined || session === undefined || after === -1) return answer ?? null;
    this.sessions.delete(pid);
    const missed = this.events.slice(after + 1).filter(({ options: { rooms } }) => rooms.size === 0 || session.rooms.some((room) => rooms.has(room)));
    return { ...session, missedPackets: missed.map(({ data }) => data) } satisfies RestoredSession;
  }
}

function storing(options: ServerOptions = {}): { place: World; adapter: StoringAdapter } {
  let adapter: StoringAdapter | undefined;
  const place = world({ connectionStateRecovery: {}, adapter: (nsp: AdapterNamespace) => (adapter = new StoringAdapter(nsp)), ...options });
  if (adapter === undefined) throw new Error("the default namespace has an adapter");
  return { place, adapter };
}

/** A client that has seen one event, which is what socket.io wants of one that comes back. */
async function joinAndHear(place: World): ReturnType<typeof join> {
  const pair = await join(place);
  pair.peer.emit("first");
  await settle();
  return pair;
}

describe("a client that comes back", () => {
  test("has its id, rooms, data and missed events, binary ones too, twice in a row", async () => {
    const { place } = storing();
    const { socket, peer } = await joinAndHear(place);
    const events = heard(socket);
    void peer.join("red");
    peer.data = { name: "Ada" };
    for (const round of [1, 2]) {
      place.cut();
      place.server.to("red").emit("missed", Buffer.from([round]));
      place.server.to("blue").emit("not in it");
      const arrived = arrival(place);
      await comeBack(place, 10_000);
      const back = await arrived;
      expect([back.id, socket.id, back.recovery, socket.recovery, back.data]).toEqual([peer.id, peer.id, { outcome: "recovered", missed: 1 }, { outcome: "recovered", missed: 1 }, { name: "Ada" }]);
      expect([...back.rooms].sort()).toEqual([peer.id, "red"].sort());
    }
    expect(events.map(([name, bytes]) => [name, bytes])).toEqual([["missed", Buffer.from([1])], ["missed", Buffer.from([2])]]);
  });

  test("gets nothing of it compressed: adapters do not keep what must not be", async () => {
    const { place } = storing();
    await joinAndHear(place);
    place.cut();
    place.server.compress(false).emit("secret");
    const arrived = arrival(place);
    await comeBack(place, 10_000);
    (await arrived).emit("news");
    expect(place.ends.at(-1)?.mayCompress).toEqual([true, false, true]); // CONNECT first
  });

  test("takes over from the socket that the server still holds for alive", async () => {
    const { place } = storing();
    const { socket, peer } = await joinAndHear(place);
    const reasons: string[] = [];
    peer.on("disconnect", (reason) => void reasons.push(reason));
    place.ends.splice(0)[0]?.other?.end("transport close"); // the server hears nothing of it
    await comeBack(place);
    expect([reasons, socket.recovered, socket.id, place.server.sockets.sockets.size]).toEqual([["transport close"], true, peer.id, 1]);
  });

  test("two connections with one session: the last has it", async () => {
    const { place, adapter } = storing({ connectionStateRecovery: { skipMiddlewares: false } });
    const { socket, peer } = await joinAndHear(place);
    const decide: (() => void)[] = [];
    place.server.use((_socket, next) => void decide.push(next));
    place.cut();
    await settle();
    const kept = [...adapter.sessions];
    await comeBack(place);
    for (const [pid, session] of kept) adapter.sessions.set(pid, session); // a store that forgets to delete
    const other = place.client({ auth: { pid: kept[0]?.[0], offset: "offset 0" } });
    await settle();
    for (const next of decide) next();
    await settle();
    expect([socket.connected, other.connected, other.id, place.server.sockets.sockets.size]).toEqual([false, true, peer.id, 1]);
  });

  test.each([
    ["the store knows nothing of", (adapter: StoringAdapter) => adapter.sessions.clear()],
    ["the store answers nonsense for", (adapter: StoringAdapter) => void (adapter.fault = () => ({ sid: 7, rooms: "red" }))],
    ["the store turns down with a text", (adapter: StoringAdapter) => void (adapter.fault = () => { throw "session or offset not found"; })], // eslint-disable-line @typescript-eslint/only-throw-error -- as the adapter over Redis streams does
  ])("that %s gets a new session, and is told", async (_name, spoil) => {
    const { place, adapter } = storing();
    const { socket, peer } = await joinAndHear(place);
    place.cut();
    await settle();
    spoil(adapter);
    await comeBack(place);
    expect([socket.connected, socket.recovery, socket.id === peer.id, place.failures]).toEqual([true, { outcome: "lost", reason: "expired" }, false, []]);
  });

  test("the longest mark, and one longer, which no adapter sees", async () => {
    const { place, adapter } = storing();
    const asked: number[] = [];
    Object.assign(adapter, { restoreSession: (pid: string, offset: string) => {
      asked.push(pid.length, offset.length);
      return null;
    } });
    const marks = (pid: number, offset: number): object => ({ pid: "p".repeat(pid), offset: "o".repeat(offset) });
    const clients = [marks(128, 128), marks(129, 1), marks(1, 129), { pid: "p", offset: 7 }, { pid: 7, offset: "o" }].map((auth) => place.client({ auth: { ...auth } }));
    await settle();
    expect([asked, clients.map(({ connected }) => connected)]).toEqual([[128, 128], [true, true, true, true, true]]);
  });
});

describe("a store that fails", () => {
  test("when it is asked: the client gets a new session, the application hears of it", async () => {
    const { place, adapter } = storing();
    const { socket } = await joinAndHear(place);
    place.cut();
    await settle();
    adapter.fault = () => { throw new Error("the store is away"); };
    await comeBack(place);
    expect([socket.connected, socket.recovered]).toEqual([true, false]);
    expect(place.failures).toEqual([{ error: expect.objectContaining({ message: "the store is away" }) as Error, context: { event: "adapter", namespace: "/" } }]);
  });

  test("by giving back what cannot be sent: as when it is asked", async () => {
    const { place, adapter } = storing();
    const { socket, peer } = await joinAndHear(place);
    place.cut();
    await settle();
    const endless: unknown[] = ["missed"];
    endless.push(endless);
    adapter.fault = () => ({ sid: peer.id, pid: "pid", rooms: [], data: {}, missedPackets: [endless] });
    await comeBack(place);
    expect([socket.connected, socket.recovered, place.failures.map(({ context }) => context["event"])]).toEqual([true, false, ["adapter"]]);
  });

  test("when it is told: nothing ends, the application hears of it", async () => {
    const { place, adapter } = storing();
    await joinAndHear(place);
    adapter.fault = () => { throw new Error("the store is away"); };
    place.cut();
    await settle();
    expect(place.failures).toEqual([{ error: expect.objectContaining({ message: "the store is away" }) as Error, context: { event: "adapter", namespace: "/" } }]);
  });

  test("when it is to keep an event: the application hears of it, and nothing is left unhandled", async () => {
    const { place, adapter } = storing();
    const { peer } = await joinAndHear(place);
    Object.assign(adapter, { broadcast: () => Promise.reject(new Error("the store is away")) });
    peer.emit("kept");
    place.server.emit("kept");
    await settle();
    const failure = { error: expect.objectContaining({ message: "the store is away" }) as Error, context: { event: "adapter", namespace: "/" } };
    expect(place.failures).toEqual([failure, failure]);
  });

  test("by never answering: connectTimeout ends the wait, and a late answer changes nothing", async () => {
    const { place, adapter } = storing({ connectTimeout: 500 });
    const { socket } = await joinAndHear(place);
    place.cut();
    await settle();
    let answer: (value: null) => void = () => undefined;
    adapter.fault = () => new Promise((resolve) => (answer = resolve));
    const ends: string[] = [];
    socket.on("connect_error", ({ message }) => void ends.push(message));
    await comeBack(place);
    place.clock.advance(560);
    await settle();
    expect(ends).toEqual(["Connect timeout"]);
    answer(null);
    await settle();
    expect([socket.connected, place.server.sockets.sockets.size, place.server.sockets.adapter.sids.size]).toEqual([false, 0, 0]);
  });
});

test("outgoing listeners hear each event once; acknowledgements and volatile events are not repeated", async () => {
  const { place, adapter } = storing();
  const { socket, peer } = await joinAndHear(place);
  const outgoing: unknown[] = [];
  peer.onAnyOutgoing((name) => void outgoing.push(name));
  socket.on("ask", (...args: unknown[]) => (args.at(-1) as (answer: string) => void)("answered"));
  peer.emit("kept");
  peer.volatile.emit("volatile");
  expect(await peer.timeout(1000).emitWithAck("ask")).toBe("answered");
  expect([outgoing, adapter.events.map(({ data: [name] }) => name)]).toEqual([["kept", "volatile", "ask"], ["first", "kept"]]);
});

test("events of a template are stored in each of its namespaces, with the offset of each", async () => {
  const { place } = storing();
  const template = place.server.of(/^\/n\d$/);
  const adapters = ["/n1", "/n2"].map((name) => place.server.of(name).adapter).filter((adapter) => adapter instanceof StoringAdapter);
  template.emit("all", 1);
  expect(adapters.map(({ events }) => events.map(({ data }) => data))).toEqual([[["all", 1, "offset 0"]], [["all", 1, "offset 0"]]]);
  await settle();
});

test("whoever disconnects ends the session", async () => {
  const { place, adapter } = storing();
  const { socket, peer } = await joinAndHear(place);
  socket.disconnect();
  await settle();
  const second = await joinAndHear(place);
  second.peer.disconnect();
  await settle();
  expect([adapter.sessions.size, peer.connected]).toEqual([0, false]);
});

test("without connectionStateRecovery nobody is asked", async () => {
  const { place, adapter } = storing({ connectionStateRecovery: undefined as never });
  const { socket } = await joinAndHear(place);
  place.cut();
  await comeBack(place);
  expect([socket.connected, socket.recovered, adapter.sessions.size, adapter.events]).toEqual([true, false, 0, []]);
});

describe("an adapter that keeps no sessions in spite of connectionStateRecovery", () => {
  /** As the base class of socket.io-adapter. */
  const { Adapter: Idle } = { Adapter: class Adapter extends InMemoryAdapter {
    persistSession(): void {
      // does nothing
    }
    restoreSession(): null {
      return null;
    }
  } };

  test.each([["plain", InMemoryAdapter], ["with idle methods", Idle], ["derived from one", class Derived extends Idle {}]])("%s: the application is told, once for all namespaces; clients come in", async (_name, Chosen) => {
    const place = world({ connectionStateRecovery: {} });
    expect(place.failures).toEqual([]);
    place.server.adapter(Chosen as new (nsp: AdapterNamespace) => Adapter);
    place.server.of("/other");
    expect(place.failures).toEqual([{ error: expect.objectContaining({ code: "socketio/unsupported", message: expect.stringContaining(`${Chosen.name} keeps no sessions`) as string }) as Error, context: { event: "adapter", namespace: "/" } }]);
    const { socket } = await join(place);
    place.cut();
    await comeBack(place);
    expect([socket.connected, socket.recovered]).toEqual([true, false]);
  });

  test("those that override the idle methods, and those that have their own, are taken", () => {
    class Overriding extends Idle {
      override restoreSession(): null {
        return null;
      }
    }
    for (const adapter of [Overriding, StoringAdapter]) expect(world({ connectionStateRecovery: {}, adapter }).failures).toEqual([]);
  });
});
