/** What a server meets when a client, or a hook of its own, means no good: raw bytes over TCP, and what is answered. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import type { CloseInfo } from "../core/closing.js";
import type { ServeOptions } from "./serve-options.js";
import { connect } from "./client.js";
import { serve, type WebSocketServer } from "./server.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(options: Partial<ServeOptions> = {}): Promise<WebSocketServer> {
  const server = await serve({ onConnection: () => undefined, ...options });
  open.unshift(server);
  return server;
}

/** Sends raw bytes and reads until the server hangs up. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1"))).on("close", () => resolve(text)).on("error", () => undefined);
    socket.write(bytes, "latin1");
  });
}

const head = (...more: readonly string[]): string =>
  ["GET / HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", ...more, "", ""].join("\r\n");
const HOST = "Host: 127.0.0.1";

describe("smuggling", () => {
  test.each([
    ["no Host", head()],
    ["two Hosts", head(HOST, "Host: evil.test")],
    ["a body by its length", `${head(HOST, "Content-Length: 24")}GET /evil HTTP/1.1\r\n\r\n\r\n`],
    ["a body in chunks", `${head(HOST, "Transfer-Encoding: chunked")}0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n`],
    ["both", `${head(HOST, "Content-Length: 4", "Transfer-Encoding: chunked")}0\r\n\r\n`],
    ["two lengths", head(HOST, "Content-Length: 0", "Content-Length: 5")],
    ["a space before the colon", head(HOST, "X : y")],
    ["a folded line", head(HOST, "X: y", " z: 1")],
    ["a bare CR", head(HOST, "X: y\rZ: 1")],
    ["a NUL", head(HOST, "X: y\0")],
    ["two keys", head(HOST, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")],
  ])("%s: 400, once, and nothing behind it is answered", async (_name, bytes) => {
    let connections = 0;
    const server = await start({ onConnection: () => { connections++; } });
    const answer = await raw(server.port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer.split("HTTP/1.1 ").length).toBe(2);
    expect(connections).toBe(0);
  });

  test("a second request behind the first is frames, and bad ones", async () => {
    const server = await start();
    const answer = await raw(server.port, head(HOST) + head(HOST));
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer.split("HTTP/1.1 ").length).toBe(2);
    const close = answer.slice(answer.indexOf("\r\n\r\n") + 4);
    expect(Buffer.from(close, "latin1").subarray(0, 4)).toSatisfy((bytes: Buffer) => bytes[0] === 0x88 && bytes.readUInt16BE(2) === 1002);
  });

  test("what a client wrote is never echoed in a head", async () => {
    const server = await start({ subprotocols: ["a"] });
    const answer = await raw(server.port, head(HOST, "Origin: https://evil.test/\tX-Evil: 1", "Sec-WebSocket-Protocol: a, \"b\"", "X-Evil: 1"));
    expect(answer.slice(0, answer.indexOf("\r\n\r\n"))).not.toMatch(/evil/i);
  });
});

test("a client that ends its half while verify takes its time is 1006 as soon as it is open", async () => {
  const info = await new Promise<CloseInfo>((resolve, reject) => {
    void start({
      verify: async ({ socket }) => {
        await once(socket, "end"); // before anybody of ours listens
        return undefined;
      },
      onConnection: (connection) => connection.attach({ onMessage: () => undefined, onClose: resolve }),
    }).then(({ port }) => {
      const socket = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", reject);
      open.push({ close: () => socket.destroy() });
      socket.end(head(HOST));
    });
  });
  expect(info).toMatchObject({ code: 1006, initiator: "network" });
});

test.each([
  ["/chat", true], ["/chat?x=/y", true], ["ws://127.0.0.1/chat?x", true], ["HTTP://other.test:80/chat", true],
  ["/chat/", false], ["//chat", false], ["/x?/chat", false], ["ws://127.0.0.1", false], ["ws://127.0.0.1/x?//h/chat", false], ["ws:///chat", false],
])("path: whether a request for %s is served: %s (RFC 9112 §3.2)", async (target, isServed) => {
  let connections = 0;
  const { port } = await start({ path: "/chat", onConnection: (connection) => {
    connections++;
    connection.terminate();
  } });
  const answer = await raw(port, head(HOST).replace("GET /", `GET ${target}`));
  expect([connections, answer.slice(0, 12)]).toEqual(isServed ? [1, ""] : [0, "HTTP/1.1 404"]);
});

describe("Sec-WebSocket-Protocol", () => {
  test.each([["a\tb"], ["a;b"], ["a,b c"], ["\"a\""], ["caf\u00e9"], [", ,"]])("%j is no list of tokens: 400", async (field) => {
    expect(await raw((await start({ subprotocols: ["a"] })).port, head(HOST, `Sec-WebSocket-Protocol: ${field}`))).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("thousands of names cost no more than their bytes; names of Object.prototype are names like others", async () => {
    const server = await start({ subprotocols: ["a"], maxHeaderBytes: 65_536 });
    const socket = connectTcp(server.port, "127.0.0.1").on("error", () => undefined);
    socket.write(head(HOST, `Sec-WebSocket-Protocol: ${"__proto__,constructor,toString,".repeat(1_500)}a`));
    const answer = await new Promise<string>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString("latin1"))));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 101 .*\r\nSec-WebSocket-Protocol: a\r\n/s);
    expect(answer).not.toContain("constructor");
  });
});

test("maxHeaderBytes: a head of so many bytes is read, one whose values alone have as many is 431", async () => {
  const server = await start({ maxHeaderBytes: 2_000, origin: [] });
  const frugal = head(HOST, "Origin: https://evil.test", "X: ");
  const padded = (bytes: number): string => frugal.replace("X: ", `X: ${"x".repeat(bytes)}`);
  expect(await raw(server.port, padded(2_000 - frugal.length))).toMatch(/^HTTP\/1\.1 403 /);
  expect(await raw(server.port, padded(2_000))).toMatch(/^HTTP\/1\.1 431 /);
});

describe("hooks", () => {
  const boom = (): never => { throw new Error("boom"); };

  test.each<[string, number, Partial<ServeOptions>]>([
    ["verify throws", 500, { verify: boom }],
    ["verify rejects", 500, { verify: () => Promise.reject(new Error("boom")) }],
    ["verify never settles", 503, { verify: () => new Promise(() => undefined), handshakeTimeoutMs: 1_000 }],
    ["verify answers by a thenable that is no Promise", 401, { verify: (() => ({ then: (resolve: (refusal: unknown) => void) => resolve({ statusCode: 401 }) })) as unknown as NonNullable<ServeOptions["verify"]> }],
    ["verify answers null", 500, { verify: (() => null) as unknown as NonNullable<ServeOptions["verify"]> }],
    ["verify refuses with 101", 500, { verify: () => ({ statusCode: 101 }) }],
    ["verify refuses with 200", 500, { verify: () => ({ statusCode: 200 }) }],
    ["verify injects a header", 500, { verify: () => ({ statusCode: 401, headers: { X: "1\r\nSet-Cookie: a=1" } }) }],
    ["origin throws", 500, { origin: boom }],
    ["chooseSubprotocol throws", 500, { chooseSubprotocol: boom }],
    ["chooseSubprotocol answers what was not offered", 500, { chooseSubprotocol: () => "x\r\nSet-Cookie: a=1" }],
    ["responseHeaders throws", 500, { responseHeaders: boom }],
    ["an extension's accept throws", 500, { extensions: [{ name: "x-broken", reservedBits: 0x20, offer: () => [], accept: boom, agree: boom }] }],
  ])("%s: %i, and the next client is asked for as if nothing had been", async (_name, statusCode, options) => {
    const reported: unknown[] = [];
    const refused: unknown[] = [];
    const before = setErrorReporter((error) => reported.push(error));
    const server = await start({ ...options, onRefused: (error) => {
      refused.push(error);
      throw new Error("onRefused fails, too");
    } });
    for (let attempt = 1; attempt <= 2; attempt++) {
      const answer = await raw(server.port, head(HOST, "Origin: http://127.0.0.1", "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Extensions: x-broken"));
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
      expect(answer).not.toContain("Set-Cookie");
      expect(refused.length).toBe(attempt);
    }
    setErrorReporter(before);
    expect(reported).toContainEqual(new Error("onRefused fails, too"));
    expect(server.connectionsCount).toBe(0);
  });

  test.each<[string, Partial<ServeOptions>]>([
    ["throws", { onConnection: boom, onError: boom }],
    ["rejects", { onConnection: () => Promise.reject(new Error("boom")), onError: boom }],
  ])("onConnection %s, onError throws: 1011, and a report", async (_name, options) => {
    const reported: unknown[] = [];
    const before = setErrorReporter((error) => reported.push(error));
    const server = await start(options);
    const client = await connect(server.url, { proxy: false });
    expect(await client.closed).toMatchObject({ code: 1011, initiator: "remote" });
    setErrorReporter(before);
    expect(reported).toEqual([new Error("boom")]);
  });
});

test("close() of a server does not wait for verifies that never settle: their clients get 503, and nobody warns of too many listeners", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  let asked = 0;
  const server = await start({ handshakeTimeoutMs: 60_000, verify: () => {
    asked++;
    return new Promise(() => undefined);
  } });
  const answers = Array.from({ length: 15 }, () => raw(server.port, head(HOST)));
  await vi.waitUntil(() => asked === answers.length, { timeout: 30_000 });
  await server.close();
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("a signal that is aborted while verify thinks refuses with 503", async () => {
  const controller = new AbortController();
  const server = await start({ signal: controller.signal, verify: async () => {
    await Promise.resolve();
    controller.abort();
    return undefined;
  } });
  expect(await raw(server.port, head(HOST))).toMatch(/^HTTP\/1\.1 503 /);
});
