/** Clients that nobody here wrote (`ws`, undici) against @x/simple-ws's server. */
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket as UndiciSocket } from "undici";
import { WebSocket as WsSocket, type ClientOptions } from "ws";
import { blobs, Opened, ourEcho, texts } from "./peers.js";

const opened = new Opened();
afterEach(() => opened.closeAll());

async function dial(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<WsSocket> {
  const socket = new WsSocket(url, protocols, options);
  opened.add(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

async function echoed(socket: WsSocket): Promise<string | Buffer> {
  const [data, isBinary] = await once(socket, "message") as [Buffer, boolean];
  return isBinary ? data : data.toString();
}

/** What a refused client is told. */
async function refusal(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<{ status: number; headers: object }> {
  const socket = new WsSocket(url, protocols, options);
  socket.on("error", () => undefined);
  const [, response] = await once(socket, "unexpected-response") as [unknown, { statusCode: number; headers: object; resume(): void }];
  response.resume();
  socket.terminate();
  return { status: response.statusCode, headers: response.headers };
}

describe("a `ws` client", () => {
  test("sends and gets back text and binary of every length encoding", async () => {
    const { server } = await ourEcho(opened);
    const socket = await dial(server.url);
    for (const message of [...texts, ...blobs]) {
      socket.send(message);
      const answer = await echoed(socket);
      expect(typeof answer === "string" ? answer === message : answer.equals(message as Buffer)).toBe(true);
    }
  });

  test("may fragment, with Pings in between", async () => {
    const { server } = await ourEcho(opened);
    const socket = await dial(server.url);
    const pong = once(socket, "pong");
    const answer = echoed(socket);
    socket.send("Grü", { fin: false });
    socket.ping("between");
    socket.send("ß", { fin: false });
    socket.send("e", { fin: true });
    expect(String((await pong)[0])).toBe("between");
    expect(await answer).toBe("Grüße");
  });

  test("answers our Pings", async () => {
    const { server, connections } = await ourEcho(opened);
    await dial(server.url);
    expect(await connections[0]?.ping("hello")).toBeGreaterThanOrEqual(0);
  });

  test("closes with its code, and hears ours", async () => {
    const { server, connections, closes } = await ourEcho(opened);
    const first = await dial(server.url);
    first.close(3001, "bye");
    const [code, reason] = await once(first, "close") as [number, Buffer];
    expect([code, reason.toString()]).toEqual([3001, "bye"]);
    expect(await closes[0]).toEqual({ code: 3001, reason: "bye", wasClean: true, initiator: "remote" });
    const second = await dial(server.url);
    const closed = once(second, "close") as Promise<[number, Buffer]>;
    await connections[1]?.close(4001, "go");
    const [theirs, why] = await closed;
    expect([theirs, why.toString()]).toEqual([4001, "go"]);
    expect(await closes[1]).toMatchObject({ code: 4001, wasClean: true, initiator: "local" });
    const third = await dial(server.url);
    third.close();
    expect(await once(third, "close")).toEqual([1005, Buffer.alloc(0)]);
    expect(await closes[2]).toMatchObject({ code: 1005, wasClean: true });
  });

  test("that vanishes is 1006; that sends too much hears 1009", async () => {
    const { server, closes } = await ourEcho(opened, { maxMessageBytes: 100 });
    const first = await dial(server.url);
    first.terminate();
    expect(await closes[0]).toMatchObject({ code: 1006, wasClean: false, initiator: "network" });
    const second = await dial(server.url);
    second.send("x".repeat(100));
    expect(await echoed(second)).toHaveLength(100);
    second.send("x".repeat(101));
    expect((await once(second, "close") as [number])[0]).toBe(1009);
    expect(await closes[1]).toMatchObject({ code: 1009, initiator: "local" });
  });

  test("agrees on a subprotocol, and does without compression", async () => {
    const { server } = await ourEcho(opened, { subprotocols: ["chat"] });
    const socket = await dial(server.url, ["other", "chat"], { perMessageDeflate: true });
    expect([socket.protocol, socket.extensions]).toEqual(["chat", ""]);
  });

  test("is refused with 403, 404, 401 and 426", async () => {
    const { server } = await ourEcho(opened, { path: "/chat", verify: (request) => request.headers.authorization === undefined ? { statusCode: 401, headers: { "WWW-Authenticate": "Basic" } } : undefined });
    expect((await refusal(server.url, [], { origin: "https://evil.test" })).status).toBe(403);
    expect((await refusal(server.url.replace("chat", "other"))).status).toBe(404);
    expect(await refusal(server.url)).toMatchObject({ status: 401, headers: { "www-authenticate": "Basic" } });
    expect(await refusal(server.url, [], { protocolVersion: 8, headers: { authorization: "x" } })).toMatchObject({ status: 426, headers: { "sec-websocket-version": "13" } });
    await dial(server.url, [], { headers: { authorization: "x" }, origin: new URL(server.url).origin.replace("ws", "http") });
  });

  test("a burst of 2,000 messages comes back in order", async () => {
    const { server } = await ourEcho(opened);
    const socket = await dial(server.url);
    const answers: string[] = [];
    const done = new Promise<void>((resolve) => socket.on("message", (data: Buffer) => { if (answers.push(data.toString()) === 2_000) resolve(); }));
    const sent = Array.from({ length: 2_000 }, (_, at) => `${String(at)} ${"x".repeat(at % 300)}`);
    for (const message of sent) socket.send(message);
    await done;
    expect(answers).toEqual(sent);
  });
});

describe("undici's WebSocket, which is the browser's interface", () => {
  test("text, binary, subprotocol and close", async () => {
    const { server, closes } = await ourEcho(opened, { subprotocols: ["chat"], origin: "*" });
    const socket = new UndiciSocket(server.url, ["chat"]);
    socket.binaryType = "arraybuffer";
    const events: unknown[] = [];
    const closed = new Promise<void>((resolve) => {
      socket.addEventListener("close", ({ code, reason, wasClean }) => { events.push([code, reason, wasClean]); resolve(); });
    });
    const messages = [...texts, ...blobs];
    await new Promise<void>((resolve) => {
      socket.addEventListener("message", ({ data }) => {
        events.push(typeof data === "string" ? data : Buffer.from(data as ArrayBuffer));
        if (events.length === messages.length) resolve();
      });
      socket.addEventListener("open", () => { for (const message of messages) socket.send(message); });
    });
    expect(socket.protocol).toBe("chat");
    expect(events.every((event, at) => { const sent = messages[at]!; return typeof event === "string" ? event === sent : (event as Buffer).equals(sent as Buffer); })).toBe(true);
    events.length = 0;
    socket.close(4000, "done");
    await closed;
    expect(events).toEqual([[4000, "done", true]]);
    expect(await closes[0]).toEqual({ code: 4000, reason: "done", wasClean: true, initiator: "remote" });
  });
});
