/** What a session keeps of the request that opened it: the object itself where somebody has seen it, its content otherwise. */
import { IncomingMessage, type Server as HttpServer, createServer } from "node:http";
import { connect } from "node:net";
import { listen } from "@x/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { handshakeQuery, open, raw, send, serve, socket } from "../../test/http.js";
import { Server, type ServerOptions } from "../server.js";
import { KeptRequest, keep } from "./kept-request.js";

/** All that a request tells, as a plain object. */
function contentOf(request: IncomingMessage): object {
  const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, headers, headersDistinct, rawHeaders, trailers, rawTrailers, destroyed, statusCode } = request;
  return { method, url, httpVersion, httpVersionMajor, httpVersionMinor, headers, headersDistinct, rawHeaders, trailers, rawTrailers, destroyed, statusCode };
}

/** @returns the request that a server of Node's makes of `head`. */
async function requestOf(head: string, http: HttpServer = createServer()): Promise<IncomingMessage> {
  const { port, close } = await listen(http);
  onTestFinished(close);
  const came = new Promise<IncomingMessage>((resolve) => {
    http.on("request", (request) => resolve(request));
    http.on("upgrade", (request) => resolve(request));
  });
  const tcp = connect(port, "127.0.0.1", () => tcp.write(`${head}\r\n\r\n`, "latin1"));
  onTestFinished(() => void tcp.destroy());
  return came;
}

function restored(request: IncomingMessage): IncomingMessage {
  const kept = keep(request);
  return kept instanceof KeptRequest ? kept.restore() : expect.fail("the request is kept as it is");
}

const fields = [
  "Age", "Authorization", "Content-Type", "ETag", "Expires", "From", "If-Modified-Since", "If-Unmodified-Since", "Last-Modified", "Location",
  "Max-Forwards", "Proxy-Authorization", "Referer", "Retry-After", "Server", "User-Agent", "Cookie", "Set-Cookie", "Accept", "X-Forwarded-For",
  "x-OWN", "__proto__", "constructor", "toString", "set-cookie2",
];
const everyTwice = [...fields, ...fields].map((name, at) => `${name}: value ${at}`);

describe("a request that is made again says what the first one said", () => {
  test.each([
    ["a poll", ["GET /engine.io/?EIO=4&transport=polling HTTP/1.1", "Host: x"]],
    ["an upgrade", ["GET /a?b=%20c HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket"]],
    ["HTTP/1.0", ["GET / HTTP/1.0"]],
    ["every field twice", ["GET / HTTP/1.1", "Host: x", ...everyTwice]],
    ["empty values, and bytes beyond ASCII", ["GET / HTTP/1.1", "Host: x", "Empty:", "X-Name: caf\u00e9", "X-Colon: a: b"]],
  ])("%s", async (_what, lines) => {
    const request = await requestOf(lines.join("\r\n"));
    const again = restored(request);
    expect(contentOf(again)).toEqual(contentOf(request));
    expect(again.socket).toBe(request.socket);
    expect(again).toBeInstanceOf(IncomingMessage);
    expect((await again.toArray()).length).toBe(0);
    expect(again.complete).toBe(true);
    expect((keep(request) as KeptRequest).read()).toEqual({ url: request.url, headers: request.headers, socket: request.socket });
  });

  test("destroying it hangs up, as with the first one", async () => {
    const request = await requestOf("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket");
    restored(request).destroy();
    expect(request.socket.destroyed).toBe(true);
  });

  test("one that its text would not say is kept as it is", async () => {
    class OwnMessage extends IncomingMessage {}
    const head = "GET / HTTP/1.1\r\nHost: x\r\nReferer: a\r\nReferer: b";
    for (const http of [createServer({ IncomingMessage: OwnMessage }), createServer({ joinDuplicateHeaders: true })]) {
      const request = await requestOf(head, http);
      expect(keep(request)).toBe(request);
    }
  });
});

describe("Socket#request", () => {
  test.each(["polling", "websocket"])("is made at the first call, and stays (%s)", async (transport) => {
    const { url, port, sockets } = await serve();
    const headers = { "X-Token": "1", "Cookie": "a=b" };
    if (transport === "polling") await send(url + handshakeQuery, { headers });
    else await socket(url + handshakeQuery, headers);
    const [client] = sockets;
    const head = client?.requestHead;
    const request = client?.request;
    expect(request).toMatchObject({ method: "GET", url: handshakeQuery.replace("polling", transport), httpVersion: "1.1" });
    expect(request?.headers).toMatchObject({ "x-token": "1", "cookie": "a=b", "host": `127.0.0.1:${port}` });
    expect(head).toEqual({ url: request?.url, headers: request?.headers, socket: request?.socket });
    expect(client?.request).toBe(request);
    expect(client?.requestHead).toBe(request);
  });

  const seeing: [what: string, (see: (request: IncomingMessage) => void) => { readonly options?: ServerOptions; readonly prepare?: (server: Server, http: HttpServer) => void }][] = [
    ["a middleware", (see) => ({ prepare: (server) => void server.use((request, _response, next) => { see(request); next(); }) })],
    ["allowRequest", (see) => ({ options: { allowRequest: (request) => { see(request); return true; } } })],
    ["the option generateId", (see) => ({ options: { generateId: (request) => { see(request); return "id"; } } })],
    ["generateId in place of the server's", (see) => ({ prepare: (server) => { server.generateId = (request) => { see(request); return "id"; }; } })],
    ["initial_headers", (see) => ({ prepare: (server) => void server.on("initial_headers", (_headers, request) => see(request)) })],
    ["headers", (see) => ({ prepare: (server) => void server.on("headers", (_headers, request) => see(request)) })],
    ["a function for cors", (see) => ({ options: { cors: (request, callback) => { see(request); callback(null, { origin: true }); } } })],
    ["a function for the cookie", (see) => ({ options: { cookie: { secure: (request) => { see(request); return false; } } } })],
    ["another listener of the HTTP server", (see) => ({ prepare: (_server, http) => void http.prependListener("request", see).prependListener("upgrade", see) })],
    ["whoever hands it over", (see) => ({ prepare: (server, http) => {
      http.removeAllListeners("request").removeAllListeners("upgrade");
      http.on("request", (request, response) => { see(request); server.handleRequest(request, response); });
      http.on("upgrade", (request, tcp, head) => { see(request); server.handleUpgrade(request, tcp, head); });
    } })],
  ];
  test.each(seeing)("is the object that %s has seen", async (_what, make) => {
    const seen: IncomingMessage[] = [];
    const { options, prepare } = make((request) => void seen.push(request));
    const { url, server, sockets } = await serve(options);
    const { httpServer } = server;
    if (httpServer !== undefined) prepare?.(server, httpServer);
    await socket(url + handshakeQuery);
    if (options?.generateId === undefined && !Object.hasOwn(server, "generateId")) await open(url); // their ids would be the same
    expect(sockets.map((client, index) => client.request === seen[index])).toEqual(seen.map(() => true));
  });
});

test("listeners that are there for other paths see nothing of a session's request", async () => {
  const http = createServer((_request, response) => void response.writeHead(404).end());
  const server = new Server().attach(http);
  const { port, close } = await listen(http);
  onTestFinished(async () => { await server.close(); await close(); });
  const opened: unknown[] = [];
  server.on("connection", (client) => opened.push(client.requestHead === client.requestHead));
  await raw(port, `GET ${handshakeQuery} HTTP/1.1\r\nHost: x\r\n\r\n`, (text) => text.includes("sid"));
  expect(opened).toEqual([false]); // read anew each time: the content alone is kept
});
