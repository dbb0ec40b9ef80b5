/** The server by client id, over an engine in memory: python-socketio's methods and connect handlers. No real time. */
import { ConnectionRefusedError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { type SidTarget, tuple } from "../src/by-sid.js";
import { type AdapterSocket, type BroadcastOptions, type BroadcastPacket, InMemoryAdapter } from "../src/server.js";
import { client, place } from "./sid-place.js";

describe("emit(), send()", () => {
  test("reach one client, rooms, everyone; each once, without those skipped; an empty list is nobody", async () => {
    const at = place();
    const [a, b, c] = [await client(at), await client(at), await client(at)];
    const [idA = "", idB = "", idC = ""] = at.sids;
    await at.sio.enterRoom(idA, "one");
    await at.sio.enterRoom(idA, "two");
    await at.sio.enterRoom(idB, "two");
    at.sio.emit("x", 1, { to: idA });
    at.sio.emit("x", 2, { room: "one" });
    at.sio.emit("x", 3, { rooms: ["one", "two"] });
    at.sio.emit("x", 4, { to: "two", skipSid: idA });
    at.sio.emit("x", 5, { skipSid: [idA, idB] });
    at.sio.emit("x", 6, { to: [] });
    at.sio.emit("x", 7, { to: idC, skipSid: idC });
    at.sio.send("all");
    await settle();
    expect([a.heard, b.heard, c.heard].map((heard) => heard.map(([, value]) => value))).toEqual([[1, 2, 3, "all"], [3, 4, "all"], [5, "all"]]);
  });

  test("a text without a character, and a list without a room, are nobody; a room that is undefined, or null, throws", async () => {
    const at = place();
    const { heard } = await client(at);
    const whom = (keys: object): SidTarget => keys;
    for (const key of ["to", "room", "rooms"]) {
      for (const nobody of ["", [], [""]]) at.sio.emit("secret", 1, whom({ [key]: nobody }));
      for (const wrong of [undefined, null, 7]) {
        expect(() => at.sio.emit("secret", 1, whom({ [key]: wrong }))).toThrow(expect.objectContaining({ code: "socketio/invalid-argument", message: expect.stringContaining(`${key} is neither a room`) as string }));
        expect(() => at.sio.send("secret", whom({ to: at.sids[0], [key]: wrong }))).toThrow(expect.objectContaining({ code: "socketio/invalid-argument" }));
      }
    }
    at.sio.emit("last");
    await settle();
    expect(heard).toEqual([["last"]]);
  });

  test("undefined is no argument, a tuple several, an array one", async () => {
    const at = place();
    const { heard } = await client(at);
    at.sio.emit("x");
    at.sio.emit("x", tuple(1, [2]));
    at.sio.emit("x", [1, 2]);
    at.sio.emit("x", null);
    await settle();
    expect(heard).toEqual([["x"], ["x", 1, [2]], ["x", [1, 2]], ["x", null]]);
  });

  test("throw for a namespace that there is not", () => {
    expect(() => place().sio.emit("x", 1, { namespace: "/nope" })).toThrow(expect.objectContaining({ code: "socketio/unknown-namespace" }));
  });
});

describe("call()", () => {
  test("answers nothing, one value, or several", async () => {
    const at = place();
    const { socket } = await client(at);
    socket.on("ask", (many: unknown[], ack: (...values: unknown[]) => void) => ack(...many));
    const [to = ""] = at.sids;
    expect([await at.sio.call("ask", [], { to }), await at.sio.call("ask", [7], { sid: to }), await at.sio.call("ask", [1, 2], { to })]).toEqual([undefined, 7, [1, 2]]);
  });

  test("rejects after 60 s, as soon as the client goes, and for whoever is not there", async () => {
    const at = place();
    const { socket } = await client(at);
    const [to = ""] = at.sids;
    const late = at.sio.call("ask", 1, { to });
    late.catch(() => undefined);
    at.clock.advance(59_900);
    await settle();
    at.clock.advance(300);
    await expect(late).rejects.toMatchObject({ code: "socketio/ack-timeout", afterMs: 60_000 });
    const gone = at.sio.call("ask", 1, { to });
    socket.disconnect();
    await expect(gone).rejects.toMatchObject({ name: "DisconnectedError", reason: "client namespace disconnect" });
    await expect(at.sio.call("ask", 1, { to })).rejects.toMatchObject({ code: "socketio/unknown-session" });
    await expect(at.sio.call("ask", 1, {})).rejects.toMatchObject({ code: "socketio/invalid-argument" });
  });

  test("works from within a handler, also when handlers take turns", async () => {
    const at = place({ asyncHandlers: false });
    const { socket } = await client(at);
    socket.on("why", (_question: unknown, ack: (answer: string) => void) => ack("because"));
    at.sio.on("start", (sid) => at.sio.call("why", 1, { to: sid }));
    expect(await socket.emitWithAck("start")).toBe("because");
  });
});

test("clients of other servers can be called and moved; their sessions are theirs", async () => {
  const log: unknown[] = [];
  /** A cluster with one client elsewhere. */
  class Far extends InMemoryAdapter {
    override fetchSockets({ rooms }: BroadcastOptions): ReturnType<InMemoryAdapter["fetchSockets"]> {
      return Promise.resolve(rooms.has("far") ? [{ id: "far", rooms: new Set(["far", "r"]), handshake: {}, data: {} } as unknown as AdapterSocket] : []);
    }
    override broadcastWithAck({ data }: BroadcastPacket, { rooms }: BroadcastOptions, onCount: (clients: number) => void, ack: (value: unknown) => void): void {
      log.push([data, [...rooms]]);
      onCount(1);
      ack("from afar");
    }
    override addSockets({ rooms }: BroadcastOptions, joined: string[]): void {
      log.push(["join", [...rooms], joined]);
    }
    override delSockets({ rooms }: BroadcastOptions, left: string[]): void {
      log.push(["leave", [...rooms], left]);
    }
  }
  const at = place();
  at.server.adapter(Far);
  expect(await at.sio.call("ask", 1, { to: "far" })).toBe("from afar");
  await at.sio.enterRoom("far", "s");
  await at.sio.leaveRoom("far", "s");
  expect([log, [...await at.sio.rooms("far")]]).toEqual([[[["ask", 1], ["far"]], ["join", ["far"], ["s"]], ["leave", ["far"], ["s"]]], ["far", "r"]]);
  expect(() => at.sio.getSession("far")).toThrow(expect.objectContaining({ code: "socketio/unknown-session" }));
});

describe("rooms, sessions, requests", () => {
  test("enterRoom(), leaveRoom(), closeRoom(), rooms()", async () => {
    const at = place();
    await client(at);
    await client(at);
    const [a = "", b = ""] = at.sids;
    for (const sid of [a, b]) await at.sio.enterRoom(sid, "r");
    await at.sio.enterRoom(a, "s");
    await at.sio.leaveRoom(a, "s");
    await at.sio.leaveRoom(a, "never entered");
    expect([...await at.sio.rooms(a)]).toEqual([a, "r"]);
    at.sio.closeRoom("r");
    expect([[...await at.sio.rooms(a)], [...await at.sio.rooms(b)]]).toEqual([[a], [b]]);
    for (const wrong of [at.sio.enterRoom("gone", "r"), at.sio.leaveRoom("gone", "r"), at.sio.rooms("gone")]) {
      await expect(wrong).rejects.toMatchObject({ name: "DisconnectedError", code: "socketio/unknown-session" });
    }
  });

  test("a session is a copy, changed only by what succeeds; it is the socket's data, and there until the disconnect handler has ended", async () => {
    const at = place();
    const { socket } = await client(at);
    const [sid = ""] = at.sids;
    const given = { name: "Ada" };
    at.sio.saveSession(sid, given);
    given.name = "changed later";
    expect([at.sio.getSession(sid), at.server.sockets.sockets.get(sid)?.data]).toEqual([{ name: "Ada" }, { name: "Ada" }]);
    expect(await at.sio.session(sid, (session) => (session.name = `${session.name} L.`))).toBe("Ada L.");
    await expect(at.sio.session(sid, (session) => { session.name = "Eve"; throw new Error("no"); })).rejects.toThrow("no");
    const seen: unknown[] = [];
    at.sio.on("disconnect", async (id, reason) => {
      seen.push([...await at.sio.rooms(id)].length, reason);
      await settle();
      seen.push(at.sio.getSession(id));
    });
    const leaving = at.sio.session(sid, async () => {
      socket.disconnect();
      await settle(30);
    });
    await expect(leaving).rejects.toMatchObject({ code: "socketio/unknown-session" });
    expect(seen).toEqual([1, "client namespace disconnect", { name: "Ada L." }]);
    expect(() => at.sio.getSession(sid)).toThrow(expect.objectContaining({ code: "socketio/unknown-session" }));
  });

  test("a session is a copy at every depth of what is plain data, and shares the rest", async () => {
    const at = place();
    await client(at);
    const [sid = ""] = at.sids;
    const shared = new (class Shared { calls = 0; })();
    const given = { name: "Ada", cart: [{ count: 1 }], seen: new Map([["x", new Set([1])]]), shared, greet: () => "hello" };
    at.sio.saveSession(sid, given);
    given.cart.push({ count: 2 });
    const read = at.sio.getSession(sid) as typeof given;
    read.cart[0] = { count: 3 };
    read.seen.get("x")?.add(2);
    await expect(at.sio.session(sid, (session) => {
      (session as typeof given).cart[0]!.count = 4;
      throw new Error("no");
    })).rejects.toThrow("no");
    const kept = at.sio.getSession(sid) as typeof given;
    expect([kept.cart, kept.seen, kept.shared === shared, kept.greet()]).toEqual([[{ count: 1 }], new Map([["x", new Set([1])]]), true, "hello"]);
  });

  test("request(), handshake(), transport(); disconnect() leaves the connection to other namespaces", async () => {
    const at = place({ namespaces: ["/", "/other"] });
    const { socket } = await client(at, "/", { token: "t" });
    const other = socket.io.socket("/other");
    await settle();
    const [sid = ""] = at.sids;
    expect([at.sio.request(sid).url, at.sio.handshake(sid).auth, at.sio.transport(sid)]).toEqual([expect.stringContaining("EIO=4"), { token: "t" }, "memory"]);
    expect(() => at.sio.transport(sid, { namespace: "/other" })).toThrow(expect.objectContaining({ code: "socketio/unknown-session" }));
    at.sio.disconnect(sid);
    at.sio.disconnect(sid);
    at.sio.disconnect("gone");
    await settle();
    expect([socket.connected, other.connected]).toEqual([false, true]);
  });
});

describe("connect handlers", () => {
  test.each([
    ["false", () => false, "Connection rejected by server", 0],
    ["false, later", () => Promise.resolve(false), "Connection rejected by server", 0],
    ["ConnectionRefusedError", () => { throw new ConnectionRefusedError("full"); }, "full", 0],
    ["any other error", () => { throw new Error("password is hunter2"); }, "Internal server error", 1],
  ])("refuse by %s; no sid stays", async (_name, handler, message, reports) => {
    const at = place();
    at.sio.on("connect", handler);
    const { socket, heard } = await client(at);
    expect([socket.connected, heard, at.failures.length, at.server.sockets.sockets.size, at.server.sockets.adapter.sids.size]).toEqual([false, [["refused", message]], reports, 0, 0]);
  });

  test("let in by anything else, once they have ended; rooms and session are there meanwhile, what is sent to the client waits", async () => {
    const at = place();
    let letIn: (value: unknown) => void = () => undefined;
    let sid = "";
    at.sio.on("connect", async (id, _request, auth) => {
      sid = id;
      at.sio.saveSession(id, { name: String(auth["name"]) });
      await at.sio.enterRoom(id, "early");
      at.sio.emit("welcome", 1, { to: id });
      at.sio.emit("others", 1, { skipSid: id });
      await expect(at.sio.call("ask", 1, { to: id })).rejects.toMatchObject({ code: "socketio/namespace-not-connected" });
      return new Promise((resolve) => (letIn = resolve));
    });
    const { socket, heard } = await client(at, "/", { name: "Ada" });
    expect([socket.connected, at.sio.getSession(sid)]).toEqual([false, { name: "Ada" }]);
    letIn(null);
    await settle();
    expect([socket.connected, socket.id, heard, [...await at.sio.rooms(sid)].toSorted()]).toEqual([true, sid, [["welcome", 1]], [sid, "early"].toSorted()]);
  });

  test("that disconnect their client refuse it; a client that leaves meanwhile leaves nothing behind", async () => {
    const at = place();
    at.sio.on("connect", (sid) => at.sio.disconnect(sid));
    expect((await client(at)).socket.connected).toBe(false);
    let letIn: (value: unknown) => void = () => undefined;
    let sid = "";
    at.sio.on("connect", (id) => new Promise((resolve) => {
      sid = id;
      letIn = resolve;
    }));
    const { socket } = await client(at);
    socket.io.engine.close();
    at.cut();
    letIn(null);
    await settle();
    expect(() => at.sio.getSession(sid)).toThrow(expect.objectContaining({ code: "socketio/unknown-session" }));
  });

  test("that never end keep no client that has been given up", async () => {
    const at = place();
    const ids: string[] = [];
    at.sio.on("connect", (sid) => {
      ids.push(sid);
      at.sio.saveSession(sid, { name: "Ada" });
      return ids.length === 1 ? new Promise(() => undefined) : undefined;
    });
    const { socket: first } = await client(at);
    expect(at.sio.getSession(ids[0] ?? "")).toEqual({ name: "Ada" });
    at.clock.advance(60_000);
    await settle();
    expect(first.connected).toBe(false);
    const { socket: second } = await client(at);
    expect([second.connected, ids.length, at.sio.getSession(ids[1] ?? "")]).toEqual([true, 2, { name: "Ada" }]);
    expect(() => at.sio.getSession(ids[0] ?? "")).toThrow(expect.objectContaining({ code: "socketio/unknown-session" }));
  });

  test("alwaysConnect: the client is connected first, and disconnected by a refusal", async () => {
    const at = place({ alwaysConnect: true });
    let decide: (value: unknown) => void = () => undefined;
    at.sio.on("connect", () => new Promise((resolve) => (decide = resolve)));
    const { socket, heard } = await client(at);
    const reasons: unknown[] = [];
    socket.on("disconnect", (reason) => void reasons.push(reason));
    expect(socket.connected).toBe(true);
    decide(false);
    await settle();
    expect([socket.connected, reasons, heard, at.failures]).toEqual([false, ["io server disconnect"], [], []]);
    at.sio.on("connect", () => { throw new Error("crash"); });
    expect([(await client(at)).socket.connected, at.failures.length]).toEqual([false, 1]);
  });
});
