/** Client and server over real TCP on this machine. */
import type { EventEmitter } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import { ConnectionError } from "@x/errors/simple-ws";
import { listen } from "@x/testkit";
import type { WebSocketConnection } from "../shell/socket.js";
import { connect } from "./client.js";
import type { ConnectOptions } from "./client-options.js";
import type { ServeOptions } from "./serve-options.js";
import { serve, type WebSocketServer } from "./server.js";
import { accept } from "./upgrade.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const start = async (options: Partial<ServeOptions> = {}): Promise<WebSocketServer> => {
  const server = await serve({ onConnection: echo, ...options });
  open.push(server);
  return server;
};
const echo = (connection: WebSocketConnection): void => connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined });
const dial = async (url: string, options: ConnectOptions = {}): Promise<WebSocketConnection> => {
  const connection = await connect(url, options);
  open.push(connection);
  return connection;
};
/** What a TCP server answers to whatever comes; "" for nothing. */
const answering = async (answer: string | ((socket: Socket) => void)): Promise<string> => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => typeof answer === "string" ? answer !== "" && socket.write(answer) : answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  open.push({ close: () => { server.close(); for (const socket of sockets) socket.destroy(); } });
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
};
/** Sends raw bytes to a server and reads until it hangs up. */
const raw = (port: number, request: string): Promise<string> => new Promise((resolve, reject) => {
  const socket = connectTcp(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString("latin1"))).on("close", () => resolve(text)).on("error", reject);
  socket.write(request);
});
const upgrade = (more = "", path = "/", method = "GET"): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more.includes("Version") ? "" : "Sec-WebSocket-Version: 13\r\n"}${more}\r\n`;

describe("connect() and serve()", () => {
  test.each([0, 1, 125, 126, 21_845, 21_846, 65_535, 65_536, 65_600, 70_000, 1_000_000])("echo %i units of text and as many bytes", async (length) => {
    const client = await dial((await start()).url);
    for (const message of ["x".repeat(length), "é".repeat(length / 2), Buffer.alloc(length, 7)]) {
      void client.send(message);
      const answer = await client.receive();
      expect(answer?.length).toBe(message.length);
      expect(typeof answer === "string" ? answer === message : Buffer.compare(message as Uint8Array, answer!) === 0).toBe(true);
    }
  });

  test("a burst leaves in order, and back pressure holds it back", async () => {
    const client = await dial((await start()).url);
    const sending = (async () => {
      for (let number = 0; number < 3_000; number++) await client.send(`${String(number)} ${"x".repeat(number)}`);
    })();
    for (let number = 0; number < 3_000; number++) expect((await client.receive() as string).split(" ", 1)[0]).toBe(String(number));
    await sending;
  });

  test("close codes travel both ways; a socket that has ended keeps nothing of its connection", async () => {
    let socket: Duplex | undefined;
    const http = createServer();
    const held = await listen(http);
    open.push(held);
    let accepted: Promise<WebSocketConnection> | undefined;
    http.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      socket = stream;
      accepted = accept(request, stream, head);
    });
    const client = await dial(held.url.replace("http", "ws"));
    expect(await client.close(4001, "bye")).toEqual({ code: 4001, reason: "bye", wasClean: true, initiator: "local" });
    expect(await (await accepted)?.closed).toEqual({ code: 4001, reason: "bye", wasClean: true, initiator: "remote" });
    expect(socket?.destroyed).toBe(true);
    const owners = Object.getOwnPropertySymbols(socket).filter(({ description }) => description === "owner");
    expect(owners.map((owner) => Reflect.get(socket ?? {}, owner) as unknown)).toEqual([undefined]);
  });

  test("a client that vanishes is 1006", async () => {
    let accepted: (connection: WebSocketConnection) => void = () => undefined;
    const accepting = new Promise<WebSocketConnection>((resolve) => (accepted = resolve));
    const client = await dial((await start({ onConnection: accepted })).url);
    client.terminate();
    expect(await (await accepting).closed).toEqual({ code: 1006, reason: "", initiator: "network", wasClean: false });
  });

  test("close() of the server is 1001 for everyone, and idempotent", async () => {
    const server = await start();
    const { url } = server;
    const client = await dial(url);
    await Promise.all([server.close(), server.close()]);
    expect(await client.closed).toMatchObject({ code: 1001, initiator: "remote" });
    await expect(connect(url)).rejects.toBeInstanceOf(ConnectionError);
  });

  test("close() of the server refuses at once what a Close cannot say, and serves on", async () => {
    const server = await start();
    expect(() => server.close({ code: 1006 })).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    expect(() => server.close({ reason: "x".repeat(124) })).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    const client = await dial(server.url);
    await server.close({ code: 4000, reason: "later" });
    expect(await client.closed).toMatchObject({ code: 4000, reason: "later" });
  });

  test("an error of the listening socket, such as no file descriptor for another connection, is reported and ends nothing", async () => {
    const reported: unknown[] = [];
    const before = setErrorReporter((error, context) => reported.push([error, context.event]));
    let http: unknown;
    const server = await start({ onConnection: (connection, request) => {
      http = Reflect.get(request.socket, "server");
      echo(connection);
    } });
    const client = await dial(server.url);
    const failure = new Error("accept EMFILE");
    (http as EventEmitter).emit("error", failure);
    setErrorReporter(before);
    expect(reported).toEqual([[failure, "server"]]);
    void client.send("still here");
    expect(await client.receive()).toBe("still here");
  });

  test("a failing onConnection closes with 1011 and reaches onError", async () => {
    const errors: unknown[] = [];
    const server = await start({ onConnection: () => Promise.reject(new Error("boom")), onError: (error) => errors.push(error) });
    const client = await dial(server.url);
    expect(await client.closed).toMatchObject({ code: 1011 });
    expect(errors).toEqual([new Error("boom")]);
  });

  test("subprotocols: the first of the client's that the server has; none in common is none", async () => {
    const server = await start({ subprotocols: ["b", "a"] });
    expect((await dial(server.url, { subprotocols: ["x", "a", "b"] })).protocol).toBe("a");
    expect((await dial(server.url, { subprotocols: "x" })).protocol).toBe("");
    const chooser = await start({ chooseSubprotocol: (offered) => offered.at(-1) });
    expect((await dial(chooser.url, { subprotocols: ["x", "y"] })).protocol).toBe("y");
  });

  test("headers, origin and credentials reach the server; responseHeaders must not inject", async () => {
    let seen: IncomingMessage["headers"] = {};
    const server = await start({ origin: ["https://a.test"], onConnection: (_connection, request) => { seen = request.headers; } });
    await dial(server.url.replace("//", "//us:pa@"), { headers: { "X-Token": "t" }, origin: "https://a.test" });
    expect(seen).toMatchObject({ "x-token": "t", "origin": "https://a.test", "authorization": `Basic ${Buffer.from("us:pa").toString("base64")}` });
    const injecting = await start({ responseHeaders: { X: "1\r\nEvil: 1" } });
    await expect(connect(injecting.url)).rejects.toMatchObject({ statusCode: 500 });
  });
});

test("accept(): the answer and what is sent at once leave in one write, the answer first", async () => {
  const http = createServer();
  const held = await listen(http);
  open.push(held);
  const writes: string[] = [];
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const write = socket.write.bind(socket) as (chunk: Uint8Array) => boolean;
    socket.write = (chunk: Uint8Array): boolean => {
      writes.push(Buffer.from(chunk).toString("latin1"));
      return write(chunk);
    };
    void accept(request, socket, head).then((connection) => void connection.send("hello"));
  });
  expect(await (await dial(`ws://127.0.0.1:${held.port}/`)).receive()).toBe("hello");
  expect(writes).toEqual([expect.stringMatching(/^HTTP\/1\.1 101 [^]+\r\n\r\n\x81\x05hello$/)]);
});

describe("refusals are answered", () => {
  test.each<[number, string, Partial<ServeOptions>, string]>([
    [400, "no key", {}, upgrade().replace(/Sec-WebSocket-Key.*\r\n/, "")],
    [403, "another origin", {}, upgrade("Origin: https://evil.test\r\n")],
    [405, "POST", {}, upgrade("", "/", "POST")],
    [426, "version 8", {}, upgrade("Sec-WebSocket-Version: 8\r\n")],
    [426, "no upgrade at all", {}, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    [404, "another path", { path: "/chat" }, upgrade("", "/other?chat")],
    [401, "verify", { verify: () => ({ statusCode: 401, body: "who?", headers: { "WWW-Authenticate": "Basic" } }) }, upgrade()],
    [503, "an aborted signal", { signal: AbortSignal.abort() }, upgrade()],
    [503, "a slow verify", { handshakeTimeoutMs: 1_000, verify: () => new Promise(() => undefined) }, upgrade()],
  ])("%i for %s", async (status, what, options, request) => {
    const server = await start({ ...options, onConnection: () => { throw new Error("must not be reached"); } });
    const text = await raw(server.port, request);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(text.toLowerCase()).toContain("connection: close");
    expect(text).not.toContain("Sec-WebSocket-Accept");
    if (status === 426) expect(text.toLowerCase()).toContain("sec-websocket-version: 13");
    if (what === "verify") expect(text).toMatch(/WWW-Authenticate: Basic[^]*who\?$/);
  });

  test("a throwing verify is 500 and is reported", async () => {
    const errors: unknown[] = [];
    const before = setErrorReporter((error) => errors.push(error));
    const server = await start({ verify: () => { throw new Error("boom"); } });
    expect(await raw(server.port, upgrade())).toMatch(/^HTTP\/1.1 500 /);
    setErrorReporter(before);
    expect(errors).toEqual([new Error("boom")]);
  });

  test("maxConnections: at the limit they connect, one over is 503, and room that is given back is used", async () => {
    const server = await start({ maxConnections: 2 });
    const [first] = [await dial(server.url), await dial(server.url)];
    await expect(connect(server.url)).rejects.toMatchObject({ code: "simple-ws/bad-status", statusCode: 503, retryable: true });
    await first.close();
    await Promise.all(Array.from(server.connections).slice(0, server.connections.size - 1).map((connection) => connection.closed));
    expect((await dial(server.url)).state).toBe("open");
  });

  test("accept() throws what it answered, and an unawaited refusal ends nothing", async () => {
    const http = createServer();
    const held = await listen(http);
    open.push(held);
    const outcomes: unknown[] = [];
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      outcomes.push(accept(request, socket, head));
    });
    await raw(held.port, upgrade("Origin: https://evil.test\r\n"));
    await expect(outcomes[0]).rejects.toMatchObject({ code: "simple-ws/origin-refused", statusCode: 403, retryable: false });
  });

  test("a handshake that never ends is cut off", async () => {
    const server = await start({ handshakeTimeoutMs: 100 });
    expect(await raw(server.port, "GET / HTTP/1.1\r\nHost: x\r\n")).toMatch(/^HTTP\/1.1 408/);
  });
});

describe("connect() fails with ConnectionError, and keeps the causes", () => {
  const failing = async (url: string, options: ConnectOptions = {}): Promise<ConnectionError> => {
    const error: unknown = await connect(url, options).then(() => undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    return error as ConnectionError;
  };

  test("nobody listens: the system's ECONNREFUSED is at the bottom", async () => {
    const url = await answering("");
    await open.pop()?.close();
    const error = await failing(url);
    expect(error).toMatchObject({ code: "simple-ws/network-error", retryable: true, details: { phase: "connect" }, cause: { name: "WebSocketException", cause: { code: "ECONNREFUSED" } } });
  });

  test("no such host", async () => {
    const error = await failing("ws://nowhere.invalid/", { lookup: (_host, _options, callback) => callback(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }), []) });
    expect(error).toMatchObject({ code: "simple-ws/network-error", details: { phase: "dns" }, cause: { name: "WebSocketAddressException", host: "nowhere.invalid" } });
  });

  test.each([["ftp://x/", "simple-ws/invalid-url"], ["nonsense", "simple-ws/invalid-url"]])("URL %s", async (url, code) => {
    expect(await failing(url)).toMatchObject({ code, retryable: false, cause: { code: "wsframe/invalid-url" } });
  });

  test.each([[401, false], [404, false], [503, true]])("status %i", async (status, retryable) => {
    const url = await answering(`HTTP/1.1 ${String(status)} No\r\nX-Why: y\r\nContent-Length: 4\r\n\r\nbody`);
    expect(await failing(url)).toMatchObject({ code: "simple-ws/bad-status", statusCode: status, retryable, cause: { statusCode: status, statusMessage: "No", body: "body", headers: { "x-why": "y" } } });
  });

  test("what is no handshake", async () => {
    expect(await failing(await answering("SSH-2.0-OpenSSH\r\n\r\n"))).toMatchObject({ code: "simple-ws/bad-handshake", cause: { code: "wsframe/bad-handshake" } });
    expect(await failing(await answering(`HTTP/1.1 101 x\r\n${"X: y\r\n".repeat(129)}`))).toMatchObject({ code: "simple-ws/bad-handshake", cause: { code: "wsframe/handshake-too-long" } });
  });

  test("the server hangs up", async () => {
    expect(await failing(await answering((socket) => socket.end()))).toMatchObject({ code: "simple-ws/network-error", cause: { code: "wsframe/connection-lost" } });
    expect(await failing(await answering((socket) => socket.resetAndDestroy()))).toMatchObject({ cause: { name: "WebSocketConnectionClosedException", cause: { code: "ECONNRESET" } } });
  });

  test("handshakeTimeoutMs and connectTimeoutMs", async () => {
    const silent = await answering("");
    expect(await failing(silent, { handshakeTimeoutMs: 30 })).toMatchObject({ code: "simple-ws/handshake-timeout", cause: { phase: "handshake", afterMs: 30 } });
    const error = await failing("ws://x.invalid/", { connectTimeoutMs: 30, lookup: () => undefined });
    expect(error).toMatchObject({ code: "simple-ws/connect-timeout", cause: { phase: "dns", afterMs: 30 } });
  });

  test("TLS to a server without it", async () => {
    expect(await failing((await answering("no TLS here")).replace("ws:", "wss:"))).toMatchObject({ details: { phase: "tls" }, retryable: false });
  });

  test("a signal, aborted before or during", async () => {
    expect(await failing("ws://127.0.0.1:1/", { signal: AbortSignal.abort("no") })).toMatchObject({ code: "simple-ws/aborted", cause: "no" });
    const controller = new AbortController();
    const pending = failing(await answering(() => controller.abort("stop")), { signal: controller.signal });
    expect(await pending).toMatchObject({ code: "simple-ws/aborted", cause: "stop", retryable: false });
  });

  test("the caller's own faults are told as such", async () => {
    await expect(connect("ws://x/", { headers: { X: "\r\n" } })).rejects.toMatchObject({ code: "simple-ws/invalid-argument" });
    await expect(connect("ws://x/", { closeTimeoutMs: -1 })).rejects.toMatchObject({ code: "simple-ws/invalid-option" });
  });
});
