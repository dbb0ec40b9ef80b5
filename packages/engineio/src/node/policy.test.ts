/** Who may connect: origins on both transports, allowRequest, cookie, middlewares, headers. */
import { IncomingMessage, createServer } from "node:http";
import { Socket } from "node:net";
import { ConnectionError as SimpleWsConnectionError } from "@x/errors/simple-ws";
import { ConnectionError } from "@x/errors/engineio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { handshakeQuery, next, open, raw, send, serve, socket } from "../../test/http.js";
import { Server, attach, listen, serve as serveEngine } from "../server.js";
import { serializeCookie } from "./cookie.js";
import { type CorsDelegate, type CorsOptions, isSameOrigin } from "./cors.js";
import { parseServerOptions } from "./parse-options.js";
import type { ServerOptions } from "./server-options.js";

const evil = "https://evil.example";
const good = "https://good.example";

async function both(options: ServerOptions, origin: string | undefined): Promise<[polling: number, websocket: number]> {
  const { url } = await serve(options);
  const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin === "same" ? url : origin };
  const polling = await send(url + handshakeQuery, { headers });
  const websocket = await socket(url + handshakeQuery, headers).then(
    () => 101,
    (error: unknown) => (error instanceof SimpleWsConnectionError ? (error.statusCode ?? 0) : 0),
  );
  return [polling.status, websocket];
}

describe("origins, the same on both transports", () => {
  const rules: [string, CorsOptions["origin"]][] = [
    ["string", good],
    ["list", ["https://other.example", good]],
    ["RegExp", /^https:\/\/good\.example$/],
    ["RegExp with the flag g", /good/g],
    ["list with RegExp", [/good/]],
    ["function that calls back", (origin, callback) => callback(null, origin === good)],
    ["function that returns", (origin) => origin === good],
    ["function that promises", (origin) => Promise.resolve(origin === good)],
    ["function that answers with a rule", (_origin, callback) => callback(null, [good])],
  ];

  test.each(rules)("%s: allowed, refused, and absent (no page)", async (_name, origin) => {
    const options = { cors: { origin } };
    expect(await both(options, good)).toEqual([200, 101]);
    expect(await both(options, good)).toEqual([200, 101]);
    expect(await both(options, evil)).toEqual([403, 403]);
    expect(await both(options, undefined)).toEqual([200, 101]);
  });

  test.each([["*"], [true]])("%s allows all", async (origin) => {
    expect(await both({ cors: { origin } }, evil)).toEqual([200, 101]);
  });

  test.each([[undefined], [{}], [{ origin: false as const }], [{ credentials: true }]])("by default (%o) only the server's own", async (cors) => {
    expect(await both({ cors }, evil)).toEqual([403, 403]);
    expect(await both({ cors }, "null")).toEqual([403, 403]);
    expect(await both({ cors }, "same")).toEqual([200, 101]);
  });

  test("a refused origin gets code 4, and connection_error says INVALID_ORIGIN", async () => {
    const { url, refusals } = await serve();
    expect(await send(url + handshakeQuery, { headers: { Origin: evil } })).toMatchObject({ status: 403, body: '{"code":4,"message":"Forbidden"}' });
    expect(refusals).toMatchObject([{ code: 4, message: "Forbidden", context: { name: "INVALID_ORIGIN", origin: evil } }]);
  });

  test("a page of another origin cannot use a session either, whoever opened it", async () => {
    const { url } = await serve();
    const session = await open(url);
    expect((await send(session.url, { headers: { Origin: evil } })).status).toBe(403);
  });

  test("a rule that fails refuses, and its failure is reported", async () => {
    const { url, failures } = await serve({ cors: { origin: () => { throw new Error("broken rule"); } } });
    expect((await send(url + handshakeQuery, { headers: { Origin: good } })).status).toBe(400);
    expect(failures).toEqual([expect.objectContaining({ message: "broken rule" })]);
    await expect(socket(url + handshakeQuery, { Origin: good })).rejects.toMatchObject({ statusCode: 400 });
    expect(failures).toHaveLength(2);
  });

  test("headers: the origin with Vary, credentials, exposed headers; * as it is", async () => {
    const { url } = await serve({ cors: { origin: [good], credentials: true, exposedHeaders: ["x-a", "x-b"] } });
    expect((await send(url + handshakeQuery, { headers: { Origin: good } })).headers).toMatchObject({
      "access-control-allow-origin": good, "vary": "Origin", "access-control-allow-credentials": "true", "access-control-expose-headers": "x-a,x-b",
    });
    const all = await serve({ cors: { origin: "*" } });
    expect((await send(all.url + handshakeQuery, { headers: { Origin: good } })).headers).toMatchObject({ "access-control-allow-origin": "*" });
  });

  test("preflight: 204 with methods, the headers asked for, maxAge; refused for others", async () => {
    const { url } = await serve({ cors: { origin: good, maxAge: 60 } });
    const answer = await send(url + handshakeQuery, { method: "OPTIONS", headers: { Origin: good, "Access-Control-Request-Headers": "x-token" } });
    expect(answer).toMatchObject({ status: 204, headers: { "access-control-allow-methods": "GET,POST,OPTIONS", "access-control-allow-headers": "x-token", "access-control-max-age": "60" } });
    expect((await send(url + handshakeQuery, { method: "OPTIONS", headers: { Origin: evil } })).status).toBe(403);
    const fixed = await serve({ cors: { origin: good, allowedHeaders: "x-only", methods: ["GET"], optionsSuccessStatus: 200 } });
    expect(await send(fixed.url + handshakeQuery, { method: "OPTIONS", headers: { Origin: good } }))
      .toMatchObject({ status: 200, headers: { "access-control-allow-headers": "x-only", "access-control-allow-methods": "GET" } });
  });

  test("false switches all of it off: no check, no headers, on both transports", async () => {
    expect(await both({ cors: false }, evil)).toEqual([200, 101]);
    const { url } = await serve({ cors: false });
    const { headers } = await send(url + handshakeQuery, { headers: { Origin: evil } });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control") || name === "vary")).toEqual([]);
    expect(await send(url + handshakeQuery, { method: "OPTIONS", headers: { Origin: evil } })).toMatchObject({ status: 204, headers: { "content-length": "0" } });
  });

  test("corsHeaders() tells whoever answers something else below the path what the rule says", async () => {
    const request = (origin: string): IncomingMessage => Object.assign(new IncomingMessage(new Socket()), { headers: { origin, host: "good.example" } });
    const ruled = new Server({ cors: { origin: good } });
    expect([await ruled.corsHeaders(request(good)), await ruled.corsHeaders(request(evil))]).toEqual([{ "Vary": "Origin", "Access-Control-Allow-Origin": good }, undefined]);
    expect(await new Server().corsHeaders(request("http://good.example"))).toEqual({});
    await expect(new Server({ cors: { origin: () => Promise.reject(new Error("broken rule")) } }).corsHeaders(request(good))).rejects.toThrow("broken rule");
  });

  test.each<[string, CorsDelegate]>([
    ["calls back", (request, callback) => callback(null, { origin: request.url?.includes("open") === true ? "*" : good })],
    ["returns", (request) => ({ origin: request.url?.includes("open") === true ? "*" : good })],
    ["promises", (request) => Promise.resolve({ origin: request.url?.includes("open") === true ? "*" : good })],
  ])("options by request: a function that %s", async (_name, cors) => {
    expect([await both({ cors }, good), await both({ cors }, evil)]).toEqual([[200, 101], [403, 403]]);
    const { url } = await serve({ cors });
    expect(await send(`${url}${handshakeQuery}&open`, { headers: { Origin: evil } })).toMatchObject({ status: 200, headers: { "access-control-allow-origin": "*" } });
  });

  test.each<[string, ServerOptions["trustProxy"], Record<string, string>, number]>([
    ["X-Forwarded-Host means nothing by default", undefined, { "Origin": good, "X-Forwarded-Host": "good.example", "X-Forwarded-Proto": "https" }, 403],
    ["with a trusted proxy it is the host", true, { "Origin": good, "X-Forwarded-Host": "good.example", "X-Forwarded-Proto": "https" }, 200],
    ["and the scheme must fit", true, { "Origin": "http://good.example", "X-Forwarded-Host": "good.example", "X-Forwarded-Proto": "https" }, 403],
    ["without X-Forwarded-Proto any scheme fits", true, { "Origin": "http://good.example", "X-Forwarded-Host": "good.example" }, 200],
    ["what the client itself put in front is not believed", 1, { "Origin": evil, "X-Forwarded-Host": "evil.example, good.example" }, 403],
    ["two proxies: the outer one's word", 2, { "Origin": good, "X-Forwarded-Host": "good.example, inner.example" }, 200],
  ])("%s", async (_name, trustProxy, headers, status) => {
    const { url } = await serve({ trustProxy });
    expect((await send(url + handshakeQuery, { headers })).status).toBe(status);
  });

  test.each([
    ["http://a.example", "a.example", true], ["https://a.example", "a.example", true], ["https://a.example", "a.example:443", true], ["http://a.example:80", "a.example", true],
    ["http://a.example:3000", "a.example:3000", true], ["http://a.example:3000", "a.example", false], ["http://a.example.evil", "a.example", false], ["http://A.example", "a.EXAMPLE", true],
    ["http://a.example@evil.example", "a.example", false], ["null", "a.example", false], ["nonsense", "a.example", false], ["http://a.example", undefined, false], ["http://a.example", "bad host", false],
  ])("isSameOrigin(%s, %s) is %s", (origin, host, expected) => {
    expect(isSameOrigin(origin, host)).toBe(expected);
  });
});

describe("allowRequest", () => {
  const cases: [string, ServerOptions["allowRequest"], number, string][] = [
    ["calls back false", (_request, callback) => callback(null, false), 403, '{"code":4,"message":"Forbidden"}'],
    ["calls back a text", (_request, callback) => callback("bad token", false), 403, '{"code":4,"message":"bad token"}'],
    ["returns false", () => false, 403, '{"code":4,"message":"Forbidden"}'],
    ["promises false", () => Promise.resolve(false), 403, '{"code":4,"message":"Forbidden"}'],
    ["throws any error (its text stays here)", () => { throw new Error("secret"); }, 403, '{"code":4,"message":"Forbidden"}'],
    ["rejects with an error of ours", () => Promise.reject(new ConnectionError("log in first")), 401, '{"code":4,"message":"log in first"}'],
    ["throws one with a status", () => { throw new ConnectionError("teapot", { httpStatus: 418 }); }, 418, '{"code":4,"message":"teapot"}'],
  ];

  test.each(cases)("that %s refuses both transports", async (_name, allowRequest, status, body) => {
    const { url, port, server } = await serve({ allowRequest });
    expect(await send(url + handshakeQuery)).toMatchObject({ status, body });
    const upgrade = await raw(port, "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    expect(upgrade).toContain(`HTTP/1.1 ${status} `);
    expect(upgrade).toContain(body);
    expect(server.clientsCount).toBe(0);
  });

  test.each<[string, ServerOptions["allowRequest"]]>([
    ["calls back true", (_request, callback) => callback(null, true)],
    ["returns true", () => true],
    ["promises true", async () => { await settle(1); return true; }],
  ])("that %s lets in", async (_name, allowRequest) => {
    expect(await both({ allowRequest }, undefined)).toEqual([200, 101]);
  });
});

describe("cookie", () => {
  test("only with the handshake, on both transports", async () => {
    const { url, server } = await serve({ cookie: { name: "sid", path: "/x", httpOnly: false, sameSite: "strict", secure: true, maxAge: 60, domain: "a.example" } });
    const answer = await send(url + handshakeQuery);
    const [sid] = Object.keys(server.clients);
    expect(answer.headers["set-cookie"]).toEqual([`sid=${String(sid)}; Max-Age=60; Domain=a.example; Path=/x; Secure; SameSite=Strict`]);
    expect((await send(`${url}${handshakeQuery}&sid=nope`)).headers["set-cookie"]).toBeUndefined();
    const { port } = { port: Number(new URL(url).port) };
    const upgrade = await raw(port, "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", (text) => text.includes("\r\n\r\n"));
    expect(upgrade).toMatch(/^set-cookie: sid=/im);
  });

  test.each([[true, /^io=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/], ["name", /^name=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/], [{ path: false as const }, /^io=[\w-]{20}; HttpOnly; SameSite=Lax$/]])("%o", async (cookie, expected) => {
    const { url } = await serve({ cookie });
    expect((await send(url + handshakeQuery)).headers["set-cookie"]?.[0]).toMatch(expected);
  });

  test("a name or attribute that would break out of the header is refused when the server is made", async () => {
    for (const cookie of [{ name: "a b" }, { name: "" }, { path: "/;evil" }, { domain: "a\r\nX: y" }]) {
      await expect(serve({ cookie })).rejects.toMatchObject({ code: "engineio/invalid-option" });
    }
    expect(serializeCookie({ expires: new Date(0), sameSite: true }, "a;b", new IncomingMessage(new Socket()))).toBe("io=a%3Bb; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Strict");
  });
});

describe("cookie attributes as functions", () => {
  test("are asked at each handshake, with the request", async () => {
    let maxAge = 10;
    const { url } = await serve({ cookie: { name: "c", path: (request) => String(request.url?.slice(0, 7)), httpOnly: () => false, sameSite: () => undefined, secure: () => true, maxAge: () => maxAge++, domain: () => undefined, partitioned: () => true, priority: () => "high" } });
    for (const age of [10, 11]) expect((await send(url + handshakeQuery)).headers["set-cookie"]?.[0]).toMatch(new RegExp(`^c=[\\w-]{20}; Max-Age=${age}; Path=/engine; Secure; Partitioned; Priority=High$`));
  });

  test.each<[string, () => string]>([["throws", () => { throw new Error("broken"); }], ["breaks out of the header", () => "/\r\nX: y"]])("one that %s refuses the handshake, and is reported", async (_name, path) => {
    const { url, failures, server } = await serve({ cookie: { path } });
    expect((await send(url + handshakeQuery)).status).toBe(400);
    await expect(socket(url + handshakeQuery)).rejects.toMatchObject({ statusCode: 400 });
    expect([failures.length, server.clientsCount]).toEqual([2, 0]);
  });
});

describe("use()", () => {
  test("runs in order before both transports; headers set there are sent on both", async () => {
    const { url, server, port } = await serve();
    const calls: string[] = [];
    server.use((_request, response, proceed) => { calls.push("one"); response.setHeader("X-One", "1"); proceed(); });
    server.use(async (_request, _response, proceed) => { await settle(1); calls.push("two"); proceed(); proceed(); });
    expect((await send(url + handshakeQuery)).headers["x-one"]).toBe("1");
    const upgrade = await raw(port, "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", (text) => text.includes("\r\n\r\n"));
    expect(upgrade).toMatch(/^HTTP\/1\.1 101 /);
    expect(upgrade).toMatch(/^x-one: 1\r$/im);
    expect(calls).toEqual(["one", "two", "one", "two"]);
    expect(server.clientsCount).toBe(2);
  });

  test("may end the request itself, an upgrade included", async () => {
    const { url, server, port } = await serve();
    server.use((_request, response) => response.writeHead(429).end("slow down"));
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 429, body: "slow down" });
    const upgrade = await raw(port, "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(upgrade).toMatch(/^HTTP\/1\.1 429 [^]*slow down/);
    expect(server.clientsCount).toBe(0);
  });

  test.each<[string, (proceed: (error?: unknown) => void) => unknown]>([
    ["calls next(error)", (proceed) => { proceed(new Error("no")); }],
    ["throws", () => { throw new Error("no"); }],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("that %s refuses", async (_name, middleware) => {
    const { url, server, refusals, failures } = await serve();
    server.use((_request, _response, proceed) => middleware(proceed));
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 400, body: '{"code":3,"message":"Bad request"}' });
    await expect(socket(url + handshakeQuery)).rejects.toMatchObject({ statusCode: 400 });
    expect(refusals).toMatchObject([{ context: { name: "MIDDLEWARE_FAILURE" } }, { context: { name: "MIDDLEWARE_FAILURE" } }]);
    expect(failures).toHaveLength(2);
  });
});

describe("headers and initial_headers", () => {
  test("are offered on every answer, and on the first of a session", async () => {
    const { url, server } = await serve();
    const seen: string[] = [];
    server.on("initial_headers", (headers) => { seen.push("initial"); headers["X-Initial"] = "i"; });
    server.on("headers", (headers) => { seen.push("each"); headers["X-Each"] = "e"; });
    const first = await send(url + handshakeQuery);
    expect(first.headers).toMatchObject({ "x-initial": "i", "x-each": "e" });
    const { sid } = JSON.parse(first.body.slice(1)) as { sid: string };
    server.clients[sid]?.close();
    expect((await send(`${url}${handshakeQuery}&sid=${sid}`)).headers).toMatchObject({ "x-each": "e" });
    await socket(url + handshakeQuery);
    expect(seen).toEqual(["initial", "each", "each", "initial", "each"]);
  });
});

test("a header of a listener's that no answer can carry is reported; the client gets 500, the process goes on", async () => {
  const { url, server, failures } = await serve();
  server.on("headers", (headers) => { headers["X-Bad"] = "\u0100"; });
  expect((await send(url + handshakeQuery)).status).toBe(500);
  server.removeAllListeners("headers");
  expect(failures).toEqual([expect.objectContaining({ code: "ERR_INVALID_CHAR" })]);
  expect((await send(url + handshakeQuery)).status).toBe(200);
});

describe("options", () => {
  test.each<ServerOptions>([{ pingInterval: 0 }, { pingTimeout: -1 }, { maxHttpBufferSize: NaN }, { transports: [] }])("%o is refused by name", (options) => {
    expect(() => parseServerOptions(options)).toThrow(expect.objectContaining({ code: "engineio/invalid-option", message: expect.stringContaining(String(Object.keys(options)[0])) as string }));
  });

  test("a transport that is switched off is unknown", async () => {
    const { url } = await serve({ transports: ["websocket"] });
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 400, body: '{"code":0,"message":"Transport unknown"}' });
    const pollingOnly = await serve({ transports: ["polling"] });
    expect((await send(pollingOnly.url + handshakeQuery)).body).toContain('"upgrades":[]');
  });

  test("path and addTrailingSlash; targets in absolute form (RFC 9112 §3.2.2)", async () => {
    const { url, port } = await serve({ path: "/rt", addTrailingSlash: false });
    expect(await raw(port, "GET HTTP://x/rt?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toContain('"sid"');
    expect(await raw(port, "GET http://x/other/rt?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toContain("404");
    expect((await send(`${url}/rt?EIO=4&transport=polling`)).status).toBe(200);
    expect((await send(url + handshakeQuery)).status).toBe(404);
  });
});

describe("attach() and listen()", () => {
  test("attach() is a function, too; close() gives the requests back", async () => {
    const http = createServer((_request, response) => response.end("app"));
    const server = attach(http, { path: "/e" });
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    const address = http.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}`;
    expect((await send(`${url}/e/?EIO=4&transport=polling`)).status).toBe(200);
    await server.close();
    expect((await send(`${url}/e/?EIO=4&transport=polling`)).body).toBe("app");
    http.close();
  });

  test("serve() listens where url says, and close() ends both; an occupied port is an error with its cause", async () => {
    const server = await serveEngine();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await send(server.url + handshakeQuery)).status).toBe(200);
    await expect(serveEngine({ port: server.port })).rejects.toMatchObject({ name: "ConnectionError", cause: { code: "EADDRINUSE" } });
    await server.close();
    await server.close();
    expect(() => server.url).toThrow(expect.objectContaining({ code: "engineio/error" }));
  });

  test("listen() answers 501 to what is not Engine.IO's, and closes its HTTP server", async () => {
    const server = await next<ReturnType<typeof listen>>((done) => { const made: ReturnType<typeof listen> = listen(0, {}, () => done(made)); });
    const address = server.httpServer?.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect((await send(`http://127.0.0.1:${String(port)}/`)).status).toBe(501);
    expect((await send(`http://127.0.0.1:${String(port)}${handshakeQuery}`)).status).toBe(200);
    await server.close();
    expect(server.httpServer?.listening).toBe(false);
  });
});
