/** The client against servers of ours, and against servers that nobody should trust: on Node, and as browsers run it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { settle } from "@x/testkit";
import { WebSocket as UndiciWebSocket } from "undici";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { next, ok, openWire, scripted, serve } from "../../test/http.js";
import * as node from "../client.js";
import * as web from "../client.web.js";
import { prepareMessage } from "../server.js";
import { parseClientOptions } from "./client-options.js";
import { ClientSocket } from "./client-socket.js";
import { Target } from "./target.js";

const globals = globalThis as { WebSocket?: unknown };
const before = globals.WebSocket;
beforeAll(() => { globals.WebSocket = UndiciWebSocket; }); // Node 20 has fetch, but no WebSocket
afterAll(() => { globals.WebSocket = before; });

const platforms = [
  { platform: "node", connect: node.connect, Socket: node.Socket },
  { platform: "web", connect: web.connect, Socket: web.Socket },
];

const park = (): void => undefined;
const ending = (socket: ClientSocket): Promise<unknown[]> => next((done) => socket.on("close", (...args) => done(args)));

describe.each(platforms)("client on $platform", ({ platform, connect, Socket }) => {
  test.each([[["polling"]], [["websocket"]], [["polling", "websocket"]]] as ("polling" | "websocket")[][][])("echo over %j", async (transports) => {
    const { url, server } = await serve();
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const client = await connect(url, { transports });
    const got: unknown[] = [];
    const all = next<unknown>((done) => client.on("message", (data) => { if (got.push(data) === 4) done(1); }));
    const sent = ["text", "", new Uint8Array([0, 1, 255]), "€🐎"];
    for (const data of sent) void client.send(data);
    await all;
    expect(got.map((data) => (typeof data === "string" ? data : Array.from(data as Uint8Array)))).toEqual(["text", "", [0, 1, 255], "€🐎"]);
    expect(Buffer.isBuffer(got[2])).toBe(platform === "node");
    client.close();
  });

  test("upgrades; both sides hear of it; order holds across it", async () => {
    const { url, server, sockets } = await serve();
    const received: unknown[] = [];
    server.on("connection", (socket) => socket.on("message", (data) => received.push(data)));
    const client = await connect(url);
    const upgraded = next<unknown>((done) => client.on("upgrade", (transport) => done(transport.name)));
    for (let i = 0; i < 50; i++) {
      void client.send(String(i));
      await settle(1);
    }
    expect(await upgraded).toBe("websocket");
    void client.send("last");
    while (received.at(-1) !== "last") await settle();
    expect(received).toEqual([...Array.from({ length: 50 }, (_, i) => String(i)), "last"]);
    expect([client.transport.name, client.upgraded, sockets[0]!.transport.name]).toEqual(["websocket", true, "websocket"]);
    client.close();
  });

  test("stays on polling where the upgrade fails, and says so", async () => {
    const { url } = await scripted(ok(openWire({ upgrades: ["websocket"] })), park); // its upgrade requests get no answer
    const client = await connect(url, { upgradeTimeout: 50 });
    expect(await next<Error>((done) => client.on("upgradeError", done))).toMatchObject({ code: "engineio/upgrade-failed" });
    expect([client.readyState, client.transport.name]).toEqual(["open", "polling"]);
    client.close();
  });

  test("messages that came with the handshake are kept until somebody listens, or attaches", async () => {
    const { url } = await serve({ initialPacket: "welcome", allowUpgrades: false });
    const first = await connect(url);
    await settle();
    expect(await next<unknown>((done) => first.on("message", done))).toBe("welcome");
    first.close();
    const second = await connect(url);
    await settle();
    const pushed: unknown[] = [];
    second.attach({ onMessage: (data) => pushed.push(data), onClose: (reason) => pushed.push(reason) });
    second.session.fail("ping timeout");
    second.attach({ onMessage: () => undefined, onClose: (reason) => pushed.push(reason) });
    expect(pushed).toEqual(["welcome", "ping timeout", "ping timeout"]);
  });

  test("what is sent while opening waits; callbacks are called; a prepared message is sent", async () => {
    const { url, server } = await serve();
    const received: unknown[] = [];
    server.on("connection", (socket) => socket.on("message", (data) => received.push(data)));
    const client = new Socket(url, { transports: ["websocket"] });
    const called = next<unknown>((done) => void client.send("early", () => done(1)));
    await called;
    await next<unknown>((done) => void client.write("late", { compress: true }, () => done(1)));
    void client.sendPrepared(prepareMessage("prepared"));
    while (received.length < 3) await settle();
    expect(received).toEqual(["early", "late", "prepared"]);
    client.close();
    expect(client.readyState).toBe("closed");
    expect(() => void client.send("x")).toThrow(expect.objectContaining({ name: "SocketIsClosedError", reason: "forced close" }));
  });

  test("tryAllTransports tries the next one", async () => {
    const { url } = await serve({ transports: ["websocket"] });
    await expect(connect(url)).rejects.toMatchObject({ httpStatus: 400 });
    const client = await connect(url, { tryAllTransports: true });
    expect(client.transport.name).toBe("websocket");
    client.close();
    const pollingOnly = await serve({ transports: ["polling"] });
    const other = await connect(pollingOnly.url, { transports: ["websocket", "polling"], tryAllTransports: true });
    expect(other.transport.name).toBe("polling");
    other.close();
  });

  test("rememberUpgrade begins with WebSocket when the last one got there", async () => {
    const { url } = await serve();
    ClientSocket.priorWebsocketSuccess = false;
    const first = await connect(url, { rememberUpgrade: true });
    expect(first.transport.name).toBe("polling");
    await next<unknown>((done) => first.on("upgrade", () => done(1)));
    first.close();
    const second = await connect(url, { rememberUpgrade: true });
    expect(second.transport.name).toBe("websocket");
    second.close();
    ClientSocket.priorWebsocketSuccess = false;
  });

  test("signal ends the wait of connect(), before and during", async () => {
    const { url } = await scripted(park);
    const reason = new Error("changed my mind");
    await expect(connect(url, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: "engineio/aborted", cause: reason });
    const abort = new AbortController();
    const waiting = connect(url, { signal: abort.signal });
    await settle();
    abort.abort(reason);
    await expect(waiting).rejects.toMatchObject({ code: "engineio/aborted", cause: reason });
  });

  test.each([
    ["nothing", ""], ["no OPEN", "4hello"], ["no protocol at all", "<html>"], ["a bad OPEN", "0{}"], ["a second OPEN", `${openWire()}\x1e${openWire()}`], ["a PONG", `${openWire()}\x1e3`],
  ])("a server that answers with %s: parse error", async (_name, body) => {
    const { url } = await scripted(ok(body));
    const client = new Socket(url, { transports: ["polling"] });
    const failed = next<Error>((done) => client.on("error", done));
    expect(await ending(client)).toEqual(["parse error", expect.objectContaining({ name: "UnknownPacketError" })]);
    expect(await failed).toMatchObject({ name: "UnknownPacketError" });
  });

  test("an answer of maxMessageBytes bytes is read, one more ends the session", async () => {
    const body = openWire();
    const exact = await scripted(ok(body), park);
    const client = await connect(exact.url, { transports: ["polling"], maxMessageBytes: body.length });
    client.close();
    const over = await scripted(ok(body));
    await expect(connect(over.url, { transports: ["polling"], maxMessageBytes: body.length - 1 })).rejects.toMatchObject({ name: "ConnectionError", cause: { name: "ContentTooLongError" } });
  });

  test("maxPacketsPerPayload packets are read, one more ends the session", async () => {
    const three = `${openWire()}\x1e4a\x1e4b`;
    const exact = await scripted(ok(three), park);
    (await connect(exact.url, { transports: ["polling"], maxPacketsPerPayload: 3 })).close();
    const over = await scripted(ok(three));
    await expect(connect(over.url, { transports: ["polling"], maxPacketsPerPayload: 2 })).rejects.toMatchObject({ cause: { code: "engineio/too-many-packets" } });
  });

  test("a WebSocket message over maxMessageBytes ends the session with ContentTooLongError", async () => {
    const { url, sockets } = await serve();
    const client = await connect(url, { transports: ["websocket"], maxMessageBytes: 300 });
    const ended = ending(client);
    void sockets[0]!.send("x".repeat(300));
    expect(await ended).toEqual(["transport error", expect.objectContaining({ name: "ContentTooLongError" })]);
  });

  test("POSTs are split to the server's maxPayload and to maxOutgoingPackets; a larger message is refused at once", async () => {
    const bodies: string[] = [];
    const take = (request: IncomingMessage, response: ServerResponse): void => {
      let body = "";
      request.on("data", (chunk: Buffer) => { body += chunk.toString(); });
      request.on("end", () => { bodies.push(body); response.end("OK"); }); // as python-engineio says it
    };
    const route = (request: IncomingMessage, response: ServerResponse): void => { if (request.method === "POST") take(request, response); };
    const { url } = await scripted(ok(openWire({ maxPayload: 12 })), route, route, route, route, route);
    const client = await connect(url, { transports: ["polling"], maxOutgoingPackets: 3 });
    for (const data of ["a", "b", "c", "d", "x".repeat(11)]) void client.send(data);
    expect(() => void client.send("x".repeat(12))).toThrow(expect.objectContaining({ name: "ContentTooLongError", limitBytes: 12, actualBytes: 13 }));
    while (bodies.length < 3) await settle();
    expect(bodies).toEqual(["4a\x1e4b\x1e4c", "4d", `4${"x".repeat(11)}`]);
    client.close();
  });

  test("the poll of a client that leaves stays until its CLOSE is answered", async () => {
    const { url, sockets } = await serve({ allowUpgrades: false });
    const client = await connect(url);
    await settle();
    const ended = next<unknown>((done) => sockets[0]!.on("close", done));
    client.close();
    expect(await ended).toBe("transport close");
  });

  test("a lost server is told: transport close on WebSocket, transport error on polling", async () => {
    for (const [transport, reason] of [["websocket", "transport close"], ["polling", "transport close"]] as const) {
      const { url, server } = await serve();
      const polled = next<undefined>((done) => server.httpServer?.on("request", ({ url: asked = "" }) => { if (asked.includes("sid=")) done(undefined); }));
      const client = await connect(url, { transports: [transport] });
      const ended = ending(client);
      if (transport === "polling") await polled;
      await settle(); // the poll is parked
      await server.close();
      expect((await ended)[0]).toBe(reason);
    }
    const { url } = await scripted(ok(openWire()), (_request, response) => response.destroy());
    expect((await ending(await connect(url, { transports: ["polling"] })))[0]).toBe("transport error");
  });

  test("no PING in pingInterval + pingTimeout: ping timeout, without help of a send", async () => {
    const { url } = await scripted(ok(openWire({ pingInterval: 20, pingTimeout: 20 })), park);
    const client = await connect(url, { transports: ["polling"] });
    expect((await ending(client))[0]).toBe("ping timeout");
  });

  test("connectTimeout", async () => {
    const { url } = await scripted(park);
    await expect(connect(url, { connectTimeout: 30 })).rejects.toMatchObject({ code: "engineio/connect-timeout" });
  });

  test("query and headers reach the server on both transports; URLs are stamped", async () => {
    const { url, server } = await serve();
    const seen: (string | undefined)[] = [];
    server.on("connection", (socket) => seen.push(socket.request.url, String(socket.request.headers["x-token"])));
    for (const transport of ["polling", "websocket"] as const) {
      const client = await connect(`${url}?own=1`, { transports: [transport], query: { a: "b c", n: 1, skip: undefined }, extraHeaders: { "X-Token": "t" }, timestampParam: "stamp" });
      client.close();
    }
    expect(seen[0]).toMatch(/^\/engine\.io\/\?own=1&a=b%20c&n=1&EIO=4&transport=polling&stamp=[\w.]+$/);
    expect(seen[2]).toBe("/engine.io/?own=1&a=b%20c&n=1&EIO=4&transport=websocket");
    expect([seen[1], seen[3]]).toEqual(["t", platform === "node" ? "t" : "undefined"]); // pages cannot
  });

  test("asyncDispose closes and waits", async () => {
    const { url } = await serve();
    const client = await connect(url);
    await client[Symbol.asyncDispose]();
    expect(client.readyState).toBe("closed");
    await client[Symbol.asyncDispose]();
  });

  test("handlers that throw are reported and stop nothing", async () => {
    const { url, server } = await serve();
    server.on("connection", (socket) => { void socket.send("a"); void socket.send("b"); });
    const failures: unknown[] = [];
    const client = await connect(url, { onError: (error) => failures.push(error) });
    const got: unknown[] = [];
    client.attach({ onMessage: (data) => { got.push(data); throw new Error("handler"); }, onClose: () => { throw new Error("close handler"); } });
    while (got.length < 2) await settle();
    client.close();
    while (failures.length < 3) await settle();
    expect(failures.map((error) => (error as Error).message)).toEqual(["handler", "handler", "close handler"]);
  });
});

describe("waking up", () => {
  test("after a sleep the first send finds the session over", async () => {
    const { url } = await scripted(ok(openWire()), park);
    const client = await node.connect(url, { transports: ["polling"] });
    const realNow = Date.now;
    onTestFinished(() => { Date.now = realNow; });
    Date.now = () => realNow() + 45_100;
    expect(() => void client.send("x")).toThrow(expect.objectContaining({ reason: "ping timeout" }));
  });

  test("a page's events: leaving, offline, awake", async () => {
    const page = new EventTarget();
    const scope = globalThis as { addEventListener?: unknown };
    const original = scope.addEventListener;
    scope.addEventListener = page.addEventListener.bind(page);
    onTestFinished(() => { scope.addEventListener = original; });
    const { url } = await serve();
    const leaving = await web.connect(url, { closeOnBeforeunload: true });
    const staying = await web.connect(url);
    page.dispatchEvent(new Event("beforeunload"));
    expect([leaving.readyState === "open", staying.readyState]).toEqual([false, "open"]);
    page.dispatchEvent(new Event("pageshow"));
    expect(staying.readyState).toBe("open");
    page.dispatchEvent(new Event("offline"));
    expect(staying.readyState).toBe("open"); // a server on this machine is still there
    const away = await web.connect(url.replace("127.0.0.1", "[::ffff:127.0.0.1]"));
    const ended = ending(away);
    page.dispatchEvent(new Event("offline"));
    expect(await ended).toEqual(["transport close", expect.objectContaining({ code: "engineio/connection-lost" })]);
  });
});

describe("options and URLs", () => {
  test.each([{ connectTimeout: 0 }, { requestTimeout: -1 }, { maxBufferedBytes: -1 }, { transports: [] }])("%o is refused by name", (options) => {
    expect(() => parseClientOptions(options)).toThrow(expect.objectContaining({ code: "engineio/invalid-option", message: expect.stringContaining(String(Object.keys(options)[0])) as string }));
  });

  test.each(["ftp://x", "nonsense", "http://", "javascript:alert(1)", "http:// x"])("%s is no URL to connect to", (url) => {
    expect(() => new node.Socket(url)).toThrow(expect.objectContaining({ name: "ConnectionError", retryable: false }));
  });

  test.each([
    ["http://h:1/ignored?q=1#f", "polling", "http://h:1/engine.io/?q=1&EIO=4&transport=polling&sid=a%26b&t=0.0"],
    ["https://h", "websocket", "wss://h/engine.io/?EIO=4&transport=websocket&sid=a%26b"],
    ["wss://[::1]:8", "polling", "https://[::1]:8/engine.io/?EIO=4&transport=polling&sid=a%26b&t=0.0"],
    ["ws://h", "websocket", "ws://h/engine.io/?EIO=4&transport=websocket&sid=a%26b"],
  ] as const)("%s by %s", (base, transport, expected) => {
    expect(new Target(base, parseClientOptions({})).url(transport, "a&b", 0)).toBe(expected);
  });

  test("the parameters of the protocol are its own, whatever the application's query says", () => {
    const target = new Target("http://h", parseClientOptions({ query: { sid: "other", EIO: 3, own: "é" } }));
    expect(target.url("polling", "s", 0)).toBe("http://h/engine.io/?sid=s&EIO=4&own=%C3%A9&transport=polling&t=0.0");
    expect(target.url("polling", undefined, 0)).toBe("http://h/engine.io/?EIO=4&own=%C3%A9&transport=polling&t=0.1");
  });
});
