/** What applications do by session id: send, disconnect, transport, and what they keep for a session. */
import { settle } from "@x/testkit";
import { describe, expect, expectTypeOf, test } from "vitest";
import { handshakeQuery, next, open, post, send, serve, socket } from "../../test/http.js";
import { Server, type Socket, prepareMessage } from "../server.js";

const closed = { name: "SocketIsClosedError", code: "engineio/socket-closed", details: { sid: "gone" } };

describe("send(), sendPrepared(), transport()", () => {
  test("reach the session on its transport", async () => {
    const { url, server, sockets } = await serve();
    const session = await open(url);
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    const prepared = prepareMessage("to all");
    for (const { id } of sockets) {
      await server.send(id, "to one");
      await server.sendPrepared(id, prepared);
    }
    expect([(await send(session.url)).body, await ws.receive(), await ws.receive()]).toEqual(["4to one\x1e4to all", "4to one", "4to all"]);
    expect(sockets.map(({ id }) => server.transport(id))).toEqual(["polling", "websocket"]);
    void server.send(session.sid, { json: [1, "€"] });
    expect([server.trySend(session.sid, "tried"), server.trySend("gone", "x"), (await send(session.url)).body]).toEqual([true, false, '4{"json":[1,"€"]}\x1e4tried']);
  });

  test("throw for a session that does not exist, whatever its name", async () => {
    const { server } = await serve();
    expect(() => void server.send("gone", "x")).toThrow(expect.objectContaining(closed));
    expect(() => void server.sendPrepared("gone", prepareMessage("x"))).toThrow(expect.objectContaining(closed));
    expect(() => server.transport("gone")).toThrow(expect.objectContaining(closed));
    expect(() => void server.send("__proto__", "x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(() => void server.send("x".repeat(1000), "x")).toThrow(expect.objectContaining({ details: { sid: "x".repeat(64) } }));
  });
});

describe("disconnect()", () => {
  test("closes one session after what was sent to it, and resolves when it has ended", async () => {
    const { url, server, sockets } = await serve();
    const session = await open(url);
    await open(url);
    void server.send(session.sid, "last words");
    const gone = server.disconnect(session.sid);
    expect([(await send(session.url)).body, (await send(session.url)).body]).toEqual(["4last words", "1"]);
    await gone;
    expect([server.clientsCount, sockets[1]!.readyState]).toEqual([1, "open"]);
  });

  test("without an id closes all; none, or an unknown one, is done at once", async () => {
    const { url, server, taken } = await serve();
    await server.disconnect();
    await server.disconnect("gone");
    const ws = await socket(url + handshakeQuery);
    const session = await open(url);
    const polled = send(session.url);
    await taken();
    await server.disconnect();
    expect([(await ws.closed).code, (await polled).body, server.clientsCount]).toEqual([1000, "1", 0]);
  });
});

describe("getSession(), saveSession(), session()", () => {
  interface User { name: string; visits: number }

  async function one(): Promise<{ server: Server<User>; client: Socket; sid: string; url: string }> {
    const { url, server, sockets } = await serve();
    const { sid, url: session } = await open(url);
    return { server: server as unknown as Server<User>, client: sockets[0]!, sid, url: session };
  }

  test("are typed", () => {
    expectTypeOf<ReturnType<Server<User>["getSession"]>>().toEqualTypeOf<Partial<User>>();
    expectTypeOf<ReturnType<Server["getSession"]>>().toEqualTypeOf<Partial<Record<string, unknown>>>();
    expectTypeOf<Parameters<Server<User>["saveSession"]>[1]>().toEqualTypeOf<Partial<User>>();
  });

  test("keep a copy per session, empty at first", async () => {
    const { server, sid } = await one();
    expect(server.getSession(sid)).toEqual({});
    const data = { name: "ada", visits: 1 };
    server.saveSession(sid, data);
    data.name = "changed later";
    server.getSession(sid).visits = 99;
    expect(server.getSession(sid)).toEqual({ name: "ada", visits: 1 });
  });

  test("copies are as deep as what is kept is plain data", async () => {
    const { url, server } = await serve();
    const { sid } = await open(url);
    const cart = [{ count: 1 }];
    server.saveSession(sid, { cart });
    cart.push({ count: 2 });
    await expect(server.session(sid, (data) => {
      (data["cart"] as typeof cart)[0]!.count = 3;
      throw new Error("no");
    })).rejects.toThrow("no");
    expect(server.getSession(sid)).toEqual({ cart: [{ count: 1 }] });
  });

  test("session() saves what its function did, and returns its result", async () => {
    const { server, sid } = await one();
    expect(await server.session(sid, async (data) => {
      data.name = "ada";
      await settle();
      data.visits = (data.visits ?? 0) + 1;
      return data.visits;
    })).toBe(1);
    expect(server.getSession(sid)).toEqual({ name: "ada", visits: 1 });
  });

  test("hole: session() saved even when its body threw; ours changes nothing then", async () => {
    const { server, sid } = await one();
    server.saveSession(sid, { name: "ada" });
    await expect(server.session(sid, (data) => { data.name = "eve"; throw new Error("no"); })).rejects.toThrow("no");
    await expect(server.session(sid, async (data) => { data.name = "eve"; await settle(); throw new Error("later"); })).rejects.toThrow("later");
    expect(server.getSession(sid)).toEqual({ name: "ada" });
  });

  test("throw for a session that does not exist, or ended meanwhile", async () => {
    const { server, sid, url } = await one();
    expect(() => server.getSession("gone")).toThrow(expect.objectContaining(closed));
    expect(() => { server.saveSession("gone", {}); }).toThrow(expect.objectContaining(closed));
    await expect(server.session("gone", () => 1)).rejects.toMatchObject(closed);
    await expect(server.session(sid, async (data) => { data.visits = 1; await post(url, "1"); })).rejects.toMatchObject({ code: "engineio/socket-closed" });
    expect(() => server.getSession(sid)).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
  });

  test("are there for close listeners, and gone afterwards", async () => {
    const { server, client, sid, url } = await one();
    server.saveSession(sid, { name: "ada" });
    const seen = next<unknown[]>((done) => client.on("close", async () => {
      const before = server.getSession(sid);
      await settle();
      done([before, await Promise.resolve().then(() => server.getSession(sid)).catch((error: unknown) => (error as { code: string }).code)]);
    }));
    await post(url, "1");
    expect(await seen).toEqual([{ name: "ada" }, "engineio/socket-closed"]);
  });

  test("are there for the listeners of a session that another one's listener ends, and for both until they have heard", async () => {
    const { url, server, sockets } = await serve();
    for (let count = 0; count < 2; count++) await open(url);
    const [first, second] = sockets;
    const read = (): unknown[] => sockets.map(({ id }) => server.getSession(id));
    const seen: unknown[] = [];
    sockets.forEach(({ id }, index) => server.saveSession(id, { index }));
    second!.on("close", () => seen.push(read()));
    first!.on("close", () => {
      second!.session.fail("forced close");
      seen.push(server.getSession(first!.id));
      expect(() => server.getSession(second!.id)).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    });
    first!.session.fail("forced close");
    expect(seen).toEqual([[{ index: 0 }, { index: 1 }], { index: 0 }]);
    expect(read).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
  });
});

test("generateId may be replaced on the server, as with engine.io", async () => {
  const { url, server } = await serve();
  server.generateId = (request) => `id of ${String(request.headers["x-name"])}`;
  expect((await send(url + handshakeQuery, { headers: { "X-Name": "ada" } })).body).toContain('"sid":"id of ada"');
  expect(new Server({ generateId: () => "optional" }).generateId({} as never)).toBe("optional");
});

test("flush and drain of the server name the socket; only who listens before a client comes pays for them", async () => {
  const { url, server, sockets } = await serve();
  const events: unknown[] = [];
  server.on("flush", (client) => events.push("flush", client.id)).on("drain", (client) => events.push("drain", client.id));
  const session = await open(url);
  expect(events.splice(0), "of OPEN").toEqual(["flush", session.sid, "drain", session.sid]);
  void sockets[0]!.send("x");
  await send(session.url);
  expect(events).toEqual(["flush", session.sid, "drain", session.sid]);
});
