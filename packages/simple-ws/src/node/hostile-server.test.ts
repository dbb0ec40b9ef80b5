/** What a client meets when a server, a proxy or a hook of its own means no good, or is merely odd. Over real links. */
import { createServer, type IncomingMessage } from "node:http";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import { listen } from "@x/testkit";
import { certificateFor, type Certificates } from "../../test/certificates.js";
import type { ExtensionFactory } from "@x/wsframe";
import { connect } from "./client.js";
import type { ConnectOptions } from "./client-options.js";
import { acceptOf } from "../core/handshake/accept-key.js";
import { serve } from "./server.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
function kept<One extends { close(): unknown }>(one: One): One {
  open.unshift(one);
  return one;
}

let own: Certificates;
beforeAll(async () => {
  own = await certificateFor("127.0.0.1");
});

/** The 101 that answers `request`. */
function answerTo(request: Buffer): Buffer {
  const key = /^sec-websocket-key: *(.+)\r$/im.exec(request.toString("latin1"))?.[1] ?? "";
  return Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`, "latin1");
}

const hello = Buffer.from("\x81\x05Hello", "latin1");

/** A raw server; `answer` gets the whole request. */
async function raw(answer: (socket: Socket, request: Buffer) => void, tls?: Certificates): Promise<string> {
  const onSocket = (socket: Socket): void => {
    socket.on("error", () => undefined);
    socket.once("data", (request: Buffer) => answer(socket, request));
  };
  const server = kept(await listen(tls === undefined ? createTcpServer(onSocket) : createTlsServer(tls, onSocket)));
  return `${tls === undefined ? "ws" : "wss"}://127.0.0.1:${server.port}/`;
}

describe("frames right behind the answer", () => {
  test.each([["in one write", 1], ["in a write of their own", 2], ["in ten", 10]])("over TLS, %s", async (_name, writes) => {
    const url = await raw((socket, request) => {
      const bytes = [answerTo(request), ...Array.from({ length: 9 }, () => hello)];
      socket.cork();
      if (writes === 1) socket.write(Buffer.concat(bytes));
      else if (writes === 2) for (const part of [bytes.slice(0, 1), bytes.slice(1)]) socket.write(Buffer.concat(part));
      else for (const part of bytes) socket.write(part);
      socket.uncork();
    }, own);
    const connection = await connect(url, { proxy: false, tls: { ca: own.ca } });
    for (let count = 0; count < 9; count++) expect(await connection.receive({ timeoutMs: 30_000 })).toBe("Hello");
    connection.terminate();
  });

  test("over a stream of the caller's that holds several chunks", async () => {
    const stream = new Duplex({
      read: () => undefined,
      write(request: Buffer, _encoding, done): void {
        for (const chunk of [answerTo(request), hello, hello]) this.push(chunk);
        done();
      },
    });
    const connection = await connect("ws://any.test/", { createConnection: () => stream });
    expect(await connection.receive({ timeoutMs: 30_000 })).toBe("Hello");
    expect(await connection.receive({ timeoutMs: 30_000 })).toBe("Hello");
    connection.terminate();
  });
});

describe("hooks that never settle", () => {
  test.each<[string, ConnectOptions]>([
    ["headers", { headers: () => new Promise(() => undefined) }],
    ["createConnection", { createConnection: () => new Promise(() => undefined) }],
    ["cookieJar.getCookieString", { cookieJar: { getCookieString: () => new Promise(() => undefined), setCookie: () => undefined } }],
  ])("%s: connectTimeoutMs holds, and the signal is heard", async (_name, options) => {
    const server = kept(await serve({ onConnection: () => undefined }));
    await expect(connect(server.url, { ...options, proxy: false, connectTimeoutMs: 20 })).rejects.toMatchObject({ code: "simple-ws/connect-timeout" });
    const controller = new AbortController();
    const connecting = connect(server.url, { ...options, proxy: false, signal: controller.signal });
    controller.abort();
    await expect(connecting).rejects.toMatchObject({ code: "simple-ws/aborted" });
  });
});

describe("hooks that fail", () => {
  test("a cookie jar that fails leaves no connection behind", async () => {
    const server = kept(await serve({ onConnection: () => undefined, responseHeaders: { "Set-Cookie": "a=1" } }));
    const cookieJar = { getCookieString: () => "", setCookie: () => Promise.reject(new Error("full disk")) };
    await expect(connect(server.url, { cookieJar, proxy: false })).rejects.toMatchObject({ name: "ConnectionError", cause: { cause: new Error("full disk") } });
    await vi.waitUntil(() => server.connectionsCount === 0, { timeout: 30_000 });
  });

  test("nor does it hide a refusal", async () => {
    const reported: unknown[] = [];
    const before = setErrorReporter((error) => reported.push(error));
    const server = kept(await serve({ onConnection: () => undefined, verify: () => ({ statusCode: 401, headers: { "Set-Cookie": "a=1" } }) }));
    const cookieJar = { getCookieString: () => "", setCookie: () => Promise.reject(new Error("full disk")) };
    await expect(connect(server.url, { cookieJar, proxy: false })).rejects.toMatchObject({ statusCode: 401 });
    setErrorReporter(before);
    expect(reported).toEqual([new Error("full disk")]);
  });

  test.each<[string, ConnectOptions]>([
    ["headers", { headers: () => { throw new Error("boom"); } }],
    ["headers, later", { headers: () => Promise.reject(new Error("boom")) }],
    ["createConnection", { createConnection: () => { throw new Error("boom"); } }],
    ["proxy", { proxy: () => { throw new Error("boom"); } }],
    ["lookup", { lookup: () => { throw new Error("boom"); } }],
    ["cookieJar", { cookieJar: { getCookieString: () => { throw new Error("boom"); }, setCookie: () => undefined } }],
    ["an extension's offer", { extensions: [{ ...broken(), offer: () => { throw new Error("boom"); } }] }],
    ["an extension's agree", { extensions: [broken()] }],
  ])("%s: connect() rejects, with what was thrown as a cause", async (_name, options) => {
    const accepting: ExtensionFactory = { ...broken(), accept: () => ({ answer: { name: "x-broken", parameters: [] }, extension: { wants: () => false, encode: () => undefined, decode: () => undefined, close: () => undefined } }) };
    const server = kept(await serve({ onConnection: () => undefined, extensions: [accepting] }));
    const error: unknown = await connect(server.url.replace("127.0.0.1", "localhost"), { proxy: false, ...options }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "ConnectionError" });
    expect(chainOf(error)).toContain("boom");
  });

  test("a stream that comes after the deadline is destroyed", async () => {
    let give: (stream: Duplex) => void = () => undefined;
    const late = new Duplex({ read: () => undefined });
    const connecting = connect("ws://any.test/", { createConnection: () => new Promise<Duplex>((resolve) => (give = resolve)), connectTimeoutMs: 10 });
    await expect(connecting).rejects.toMatchObject({ code: "simple-ws/connect-timeout" });
    give(late);
    await vi.waitUntil(() => late.destroyed, { timeout: 30_000 });
  });
});

/** An extension whose client's side fails. */
function broken(): ExtensionFactory {
  return { name: "x-broken", reservedBits: 0x20, offer: () => [{ name: "x-broken", parameters: [] }], accept: () => undefined, agree: () => { throw new Error("boom"); } };
}

function chainOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...chainOf(error.cause)] : [];
}

describe("redirects to another origin", () => {
  test("neither Host nor a client's certificate go along, nor what else proves who we are; on the same origin they do", async () => {
    const client = await certificateFor("client.test");
    const seen: { readonly path: string | undefined; readonly host: string | undefined; readonly secrets: unknown[]; readonly isKnown: boolean }[] = [];
    const tls = { ...own, requestCert: true, rejectUnauthorized: false };
    const note = (request: IncomingMessage): void => {
      const { host, authorization, cookie } = request.headers;
      seen.push({ path: request.url, host, secrets: [authorization, cookie, request.headers["proxy-authorization"]], isKnown: request.socket instanceof TLSSocket && Object.keys(request.socket.getPeerCertificate()).length > 0 });
    };
    const other = kept(await serve({ tls, onConnection: (_connection, request) => note(request) }));
    const first = kept(await serve({
      tls,
      onConnection: () => undefined,
      verify: (request) => {
        note(request);
        return { statusCode: 307, headers: { Location: request.url === "/" ? "/again" : other.url } };
      },
    }));
    kept(await connect(first.url.replace("//", "//jo:pw@"), {
      proxy: false, maxRedirects: 2, host: "virtual.test", cookie: "a=1", headers: { "proxy-authorization": "Basic x", "AUTHORIZATION": "Bearer x" }, tls: { ca: own.ca, cert: client.cert, key: client.key },
    }));
    expect(seen).toEqual([
      { path: "/", host: "virtual.test", secrets: ["Bearer x", "a=1", "Basic x"], isKnown: true },
      { path: "/again", host: "virtual.test", secrets: ["Bearer x", "a=1", "Basic x"], isKnown: true },
      { path: "/", host: new URL(other.url).host, secrets: [undefined, undefined, undefined], isKnown: false },
    ]);
  });
});

describe("proxies", () => {
  test("what is for the proxy never reaches the server, nor what is for the server the proxy", async () => {
    const atProxy: string[] = [];
    const tunnel = createServer().on("connect", (request: IncomingMessage, socket: Duplex) => {
      atProxy.push(request.rawHeaders.join("\n"));
      const upstream = connectTcp(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(upstream).pipe(socket);
      });
      for (const end of [socket, upstream]) end.on("error", () => socket.destroy());
    });
    const proxy = kept(await listen(tunnel));
    const atServer: string[] = [];
    const server = kept(await serve({ onConnection: (_connection, request) => void atServer.push(request.rawHeaders.join("\n")) }));
    await (await connect(server.url.replace("//", "//jo:origin-secret@"), {
      proxy: `http://pat:proxy-secret@127.0.0.1:${proxy.port}`, proxyHeaders: { "X-Proxy": "proxy-only" }, headers: { "X-Origin": "origin-only" }, cookie: "a=origin-cookie",
    })).close();
    const basic = (text: string): string => Buffer.from(text).toString("base64");
    expect(atProxy.join()).toContain(basic("pat:proxy-secret"));
    expect(atProxy.join()).toContain("proxy-only");
    for (const secret of [basic("jo:origin-secret"), "origin-only", "origin-cookie"]) expect(atProxy.join()).not.toContain(secret);
    expect(atServer.join()).toContain(basic("jo:origin-secret"));
    for (const secret of [basic("pat:proxy-secret"), "proxy-only", "Proxy-"]) expect(atServer.join()).not.toContain(secret);
  });
});

describe("names of Object.prototype", () => {
  test("in an answer they are names like others, and change no object", async () => {
    const url = await raw((socket, request) => socket.end(answerTo(request).toString("latin1").replace("101 Switching Protocols", "403 Forbidden").replace("\r\n\r\n", "\r\n__proto__: polluted\r\nconstructor: polluted\r\nContent-Length: 0\r\n\r\n")));
    const error = await connect(url, { proxy: false }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ cause: { headers: { constructor: "polluted" } } });
    expect(JSON.stringify(error)).toContain("403");
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
    expect({}.constructor).toBe(Object);
  });

  test("in options from JSON they reach no prototype", async () => {
    const options = JSON.parse('{"headers":{"__proto__":"x","constructor":"y"},"__proto__":{"maxMessageBytes":1},"proxy":false}') as ConnectOptions;
    let seen: readonly string[] = [];
    const server = kept(await serve({ onConnection: (_connection, request) => void (seen = request.rawHeaders) }));
    await (await connect(server.url, options)).close();
    expect(seen).toEqual(expect.arrayContaining(["__proto__", "x", "constructor", "y"]));
  });
});

test("a Location or a header that would make a careless expression run for hours is refused", async () => {
  const long = "#".repeat(15_000);
  for (const field of [`Location: ${long}`, `Location: //${"a@".repeat(7_000)}`, `Sec-WebSocket-Extensions: ${'"'.repeat(15_000)}`, `Sec-WebSocket-Extensions: a;b="${"\\a".repeat(7_000)}`]) {
    const url = await raw((socket, request) => socket.end(answerTo(request).toString("latin1").replace("101 Switching", field.startsWith("Location") ? "302 Found" : "101 Switching").replace("\r\n\r\n", `\r\n${field}\r\n\r\n`)));
    await expect(connect(url, { proxy: false, maxRedirects: 3 })).rejects.toMatchObject({ name: "ConnectionError" });
  }
});
