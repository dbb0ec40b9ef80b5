import fc from "fast-check";
import { expect, test } from "vitest";
import { InMemoryAdapter } from "./in-memory.js";
import type { AdapterNamespace } from "./port.js";

const nobody: AdapterNamespace = { name: "/", sockets: new Map(), _ids: 0, _onServerSideEmit: () => undefined, server: { encoder: { encode: () => [""] }, opts: {} } };

/** What rooms are, without economy: pairs of socket and room. */
class Model {
  readonly #joined: [id: string, room: string][] = [];
  readonly events: string[] = [];

  add(id: string, rooms: Iterable<string>): void {
    for (const room of rooms) {
      if (this.#joined.some((pair) => pair[0] === id && pair[1] === room)) continue;
      if (!this.#joined.some((pair) => pair[1] === room)) this.events.push(`create-room ${room}`);
      this.#joined.push([id, room]);
      this.events.push(`join-room ${room} ${id}`);
    }
  }

  remove(id: string, wanted?: string): void {
    for (const [, room] of this.#joined.filter((pair) => pair[0] === id && pair[1] === (wanted ?? pair[1]))) {
      this.#joined.splice(this.#joined.findIndex((pair) => pair[0] === id && pair[1] === room), 1);
      this.events.push(`leave-room ${room} ${id}`);
      if (!this.#joined.some((pair) => pair[1] === room)) this.events.push(`delete-room ${room}`);
    }
  }

  membersOf(room: string): string[] {
    return this.#joined.filter((pair) => pair[1] === room).map(([id]) => id);
  }

  roomsOf(id: string): string[] {
    return this.#joined.filter((pair) => pair[0] === id).map(([, room]) => room);
  }
}

test("InMemoryAdapter: whoever joins and leaves whatever room, those named like sockets included, rooms and events are right", () => {
  const ids = ["a", "b"];
  const rooms = [...ids, "x", "y"];
  const step = fc.record({ id: fc.constantFrom(...ids), rooms: fc.subarray(rooms, { minLength: 1 }), kind: fc.constantFrom("join", "join own", "leave", "leave all") });
  fc.assert(fc.property(fc.array(step), (steps) => {
    const adapter = new InMemoryAdapter(nobody);
    const model = new Model();
    const events: string[] = [];
    adapter.on("create-room", (room) => events.push(`create-room ${room}`));
    adapter.on("delete-room", (room) => events.push(`delete-room ${room}`));
    adapter.on("join-room", (room, id) => events.push(`join-room ${room} ${id}`));
    adapter.on("leave-room", (room, id) => events.push(`leave-room ${room} ${id}`));
    for (const { id, rooms: wanted, kind } of steps) {
      if (kind === "leave") for (const room of wanted) adapter.del(id, room);
      else if (kind === "leave all") adapter.delAll(id);
      else adapter.addAll(id, new Set(kind === "join own" ? [id] : wanted));
      if (kind === "leave") for (const room of wanted) model.remove(id, room);
      else if (kind === "leave all") model.remove(id);
      else model.add(id, kind === "join own" ? [id] : wanted);
      for (const room of rooms) expect([...adapter.rooms.get(room) ?? []]).toEqual(model.membersOf(room));
      for (const each of ids) expect([...adapter.socketRooms(each) ?? []]).toEqual(model.roomsOf(each));
    }
    expect(events).toEqual(model.events);
  }));
});

test("InMemoryAdapter: a socket's rooms stay the Set that they were", () => {
  const adapter = new InMemoryAdapter(nobody);
  adapter.addAll("a", new Set(["a"]));
  const rooms = adapter.socketRooms("a");
  adapter.addAll("b", new Set(["a"]));
  adapter.addAll("a", new Set(["x"]));
  expect(rooms).toEqual(new Set(["a", "x"]));
  expect(adapter.rooms.get("a")).toEqual(new Set(["a", "b"]));
});
