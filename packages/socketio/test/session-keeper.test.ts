/** The port of connection state recovery: a keeper of the application's own, as an adapter over a durable engine has it. No real time. */
import { randomUUID } from "node:crypto";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { type Adapter, type AdapterNamespace, type Claim, type EmitFlags, type Holder, InMemoryAdapter, type Packet, type Recipient, type Resumed, type Room, type SessionKeeper } from "../src/server.js";
import { world, type World } from "./memory-engine.js";
import { arrival, comeBack, heard, join } from "./recovering.js";

interface Row {
  readonly pid: string;
  readonly sid: string;
  readonly rooms: readonly Room[];
  readonly data: unknown;
  /** How many events it had been sent. */
  readonly sent: number;
}

interface Store {
  /** It does not answer. */
  fault?: Error;
}

/** Stores sessions without their events: who has not heard the last one has its session back, and is told. */
class Keeper implements SessionKeeper {
  readonly skipsMiddlewares = false;
  readonly awayCount = 0;
  readonly isAnnouncing = false;
  readonly #store: Store;
  readonly #nsp: AdapterNamespace;
  readonly #rows = new Map<string, Row>();
  readonly #held = new Map<string, { readonly pid: string; readonly holder: Holder; sent: number }>();

  constructor(nsp: AdapterNamespace, store: Store) {
    this.#store = store;
    this.#nsp = nsp;
  }

  async claim(pid: unknown, offset: unknown): Promise<Claim | undefined> {
    await Promise.resolve();
    if (this.#store.fault !== undefined) throw this.#store.fault;
    if (typeof pid !== "string") return undefined;
    for (const { pid: held, holder } of this.#held.values()) if (held === pid) holder.supersede();
    const session = this.#rows.get(pid);
    if (session === undefined) return { session, recovery: { outcome: "lost", reason: "expired" } };
    this.#rows.delete(pid);
    return { session, recovery: String(session.sent) === (offset ?? "0") ? { outcome: "recovered", missed: 0 } : { outcome: "partial", reason: "overflow" } };
  }

  hold(holder: Holder, claim: Claim | undefined): Resumed {
    const row = claim?.session as Row | undefined;
    const pid = row !== undefined && claim?.recovery.outcome === "recovered" ? row.pid : randomUUID();
    this.#held.set(holder.id, { pid, holder, sent: row?.sent ?? 0 });
    return { recovery: claim?.recovery, rooms: row?.rooms ?? [], missed: [], answer: { pid, ...(claim !== undefined && { recovery: claim.recovery }) } };
  }

  leave(sid: string, data: unknown): void {
    const held = this.#held.get(sid);
    if (held !== undefined) this.#rows.set(held.pid, { sid, pid: held.pid, rooms: [...held.holder.rooms], data, sent: held.sent });
    this.drop(sid);
  }

  drop(sid: string): void {
    this.#held.delete(sid);
  }

  send(recipient: Recipient, packet: Packet, flags: EmitFlags): void {
    const held = this.#held.get(recipient.id);
    const data = held === undefined || packet.type !== 2 ? packet.data : [...(packet.data as unknown[]), String(++held.sent)];
    recipient.client.writeToEngine(this.#nsp.server.encoder.encode({ ...packet, data }), flags, packet.nsp);
  }
}

class DurableAdapter extends InMemoryAdapter implements Adapter {
  readonly recovery: SessionKeeper;

  constructor(nsp: AdapterNamespace, store: Store) {
    super(nsp);
    this.recovery = new Keeper(nsp, store);
  }
}

function keeping(store: Store = {}): World {
  return world({ adapter: (nsp: AdapterNamespace) => new DurableAdapter(nsp, store) });
}

describe("a keeper of the application's own", () => {
  test("brings back id, rooms and data, and says what of the events: none was missed, then some are gone", async () => {
    const place = keeping();
    const { socket, peer } = await join(place);
    const events = heard(socket);
    void peer.join("red");
    peer.data = { name: "Ada" };
    peer.emit("heard", 1);
    await settle();
    for (const recovery of [{ outcome: "recovered", missed: 0 }, { outcome: "partial", reason: "overflow" }]) {
      place.cut();
      const arrived = arrival(place);
      await comeBack(place, 10_000);
      const back = await arrived;
      expect([back.id, socket.id, back.data, [...back.rooms].sort()]).toEqual([peer.id, peer.id, { name: "Ada" }, [peer.id, "red"].sort()]);
      expect([back.recovery, socket.recovery, back.recovered, socket.recovered]).toEqual([recovery, recovery, ...(recovery.outcome === "recovered" ? [true, true] : [false, false])]);
      back.emit("on its way");
    }
    expect([events, place.failures]).toEqual([[["heard", 1, "1"]], []]);
  });

  test("takes over from the socket that the server still holds for alive; whoever disconnects ends the session", async () => {
    const place = keeping();
    const { socket, peer } = await join(place);
    const reasons: string[] = [];
    peer.on("disconnect", (reason) => void reasons.push(reason));
    place.ends.splice(0)[0]?.other?.end("transport close"); // the server hears nothing of it
    await comeBack(place);
    expect([reasons, socket.recovered, socket.id, place.server.sockets.sockets.size]).toEqual([["transport close"], true, peer.id, 1]);
    place.server.disconnectSockets();
    await settle();
    socket.connect();
    await settle();
    expect([socket.connected, socket.recovery, socket.id === peer.id]).toEqual([true, undefined, false]);
  });

  test("that rejects: the client begins anew, the application hears of it, and a dynamic namespace still goes when it is empty", async () => {
    const store: Store = {};
    const place = keeping(store);
    const fault = new Error("the store is away");
    place.server.of(/^\/n\d$/);
    const socket = place.client({}, "/n1");
    await settle();
    const { id } = socket;
    store.fault = fault;
    place.cut();
    await comeBack(place);
    expect([socket.connected, socket.id === id, socket.recovery, place.failures]).toEqual([true, false, { outcome: "lost", reason: "unsupported" }, [{ error: fault, context: { event: "connection", namespace: "/n1" } }]]);
    socket.disconnect();
    await settle();
    expect([...place.server._nsps.keys()]).toEqual(["/"]);
  });
});
