/** Every limit of the server at its value and one past it, what the client is told, and what `connection_error` says. */
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { handshakeQuery, next, open, post, raw, send, serve, socket } from "../../test/http.js";
import { serve as serveEngine } from "../server.js";
import { parseServerOptions } from "./parse-options.js";
import type { ServerOptions } from "./server-options.js";

const upgradeHead = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;
const websocketQuery = handshakeQuery.replace("polling", "websocket");

describe("maxSessionsPerAddress", () => {
  test("counts both transports, refuses the next with 429, and frees what ends", async () => {
    const { url, port, server, refusals } = await serve({ maxSessionsPerAddress: 2 });
    const first = await open(url);
    const ws = await socket(url + handshakeQuery);
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 429, body: '{"code":3,"message":"Too many sessions"}', headers: { "retry-after": "1" } });
    expect(await raw(port, upgradeHead(websocketQuery))).toMatch(/^HTTP\/1\.1 429 [^]*Retry-After: 1\r\n[^]*Too many sessions/);
    expect(refusals).toMatchObject([1, 2].map(() => ({ code: 3, reason: "engineio/rate-limited", context: { name: "ADDRESS_LIMIT", maxSessionsPerAddress: 2, address: "127.0.0.1" } })));
    await post(first.url, "1");
    await open(url);
    void ws.close();
    await next<unknown>((done) => Object.values(server.clients).find(({ transport }) => transport.name === "websocket")!.on("close", done));
    expect((await send(url + handshakeQuery)).status).toBe(200);
  });

  test("a proxy's word counts only as far as trustProxy says, and an IPv6 network of 64 bits is one client", async () => {
    const from = (url: string, forwardedFor: string): Promise<number> => send(url + handshakeQuery, { headers: { "X-Forwarded-For": forwardedFor } }).then(({ status }) => status);
    const untrusted = await serve({ maxSessionsPerAddress: 1 });
    expect([await from(untrusted.url, "192.0.2.1"), await from(untrusted.url, "192.0.2.2")]).toEqual([200, 429]);
    const { url, sockets } = await serve({ maxSessionsPerAddress: 1, trustProxy: true });
    expect([await from(url, "192.0.2.1"), await from(url, "192.0.2.2"), await from(url, "198.51.100.9, 192.0.2.2"), await from(url, "192.0.2.2, 198.51.100.9")]).toEqual([200, 200, 429, 200]);
    expect([await from(url, "2001:db8::1"), await from(url, "2001:db8::2"), await from(url, "2001:db8:0:1::2")]).toEqual([200, 429, 200]);
    expect(sockets.map(({ remoteAddress }) => remoteAddress)).toEqual(["192.0.2.1", "192.0.2.2", "198.51.100.9", "2001:db8::1", "2001:db8:0:1::2"]);
  });

  test("a handshake that is refused, or fails, leaves no place taken", async () => {
    const domain = ({ url: target }: IncomingMessage): undefined => { if (target?.includes("fail") === true) throw new Error("no"); };
    const { url, port } = await serve({ maxSessionsPerAddress: 1, cookie: { domain }, allowRequest: ({ url: target }) => target?.includes("refuse") !== true });
    expect((await send(`${url}${handshakeQuery}&refuse`)).status).toBe(403);
    expect((await send(`${url}${handshakeQuery}&fail`)).status).toBe(400);
    expect(await raw(port, upgradeHead(`${websocketQuery}&fail`))).toContain(" 400 ");
    expect(await raw(port, upgradeHead(websocketQuery).replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"))).toContain(" 426 ");
    expect((await send(url + handshakeQuery)).status).toBe(200);
  });

  test("nor does one whose generateId() throws after allowRequest has let it in", async () => {
    const { url, refusals } = await serve({ maxSessions: 1, allowRequest: () => true, generateId: ({ url: target }) => { if (target?.includes("fail") === true) throw new Error("no id"); return "id"; } });
    for (let i = 0; i < 2; i++) expect((await send(`${url}${handshakeQuery}&fail`)).status).toBe(400);
    expect(refusals).toMatchObject([1, 2].map(() => ({ context: { name: "ID_GENERATION_ERROR", error: { message: "no id" } } })));
    expect((await send(url + handshakeQuery)).status).toBe(200);
  });

  test("neither does one that the client has given up when the application allows it", async () => {
    const asked: ((isAllowed: boolean) => void)[] = [];
    const { url, server } = await serve({ maxSessionsPerAddress: 1, allowRequest: (request, callback) => {
      request.socket.on("close", () => callback(null, true));
      asked.push((isAllowed) => callback(null, isAllowed));
    } });
    const gone = new AbortController();
    const fetched = fetch(url + handshakeQuery, { signal: gone.signal }).catch(() => "gone");
    while (asked.length === 0) await settle();
    gone.abort();
    expect(await fetched).toBe("gone");
    const again = send(url + handshakeQuery);
    while (asked.length === 1) await settle();
    asked[1]!(true);
    expect([(await again).status, server.clientsCount]).toEqual([200, 1]);
  });
});

describe("handshakeRate", () => {
  test("a burst, then 429 with Retry-After, until time has passed", async () => {
    const clock = new FakeClock();
    const { url, port, refusals } = await serve({ clock, handshakeRate: { perSecond: 0.25, burst: 2 } });
    expect([(await send(url + handshakeQuery)).status, (await send(url + handshakeQuery)).status]).toEqual([200, 200]);
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 429, body: '{"code":3,"message":"Too many handshakes"}', headers: { "retry-after": "4" } });
    expect(await raw(port, upgradeHead(websocketQuery))).toMatch(/^HTTP\/1\.1 429 [^]*Retry-After: 4\r\n/);
    expect(refusals).toMatchObject([1, 2].map(() => ({ reason: "engineio/rate-limited", context: { name: "HANDSHAKE_RATE", address: "127.0.0.1" } })));
    clock.advance(4000);
    expect((await send(url + handshakeQuery)).status).toBe(200);
    expect(parseServerOptions({ handshakeRate: { perSecond: 2.5 } }).handshakeRate).toEqual({ perSecond: 2.5, burst: 3 });
  });

  test("requests of sessions do not count", async () => {
    const { url } = await serve({ handshakeRate: { perSecond: 0.001, burst: 1 } });
    const session = await open(url);
    for (let i = 0; i < 5; i++) expect((await post(session.url, "4x")).status).toBe(200);
  });
});

describe("maxUpgradeAttempts", () => {
  test("that many WebSockets may try, the next is refused with 400, and polling goes on", async () => {
    const { url, port, refusals } = await serve({ maxUpgradeAttempts: 2 });
    const session = await open(url);
    for (let i = 0; i < 2; i++) {
      const ws = await socket(session.url);
      void ws.send("no probe");
      await ws.closed;
    }
    expect(await raw(port, upgradeHead(`${websocketQuery}&sid=${session.sid}`))).toMatch(/^HTTP\/1\.1 400 [^]*\{"code":3,"message":"Bad request"\}/);
    expect(refusals).toMatchObject([{ code: 3, context: { name: "UPGRADE_LIMIT", maxUpgradeAttempts: 2 } }]);
    expect(await post(session.url, "4x")).toMatchObject({ body: "ok" });
  });
});

describe("handshakeTimeout", () => {
  test.each<[string, ServerOptions]>([
    ["allowRequest", { allowRequest: () => undefined }],
    ["cors", { cors: () => undefined }],
    ["generateId", { generateId: () => new Promise(() => undefined) }],
  ])("%s that never answers: 503 at the limit, and its place is free", async (_name, options) => {
    const clock = new FakeClock();
    const { url, refusals, server } = await serve({ clock, maxSessions: 1, handshakeTimeout: 700, ...options });
    for (let i = 0; i < 2; i++) {
      const answer = send(url + handshakeQuery);
      while (clock.pending === 0) await settle();
      clock.advance(699);
      await settle();
      expect(refusals).toHaveLength(i);
      clock.advance(1);
      expect(await answer).toMatchObject({ status: 503, body: '{"code":3,"message":"Handshake timeout"}' });
    }
    expect(refusals).toMatchObject([1, 2].map(() => ({ reason: "engineio/handshake-timeout", context: { name: "HANDSHAKE_TIMEOUT" } })));
    expect([server.clientsCount, clock.pending]).toEqual([0, 0]);
  });

  test("an answer in time leaves no timer", async () => {
    const clock = new FakeClock();
    const { url } = await serve({ clock, allowRequest: async () => { await settle(1); return true; } });
    await open(url);
    expect(clock.pending, "the heartbeat's").toBe(1);
  });
});

describe("postTimeout", () => {
  test("a body that has not come in time: 408, the connection and the session end", async () => {
    const clock = new FakeClock();
    const { url, port, refusals, sockets, server } = await serve({ clock, postTimeout: 500 });
    const session = await open(url);
    const begun = next<unknown>((done) => server.once("headers", done));
    const ended = next<unknown[]>((done) => sockets[0]!.on("close", (...args) => done(args)));
    const answer = raw(port, `POST ${session.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n4`);
    await begun;
    clock.advance(499);
    await settle();
    expect(refusals).toEqual([]);
    clock.advance(1);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close\r\n[^]*Request timeout/);
    expect(await ended).toEqual(["transport error", expect.objectContaining({ name: "ConnectionError", code: "engineio/request-timeout" })]);
    expect(refusals).toMatchObject([{ code: 3, reason: "engineio/request-timeout", context: { name: "REQUEST_TIMEOUT" } }]);
  });

  test("a body in time leaves no timer", async () => {
    const clock = new FakeClock();
    const { url } = await serve({ clock });
    const session = await open(url);
    await post(session.url, "4x");
    expect(clock.pending).toBe(1);
  });
});

describe("POST bodies", () => {
  test.each([
    ["two lengths that differ", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n4xx", 400],
    ["a length that is no number", "Content-Length: 2x\r\n\r\n4x", 400],
    ["a negative length", "Content-Length: -1\r\n\r\n4x", 400],
    ["length and chunks at once", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n4x\r\n0\r\n\r\n", 400],
    ["neither length nor chunks: no body", "\r\n", 400],
    ["a length of 0", "Content-Length: 0\r\n\r\n", 400],
  ])("%s is answered 400", async (_name, rest, status) => {
    const { url, port } = await serve();
    const session = await open(url);
    expect(await raw(port, `POST ${session.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\n${rest}`)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test("reading stops when the session ends in the middle: the rest of a slow body is not waited for", async () => {
    const { url, port, sockets, refusals, taken } = await serve();
    const session = await open(url);
    const tcp = connect(port, "127.0.0.1");
    const received = next<string>((done) => tcp.on("data", (data) => done(data.toString())));
    tcp.write(`POST ${session.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n4`);
    await taken();
    sockets[0]!.session.fail("transport error");
    tcp.write("x");
    expect(await received).toMatch(/^HTTP\/1\.1 400 [^]*Connection: close[^]*\{"code":1,"message":"Session ID unknown"\}/);
    expect(refusals).toMatchObject([{ code: 1 }]);
    tcp.destroy();
  });
});

test("maxHeaderBytes of serve(): a longer head is answered 431", async () => {
  const server = await serveEngine({ maxHeaderBytes: 2000 });
  const request = (bytes: number): Promise<number> => send(server.url + handshakeQuery, { headers: { "X-Long": "x".repeat(bytes) } }).then(({ status }) => status);
  expect([await request(1500), await request(2000)]).toEqual([200, 431]);
  await server.close();
});

test("webtransport among transports is a custom transport, as the peers list it", () => {
  expect(parseServerOptions({ transports: ["polling", "webtransport"], customTransports: ["worker"] })).toMatchObject({ transports: ["polling"], customTransports: ["webtransport", "worker"] });
});

test.each<ServerOptions>([
  { maxUpgradeAttempts: 0 }, { maxSessionsPerAddress: 0 }, { handshakeTimeout: 0 }, { postTimeout: NaN }, { pingGrace: -1 }, { handshakeRate: { perSecond: 0 } }, { handshakeRate: { perSecond: 1, burst: -1 } }, { trustProxy: -1 }, { trustProxy: 1.5 },
  { jsonp: true }, { jsonp: true, cors: { origin: ["https://a.example"] } },
])("%o is refused by name", (options) => {
  expect(() => parseServerOptions(options)).toThrow(expect.objectContaining({ code: "engineio/invalid-option", message: expect.stringContaining(String(Object.keys(options)[0])) as string }));
});

test("allowEIO3 is not implemented, and says so", () => {
  const options: object = { allowEIO3: true };
  expect(() => parseServerOptions(options)).toThrow(expect.objectContaining({ code: "engineio/invalid-option", message: expect.stringContaining("protocol 3 is not implemented") as string }));
});

test("pingGrace is told to clients, and does not change when the server pings", async () => {
  const clock = new FakeClock();
  const { url, taken } = await serve({ clock, pingInterval: 300, pingGrace: 50.5 });
  const opened = await send(url + handshakeQuery);
  const { pingInterval, sid } = JSON.parse(opened.body.slice(1)) as { pingInterval: number; sid: string };
  expect(pingInterval).toBe(350.5);
  const parked = send(`${url}${handshakeQuery}&sid=${sid}`);
  await taken();
  clock.advance(300);
  expect((await parked).body).toBe("2");
});
