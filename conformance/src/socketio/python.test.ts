/** python-socketio (Debian's 5.7, on aiohttp, requests and websocket-client) against @x/socketio, both ways. */
import { type ClientOptions, type ClientSocket, connect } from "@x/socketio";
import { msgpackCodec } from "@x/socketio/msgpack";
import type { Socket } from "@x/socketio/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { b64, type PythonPeer } from "../python-peer.js";
import { arrived, next, ourClient as dial, ourServer } from "./peers.js";
import { hasPythonSocketIO, installPythonSocketIO, pythonClient, pythonServer } from "./python.js";

test.runIf(process.env["CI"] === "true")("python-socketio is installed", () => {
  expect(hasPythonSocketIO, installPythonSocketIO).toBe(true);
});

const transportSets = [["polling"], ["websocket"], ["polling", "websocket"]] as const;
const kinds = ["async", "sync"] as const;
const text = "Zürich"; // the synchronous client cannot POST other text than Latin-1

function theirClient(...args: Parameters<typeof pythonClient>): PythonPeer {
  const peer = pythonClient(...args);
  onTestFinished(() => peer.close());
  return peer;
}

async function theirServer(options: Readonly<Record<string, unknown>> = {}): ReturnType<typeof pythonServer> {
  const started = await pythonServer(options);
  onTestFinished(() => started.peer.close());
  return started;
}

async function ourClient(url: string, options: ClientOptions = {}): Promise<ClientSocket> {
  const socket = await connect(url, { reconnection: false, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

describe.runIf(hasPythonSocketIO)("python-socketio's clients on our server", () => {
  test.each(kinds.flatMap((kind) => transportSets.map((transports) => [kind, transports] as const)))("%s over %j: events, bytes, acknowledgements both ways, rooms, and its disconnect", async (kind, transports) => {
    const { server, url } = await ourServer();
    const arrival = next(server, "connection");
    server.on("connection", (socket) => {
      socket.on("echo", (...args: unknown[]) => void socket.emit("echo", ...args));
      socket.on("sum", (a: number, b: number, ack: (sum: number) => void) => ack(a + b));
      socket.on("bytes", (bytes: Uint8Array, ack: (bytes: Uint8Array) => void) => ack(bytes));
    });
    const peer = theirClient(kind, url, { transports, auth: { token: "t" } });
    await peer.next("ready");
    const [socket] = await arrival as [Socket];
    expect(socket.handshake.auth).toEqual({ token: "t" });
    for (const args of [["plain"], [text, 1, null], [{ deep: [b64(1, 2, 3), b64()] }], []]) {
      peer.do("emit", "/", "echo", args);
      expect(await peer.next("event")).toEqual(["/", "echo", args]);
    }
    peer.do("call", "/", "sum", [1, 2]);
    expect(await peer.next("answer")).toEqual([3]);
    peer.do("call", "/", "bytes", [b64(9)]);
    expect(await peer.next("answer")).toEqual([b64(9)]);
    expect(await socket.timeout(30_000).emitWithAck("ask", "who")).toBe("who");
    expect(await server.timeout(30_000).emitWithAck("ask", Buffer.from([5]))).toEqual([Buffer.from([5])]);
    await socket.join("room");
    server.to("room").except("elsewhere").emit("news", 1);
    expect(await peer.next("event")).toEqual(["/", "news", [1]]);
    await socket.leave("room");
    server.to("room").emit("news", 2);
    server.emit("news", 3);
    expect(await peer.next("event")).toEqual(["/", "news", [3]]);
    await arrived(socket.conn, transports);
    const reason = next(socket, "disconnect");
    peer.do("disconnect");
    await peer.next("disconnect");
    // a client that is busy polling may hang up before it has sent its DISCONNECT
    expect(["client namespace disconnect", "transport close", ...(transports[0] === "polling" ? ["transport error"] : [])]).toContain((await reason)[0]);
  });

  test.each(kinds)("%s: several namespaces, and the server leaves one and then all", async (kind) => {
    const { server, url } = await ourServer();
    const root = next(server, "connection");
    const chat = next(server.of("/chat"), "connection");
    const peer = theirClient(kind, url, { namespaces: ["/", "/chat"] });
    const [sids] = await peer.next("ready") as [Record<string, string>];
    const [socket] = await root as [Socket];
    const [other] = await chat as [Socket];
    expect(sids).toEqual({ "/": socket.id, "/chat": other.id });
    other.emit("hello", "chat");
    expect(await peer.next("event")).toEqual(["/chat", "hello", ["chat"]]);
    other.disconnect();
    expect(await peer.next("disconnect")).toEqual(["/chat"]);
    socket.emit("hello", "root");
    expect(await peer.next("event")).toEqual(["/", "hello", ["root"]]);
    socket.disconnect(true);
    expect(await peer.next("disconnect")).toEqual(["/"]);
  });

  test.each(kinds)("%s: hears what middleware and unknown namespaces refuse with", async (kind) => {
    const { server, url } = await ourServer();
    server.use((_socket, proceed) => proceed(Object.assign(new Error("not welcome"), { data: { code: 7 } })));
    const refused = theirClient(kind, url, { wait_timeout: 3 });
    expect(await refused.next("refused")).toEqual(["/", { message: "not welcome", data: { code: 7 } }]);
    const lost = theirClient(kind, url, { namespaces: ["/nowhere"], wait_timeout: 3 });
    expect(await lost.next("refused")).toEqual(["/nowhere", { message: "Invalid namespace" }]);
  });

  test.each(kinds)("%s: comes back when its connection is cut", async (kind) => {
    const { server, url } = await ourServer();
    const arrival = next(server, "connection");
    const peer = theirClient(kind, url, { transports: ["websocket"], reconnection: true }); // what it is told while polling ends it for good
    const [{ "/": sid }] = await peer.next("ready") as [Record<string, string>];
    const [first] = await arrival as [Socket];
    expect(sid).toBe(first.id);
    const another = next(server, "connection");
    first.conn.close();
    expect(await peer.next("disconnect")).toEqual(["/"]);
    const [second] = await another as [Socket];
    expect(second.id).not.toBe(first.id);
    expect(await second.timeout(30_000).emitWithAck("ask", "still there")).toBe("still there");
  });
});

describe.runIf(hasPythonSocketIO)("python-socketio's server and our client", () => {
  test.each(transportSets.map((transports) => [transports]))("over %j: events, bytes, acknowledgements both ways, rooms, and either disconnect", async (transports) => {
    const { peer, url } = await theirServer();
    const socket = await ourClient(url, { transports: [...transports], auth: { token: "t" } });
    const [sid, auth] = await peer.next("connect");
    expect([sid, auth]).toEqual([socket.id, { token: "t" }]);
    socket.emit("news", text, { bytes: Buffer.from([1]) });
    expect(await peer.next("event")).toEqual([sid, ["news", text, { bytes: b64(1) }]]);
    const echoed = next(socket, "echo");
    socket.emit("ask", Buffer.from([1, 2]));
    expect(await echoed).toEqual([Buffer.from([1, 2])]);
    expect(await socket.timeout(30_000).emitWithAck("one", Buffer.from([3]))).toEqual(Buffer.from([3]));
    socket.on("question", (value: unknown, ack: (value: unknown) => void) => ack(value));
    peer.do("call", sid, "question", [b64(7)]);
    expect(await peer.next("answer")).toEqual([b64(7)]);
    peer.do("enter", sid, "room");
    const told = next(socket, "told");
    peer.do("emit", "told", ["room", 2], "room");
    expect(await told).toEqual(["room", 2]);
    peer.do("leave", sid, "room");
    const afterwards = next(socket, "told");
    peer.do("emit", "told", ["the room"], "room");
    peer.do("emit", "told", ["everybody"], null);
    expect(await afterwards).toEqual(["everybody"]);
    await arrived(socket.io.engine, transports);
    const ended = next(socket, "disconnect");
    peer.do("disconnect", sid);
    expect((await ended)[0]).toBe("io server disconnect");
    const second = await ourClient(url, { transports: [...transports] });
    const { id } = second;
    second.disconnect();
    await peer.next("disconnect");
    expect(await peer.next("disconnect")).toEqual([id]);
  });

  test("what its connect handler refuses with is our ConnectionRefusedError: a message, with and without data", async () => {
    const words = await theirServer({ refuse: ["no token"] });
    await expect(ourClient(words.url)).rejects.toMatchObject({ name: "ConnectionRefusedError", message: "no token" });
    const data = await theirServer({ refuse: ["no token", { hint: "log in" }] });
    await expect(ourClient(data.url)).rejects.toMatchObject({ name: "ConnectionRefusedError", message: "no token", data: { hint: "log in" } });
    const { url } = await theirServer();
    await expect(ourClient(`${url}/nowhere`)).rejects.toMatchObject({ name: "ConnectionRefusedError", message: "Unable to connect" });
  });

  test("a refusal of always_connect: connected first, then disconnected, once, with what it said", async () => {
    const { peer, url } = await theirServer({ always_connect: true, refuse: ["no token", { hint: "log in" }] });
    const socket = dial(url, { reconnectionDelay: 1, reconnectionDelayMax: 1 });
    const events: unknown[] = [];
    for (const event of ["connect", "connect_error"] as const) socket.on(event, () => void events.push(event));
    const [reason, details] = await next(socket, "disconnect");
    expect([events, reason, socket.active]).toEqual([["connect"], "io server disconnect", false]);
    expect(details).toMatchObject({ name: "ConnectionRefusedError", message: "no token", data: { hint: "log in" } });
    await peer.next("connect");
    socket.connect();
    await next(socket, "disconnect"); // again, for it was asked again, and only now
    await peer.next("connect");
    expect(events).toEqual(["connect", "connect"]);
  });

  test("an event of its connect handler, which comes before the answer to CONNECT, is heard", async () => {
    const { url } = await theirServer({ greet: "welcome" });
    const socket = dial(url);
    const heard: string[] = [];
    socket.on("connect", () => void heard.push("connect"));
    socket.on("welcome", () => void heard.push(socket.connected ? "welcome" : "too early"));
    await Promise.all([next(socket, "connect"), next(socket, "welcome")]);
    expect(heard).toEqual(["welcome", "connect"]); // in the order of socket.io-client
  });

  test.each(transportSets.map((transports) => [transports]))("over %j: our client comes back when it cuts the connection", async (transports) => {
    const { peer, url } = await theirServer();
    const socket = await ourClient(url, { transports: [...transports], reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 20 });
    expect((await peer.next("connect"))[0]).toBe(socket.id);
    await arrived(socket.io.engine, transports);
    const { id } = socket;
    const lost = next(socket, "disconnect");
    const back = next(socket, "connect");
    peer.do("cut", id);
    expect((await lost)[0]).toMatch(transports.at(-1) === "polling" ? /^transport (close|error)$/ : /^transport close$/); // it may answer the next poll with 500
    await back;
    expect((await peer.next("connect"))[0]).toBe(socket.id);
    expect(socket.id).not.toBe(id);
    expect(await socket.timeout(30_000).emitWithAck("one", "still there")).toBe("still there");
  });

  test("several namespaces on one connection", async () => {
    const { peer, url } = await theirServer();
    const root = await ourClient(url);
    const chat = root.io.socket("/chat");
    const connected = next(chat, "connect");
    chat.connect();
    await connected;
    expect([(await peer.next("connect"))[0], (await peer.next("connect"))[0]]).toEqual([root.id, chat.id]);
    expect(chat.id).not.toBe(root.id);
  });
});

describe.runIf(hasPythonSocketIO)("python-socketio's MsgPackPacket", () => {
  const parser = msgpackCodec();
  const given = ["Zürich", -7, 1.5, null, true, { deep: [b64(1, 2, 3), b64()] }];
  const taken = ["Zürich", -7, 1.5, null, true, { deep: [Buffer.from([1, 2, 3]), Buffer.alloc(0)] }];

  test.each(kinds.flatMap((kind) => [["polling"], ["websocket"]].map((transports) => [kind, transports] as const)))("%s client over %j, our server: events, bytes, acknowledgements both ways, namespaces", async (kind, transports) => {
    const { server, url } = await ourServer({ parser });
    const arrival = next(server.of("/chat"), "connection");
    server.of("/chat").on("connection", (socket) => socket.on("echo", (...args: unknown[]) => {
      const ack = args.at(-1);
      if (typeof ack === "function") (ack as (...values: unknown[]) => void)(...args.slice(0, -1));
      else socket.emit("echo", ...args);
    }));
    const peer = theirClient(kind, url, { serializer: "msgpack", transports, namespaces: ["/chat"], auth: { token: "t" } });
    await peer.next("ready");
    const [socket] = await arrival as [Socket];
    expect(socket.handshake.auth).toEqual({ token: "t" });
    peer.do("emit", "/chat", "echo", given);
    expect(await peer.next("event")).toEqual(["/chat", "echo", given]);
    peer.do("call", "/chat", "echo", given);
    expect(await peer.next("answer")).toEqual([given]);
    expect(await socket.timeout(30_000).emitWithAck("ask", taken)).toEqual(taken);
    socket.disconnect();
    expect(await peer.next("disconnect")).toEqual(["/chat"]);
  });

  test.each(kinds)("%s client, our server: hears what middleware refuses with", async (kind) => {
    const { server, url } = await ourServer({ parser });
    server.use((_socket, proceed) => proceed(Object.assign(new Error("not welcome"), { data: { code: 7 } })));
    const refused = theirClient(kind, url, { serializer: "msgpack", wait_timeout: 3 });
    expect(await refused.next("refused")).toEqual(["/", { message: "not welcome", data: { code: 7 } }]);
  });

  test.each([[["polling"]], [["websocket"]]] as const)("server, our client over %j: events, bytes, acknowledgements both ways, refusals", async (transports) => {
    const { peer, url } = await theirServer({ serializer: "msgpack" });
    const socket = await ourClient(url, { parser, transports, auth: { token: "t" } });
    expect(await peer.next("connect")).toEqual([socket.id, { token: "t" }]);
    const told = next(socket, "told");
    peer.do("emit", "told", given, socket.id);
    expect(await told).toEqual(taken);
    expect(await socket.timeout(30_000).emitWithAck("one", taken)).toEqual(taken);
    socket.on("question", (value: unknown, ack: (value: unknown) => void) => ack(value));
    peer.do("call", socket.id, "question", [given]);
    expect(await peer.next("answer")).toEqual([given]);
    const ended = next(socket, "disconnect");
    peer.do("disconnect", socket.id);
    expect((await ended)[0]).toBe("io server disconnect");
    const refusing = await theirServer({ serializer: "msgpack", refuse: ["no token", { hint: "log in" }] });
    await expect(ourClient(refusing.url, { parser, transports })).rejects.toMatchObject({ name: "ConnectionRefusedError", message: "no token", data: { hint: "log in" } });
  });
});
