/** The admin's protocol, with the official client in the place of the official UI. */
import { io as officialClient, type Socket as OfficialSocket } from "socket.io-client";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { type AdminOptions, instrument } from "../src/admin.js";
import { type ClientOptions, type ClientSocket, connect, serve, type Server } from "../src/index.js";

const user = { username: "ada", password: "correct horse" };
const open: OfficialSocket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
});

/** One event of the admin's, the first that fits. */
function next(socket: OfficialSocket, event: string, fits: (...args: unknown[]) => boolean = () => true): Promise<unknown[]> {
  return new Promise((resolve) => {
    const listener = (...args: unknown[]): void => {
      if (!fits(...args)) return;
      socket.off(event, listener);
      resolve(args);
    };
    socket.on(event, listener);
  });
}

async function refusal(socket: OfficialSocket): Promise<unknown> {
  const [error] = await next(socket, "connect_error");
  return (error as Error).message;
}

async function start(options: Partial<AdminOptions> = {}): Promise<Server> {
  const server = await serve();
  onTestFinished(() => server.close());
  const admin = instrument(server, { auth: user, statsIntervalMs: 20, serverId: "one", ...options });
  onTestFinished(() => admin.close());
  return server;
}

function dial(server: Server, auth: object = user): OfficialSocket {
  const socket = officialClient(`${server.url ?? ""}/admin`, { auth, transports: ["websocket"], forceNew: true, reconnection: false });
  open.push(socket);
  return socket;
}

async function visitor(server: Server, options: ClientOptions = {}): Promise<ClientSocket> {
  const socket = await connect(server.url ?? "", { transports: ["websocket"], ...options, forceNew: true, extraHeaders: { cookie: "secret=1", "x-kept": "yes" } });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

describe("access", () => {
  test("is a matter that somebody must decide", async () => {
    await using server = await serve();
    for (const auth of [undefined, true, {}, [], [[]], { username: "ada", password: undefined }, { password: "b" }, [{ username: "a", password: 1 }], [user, { username: "bob", password: "" }], { username: "", password: "" }, { username: "ada", password: "$2b$10$abcdefghijklmnopqrstuv" }]) {
      expect(() => instrument(server, { auth: auth as never })).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
    }
    expect(() => instrument(server, { auth: false, statsIntervalMs: 0 })).toThrow("statsIntervalMs");
  });

  test.each([{}, { username: "ada" }, { username: "ada", password: "wrong" }, { username: "eve", password: user.password }, { sessionId: "guessed" }])("is refused to %j", async (auth) => {
    expect(await refusal(dial(await start(), auth))).toBe("invalid credentials");
  });

  test("is several users', each with a password of their own", async () => {
    const other = { username: "bob", password: "battery staple" };
    const server = await start({ auth: [user, other] });
    for (const auth of [user, other]) expect(await next(dial(server, auth), "config")).toHaveLength(1);
    expect(await refusal(dial(server, { username: "bob", password: user.password }))).toBe("invalid credentials");
  });

  test("comes with a session, which spares the password", async () => {
    const server = await start();
    const [sessionId] = await next(dial(server), "session");
    const again = dial(server, { sessionId });
    expect(await next(again, "config")).toHaveLength(1);
  });

  test("may be judged by a function", async () => {
    const server = await start({ auth: ({ token }) => Promise.resolve(token === "t") });
    expect(await next(dial(server, { token: "t" }), "config")).toHaveLength(1);
    expect(await refusal(dial(server, { token: "x" }))).toBe("invalid credentials");
  });
});

describe("what admins see", () => {
  test("features by mode and rights", async () => {
    const all = ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT", "AGGREGATED_EVENTS", "ALL_EVENTS"];
    expect(await next(dial(await start({ auth: false }), {}), "config")).toEqual([{ supportedFeatures: all }]);
    expect(await next(dial(await start({ readonly: true })), "config")).toEqual([{ supportedFeatures: all.slice(-2) }]);
    expect(await next(dial(await start({ mode: "production" })), "config")).toEqual([{ supportedFeatures: all.slice(0, -1) }]);
  });

  test("sockets that are there, without their credentials", async () => {
    const server = await start();
    const { id } = await visitor(server);
    const [sockets] = (await next(dial(server), "all_sockets")) as [{ id: string; handshake: { headers: object } }[]];
    const shown = sockets.find((socket) => socket.id === id);
    expect(shown).toMatchObject({ id, clientId: expect.stringMatching(/^.{12}$/u) as string, transport: "websocket", nsp: "/", data: {}, rooms: [id], handshake: { address: "127.0.0.1", secure: false, xdomain: false, headers: { "x-kept": "yes" } } });
    expect(JSON.stringify(shown)).not.toContain("secret");
    expect(sockets).toHaveLength(2); // and the admin
  });

  test("who comes, joins, sends, gets, leaves, goes; in namespaces that come later, too", async () => {
    const server = await start();
    server.of("/later").on("connection", (socket) => {
      socket.on("question", async (_value: unknown, ack: (value: number) => void) => {
        await socket.join("room");
        socket.emit("news", 1);
        await socket.leave("room");
        ack(7);
      });
    });
    const admin = dial(server);
    await next(admin, "all_sockets");
    const events: unknown[][] = [];
    admin.onAny((event: string, ...args: unknown[]) => {
      if (event !== "server_stats") events.push([event, ...args]);
    });
    const gone = next(admin, "socket_disconnected", (nsp) => nsp === "/later");
    const client: ClientSocket = await connect(`${server.url ?? ""}/later`, { transports: ["websocket"], forceNew: true });
    const { id } = client;
    await client.emitWithAck("question", { a: 1 });
    client.disconnect();
    await gone;
    const time = expect.stringMatching(/^\d{4}-.*Z$/u) as string;
    expect(events.filter((event) => JSON.stringify(event).includes(String(id)))).toEqual([
      ["room_joined", "/later", id, id, time],
      ["socket_connected", expect.objectContaining({ id, nsp: "/later", rooms: [id] }), time],
      ["event_received", "/later", id, ["question", { a: 1 }], time],
      ["room_joined", "/later", "room", id, time],
      ["event_sent", "/later", id, ["news", 1], time],
      ["room_left", "/later", "room", id, time],
      ["room_left", "/later", id, id, time],
      ["socket_disconnected", "/later", id, "client namespace disconnect", time],
    ]);
  });

  test("a socket's data, as it changes; what JSON cannot show is not shown, and keeps nobody out", async () => {
    const server = await start();
    const circular: Record<string, unknown> = { name: "Bob" };
    circular["self"] = circular;
    const data: Record<string, unknown> = { list: [1] };
    server.use((socket, go) => {
      socket.data = socket.handshake.auth["isCircular"] === true ? circular : data;
      go();
    });
    const admin = dial(server);
    await next(admin, "all_sockets");
    const updates: unknown[] = [];
    admin.on("socket_updated", (update) => updates.push(update));
    const shown = next(admin, "socket_updated");
    const { id } = await visitor(server);
    await shown;
    const changed = next(admin, "socket_updated");
    (data["list"] as number[]).push(2);
    await changed;
    const seen = next(admin, "socket_connected");
    await visitor(server, { auth: { isCircular: true } });
    const [connected] = await seen;
    await next(admin, "server_stats");
    await next(admin, "server_stats");
    expect([updates, connected]).toEqual([
      [{ id, nsp: "/", data: { list: [1] } }, { id, nsp: "/", data: { list: [1, 2] } }],
      expect.objectContaining({ nsp: "/", data: {} }),
    ]);
  });

  test("transports: who polls, who has upgraded, and only of sockets that are there", async () => {
    const server = await start();
    server.of("/left");
    const admin = dial(server);
    await next(admin, "all_sockets");
    const updates: unknown[] = [];
    admin.on("socket_updated", (update) => updates.push(update));
    const counted = (polling: number): Promise<unknown> => next(admin, "server_stats", (stats) => (stats as { pollingClientsCount: number }).pollingClientsCount === polling);
    const stays = await visitor(server, { transports: ["polling"] });
    await counted(1);
    const asked = new Promise<() => void>((resolve) => {
      server.engine.use((request, _response, go) => (request.headers.upgrade === undefined ? go() : resolve(go)));
    });
    const updated = next(admin, "socket_updated");
    const upgrades = officialClient(server.url ?? "", { transports: ["polling", "websocket"], forceNew: true, reconnection: false });
    open.push(upgrades);
    const left = upgrades.io.socket("/left", {});
    await Promise.all([next(upgrades, "connect"), next(left, "connect")]);
    await counted(2);
    const gone = next(admin, "socket_disconnected");
    left.disconnect();
    await gone;
    (await asked)();
    await updated;
    await counted(1);
    expect(updates).toEqual([{ id: upgrades.id, nsp: "/", transport: "websocket" }]);
    stays.disconnect();
    await counted(0);
  });

  test("counts of the server, again and again; in production nothing else", async () => {
    const server = await start({ mode: "production" });
    const admin = dial(server);
    const others: string[] = [];
    admin.onAny((event: string) => {
      if (!["server_stats", "config", "session"].includes(event)) others.push(event);
    });
    await next(admin, "config");
    const types = new Set<string>();
    const counted = next(admin, "server_stats", (given) => {
      const { clientsCount, aggregatedEvents, namespaces } = given as { clientsCount: number; aggregatedEvents: { type: string }[]; namespaces: { name: string; socketsCount: number }[] };
      for (const { type } of aggregatedEvents) types.add(type);
      return clientsCount === 1 && types.size === 6 && namespaces.some(({ name, socketsCount }) => name === "/" && socketsCount === 0);
    });
    (await visitor(server)).disconnect();
    const [stats] = await counted;
    expect(stats).toMatchObject({ serverId: "one", hostname: expect.any(String) as string, pid: process.pid, uptime: expect.any(Number) as number, pollingClientsCount: 0, namespaces: [{ name: "/", socketsCount: 0 }, { name: "/admin", socketsCount: 1 }] });
    expect([[...types].toSorted(), others]).toEqual([["bytesIn", "bytesOut", "packetsIn", "packetsOut", "rawConnection", "rawDisconnection"], []]);
  });
});

describe("what admins may do", () => {
  test("emit, join, leave, disconnect; nothing in namespaces that there are not", async () => {
    const server = await start();
    server.on("connection", (socket) => void socket.on("sync", (ack: () => void) => ack()));
    const [a, b] = [await visitor(server), await visitor(server)];
    const heard = { a: [] as unknown[], b: [] as unknown[] };
    a.on("x", (value) => void heard.a.push(value));
    b.on("x", (value) => void heard.b.push(value));
    const admin = dial(server);
    await next(admin, "all_sockets");
    const ended = new Promise((resolve) => void b.on("disconnect", resolve));
    const left = next(admin, "room_left", (_nsp, room) => room === "r");
    admin.emit("join", "/", "r", a.id);
    admin.emit("emit", "/", "r", "x", 1);
    admin.emit("emit", "/", "", "x", 2);
    admin.emit("leave", "/", "r");
    admin.emit("emit", "/made-up", undefined, "x", 3);
    admin.emit("_disconnect", "/", false, b.id);
    expect([await ended, (await left)[2], a.connected]).toEqual(["io server disconnect", a.id, true]);
    await a.emitWithAck("sync");
    expect(heard).toEqual({ a: [1, 2], b: [2] });
    expect([...server._nsps.keys()]).toEqual(["/", "/admin"]);
  });

  test("nothing when they may only look", async () => {
    const server = await start({ readonly: true });
    const client = await visitor(server);
    const admin = dial(server);
    await next(admin, "all_sockets");
    admin.emit("_disconnect", "/", true);
    await next(admin, "server_stats");
    await next(admin, "server_stats");
    expect(client.connected).toBe(true);
  });
});

test("close() disconnects admins, and lets none in", async () => {
  await using server = await serve();
  const view = instrument(server, { auth: false });
  const admin = dial(server, {});
  await next(admin, "config");
  const ended = next(admin, "disconnect");
  view.close();
  expect((await ended)[0]).toBe("io server disconnect");
  expect(await refusal(dial(server, {}))).toBe("invalid credentials");
});
