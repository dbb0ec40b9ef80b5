/** The client's ways to a server: TLS, proxies, Unix sockets, streams of the caller's; redirects and cookies. Peers on this machine. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CookieJar } from "tough-cookie";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ConnectionError } from "@x/errors/simple-ws";
import type { WebSocketBadStatusException, WebSocketProxyException } from "@x/errors/wsframe";
import { listen } from "@x/testkit";
import { certificateFor, type Certificates } from "../../test/certificates.js";
import { httpProxy, socksProxy, type TestProxy } from "../../test/proxies.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { connect } from "./client.js";
import type { ConnectOptions } from "./client-options.js";
import type { ServeOptions } from "./serve-options.js";
import { serve, type WebSocketServer } from "./server.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  isEnvironmentUsed = false;
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

const requests: IncomingMessage[] = [];
async function start(options: Partial<ServeOptions> = {}): Promise<WebSocketServer> {
  requests.length = 0;
  return kept(await serve({
    onConnection: (connection, request) => {
      requests.push(request);
      connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined });
    },
    ...options,
  }));
}

let isEnvironmentUsed = false;

/** Connects, and sees a message there and back. */
async function roundTrip(url: string, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  const connection = kept(await connect(url, options.proxy === undefined && !isEnvironmentUsed ? { ...options, proxy: false } : options));
  void connection.send("there and back");
  expect(await connection.receive({ timeoutMs: 30_000 })).toBe("there and back");
  return connection;
}

async function failure(connecting: Promise<unknown>): Promise<ConnectionError> {
  const error: unknown = await connecting.then(() => undefined, (reason: unknown) => reason);
  expect(error).toMatchObject({ name: "ConnectionError" });
  return error as ConnectionError;
}

describe("TLS", () => {
  test("a certificate that is trusted", async () => {
    const server = await start({ tls: own });
    expect(server.url).toMatch(/^wss:/);
    await roundTrip(server.url, { tls: { ca: own.ca } });
  });

  test("one that is not, is for another host, or has expired, in the phase tls", async () => {
    const server = await start({ tls: own });
    expect(await failure(connect(server.url, { proxy: false }))).toMatchObject({ code: "simple-ws/network-error", details: { phase: "tls" }, cause: { details: { systemCode: "DEPTH_ZERO_SELF_SIGNED_CERT" } } });
    const other = await certificateFor("other.test");
    const wrong = await start({ tls: other });
    expect(await failure(connect(wrong.url, { proxy: false, tls: { ca: other.ca } }))).toMatchObject({ cause: { details: { systemCode: "ERR_TLS_CERT_ALTNAME_INVALID" } } });
    await roundTrip(wrong.url, { tls: { ca: other.ca, servername: "other.test" } });
    const old = await certificateFor("127.0.0.1", true);
    const expired = await start({ tls: old });
    expect(await failure(connect(expired.url, { proxy: false, tls: { ca: old.ca } }))).toMatchObject({ cause: { details: { systemCode: "CERT_HAS_EXPIRED" } } });
    await roundTrip(expired.url, { tls: { rejectUnauthorized: false } });
  });

  test("certificates of clients; a key that cannot be read is told as such", async () => {
    const client = await certificateFor("client.test");
    const server = await start({ tls: { ...own, requestCert: true, rejectUnauthorized: true, ca: client.ca } });
    await roundTrip(server.url, { tls: { ca: own.ca, cert: client.cert, key: client.key } });
    await failure(connect(server.url, { proxy: false, tls: { ca: own.ca } }));
    expect(await failure(connect(server.url, { proxy: false, tls: { ca: own.ca, cert: "nonsense", key: client.key } }))).toMatchObject({ details: { phase: "tls" } });
  });

  test("keys go to the file that SSLKEYLOGFILE names", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keys-"));
    vi.stubEnv("SSLKEYLOGFILE", join(folder, "keys"));
    const server = await start({ tls: own });
    await roundTrip(server.url, { tls: { ca: own.ca } });
    expect(await readFile(join(folder, "keys"), "latin1")).toMatch(/^(SERVER|CLIENT)_/);
    await rm(folder, { recursive: true });
  });

  test("a server that never answers the hello ends in connect-timeout, phase tls", async () => {
    const silent = kept(await listen(createTcpServer((socket) => socket.on("error", () => undefined))));
    expect(await failure(connect(`wss://127.0.0.1:${silent.port}/`, { proxy: false, connectTimeoutMs: 1_000 }))).toMatchObject({ code: "simple-ws/connect-timeout", cause: { phase: "tls", afterMs: 1_000 } });
  });
});

describe("HTTP proxies", () => {
  test.each([["ws:", false], ["wss:", true]])("CONNECT for %s, with credentials", async (_scheme, isSecure) => {
    const proxy = kept(await httpProxy({ credentials: "jo:p@ss" }));
    const server = await start(isSecure ? { tls: own } : {});
    await roundTrip(server.url, { proxy: `http://jo:p%40ss@127.0.0.1:${proxy.port}`, tls: { ca: own.ca } });
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
  });

  test("an https: proxy, and TLS through it", async () => {
    const proxy = kept(await httpProxy({ tls: own }));
    const server = await start({ tls: own });
    await roundTrip(server.url, { proxy: `https://127.0.0.1:${proxy.port}`, proxyTls: { ca: own.ca }, tls: { ca: own.ca } });
    expect(await failure(connect(server.url, { proxy: `https://127.0.0.1:${proxy.port}` }))).toMatchObject({ cause: { name: "WebSocketProxyException", stage: "connect" } });
  });

  test.each<[string, string, Partial<WebSocketProxyException>]>([
    ["wants credentials", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n", { code: "wsframe/proxy-auth-required", stage: "auth", httpStatus: 407, retryable: false }],
    ["refuses", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", { code: "wsframe/proxy-refused", stage: "tunnel", httpStatus: 403, retryable: false }],
    ["cannot reach the server", "HTTP/1.1 502 Bad Gateway\r\n\r\n", { code: "wsframe/proxy-refused", stage: "tunnel", httpStatus: 502, retryable: true }],
    ["speaks nonsense", "SSH-2.0-nonsense\r\n\r\n", { code: "wsframe/proxy-failed", stage: "tunnel" }],
    ["hangs up", "", { code: "wsframe/proxy-failed", stage: "tunnel" }],
  ])("one that %s", async (_what, answer, expected) => {
    const proxy = kept(await httpProxy({ answer: (_request, socket) => void socket.end(answer) }));
    const error = await failure(connect("ws://127.0.0.1:9/", { proxy: `http://jo:secret@127.0.0.1:${proxy.port}` }));
    expect(error.cause).toMatchObject({ name: "WebSocketProxyException", ...expected });
    expect(JSON.stringify(error)).not.toContain("secret");
  });

  test("one that is not there, has no address, or takes too long", async () => {
    const gone = await httpProxy();
    await gone.close();
    expect(await failure(connect("ws://127.0.0.1:9/", { proxy: `http://127.0.0.1:${gone.port}` }))).toMatchObject({ cause: { stage: "connect", code: "wsframe/proxy-failed", retryable: true } });
    const lookup: ConnectOptions["lookup"] = (hostname, _options, done) => done(Object.assign(new Error(`no ${hostname}`), { code: "ENOTFOUND" }), "", 4);
    expect(await failure(connect("ws://127.0.0.1:9/", { proxy: "http://nowhere.test:1", lookup }))).toMatchObject({ cause: { stage: "resolve" } });
    const slow = kept(await httpProxy({ answer: () => undefined }));
    expect(await failure(connect("ws://127.0.0.1:9/", { proxy: `http://127.0.0.1:${slow.port}`, connectTimeoutMs: 1_000 }))).toMatchObject({ code: "simple-ws/connect-timeout", cause: { phase: "proxy", afterMs: 1_000 } });
    const controller = new AbortController();
    const waiting = failure(connect("ws://127.0.0.1:9/", { proxy: `http://127.0.0.1:${slow.port}`, signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject({ code: "simple-ws/aborted" });
  });
});

describe("SOCKS proxies", () => {
  test.each([
    ["socks4", "127.0.0.1", "127.0.0.1"], ["socks4a", "named.test", "name named.test"], ["socks5", "127.0.0.1", "127.0.0.1"], ["socks5", "localhost", "127.0.0.1"],
    ["socks5h", "named.test", "name named.test"], ["socks", "named.test", "name named.test"],
  ])("%s to %s asks for %s", async (kind, host, asked) => {
    const proxy = kept(await socksProxy());
    const server = await start();
    await roundTrip(`ws://${host}:${server.port}/`, { proxy: `${kind}://127.0.0.1:${proxy.port}` });
    expect(proxy.targets).toEqual([expect.stringMatching(new RegExp(`^(${asked}|::1):${server.port}$`))]);
  });

  test("credentials, right and wrong, and TLS through it", async () => {
    const proxy = kept(await socksProxy("jo:pass"));
    const server = await start({ tls: own });
    await roundTrip(server.url, { proxy: `socks5h://jo:pass@127.0.0.1:${proxy.port}`, tls: { ca: own.ca } });
    await roundTrip(server.url, { proxy: `socks4a://jo:x@127.0.0.1:${proxy.port}`, tls: { ca: own.ca } });
    for (const wrong of ["jo:no@", ""]) {
      expect(await failure(connect(server.url, { proxy: `socks5h://${wrong}127.0.0.1:${proxy.port}` }))).toMatchObject({ cause: { name: "WebSocketProxyException", code: "wsframe/proxy-auth-required", stage: "auth" } });
    }
  });

  test("one that refuses, is not there, or takes too long", async () => {
    const proxy = kept(await socksProxy());
    const nobody = await listen(createTcpServer());
    await nobody.close();
    expect(await failure(connect(`ws://127.0.0.1:${nobody.port}/`, { proxy: `socks5://127.0.0.1:${proxy.port}` }))).toMatchObject({ cause: { code: "wsframe/proxy-refused", stage: "tunnel" } });
    expect(await failure(connect("ws://127.0.0.1:9/", { proxy: `socks5://127.0.0.1:${nobody.port}` }))).toMatchObject({ cause: { code: "wsframe/proxy-failed", stage: "connect" } });
    const silent = kept(await listen(createTcpServer((socket) => socket.on("error", () => undefined))));
    expect(await failure(connect("ws://127.0.0.1:9/", { proxy: `socks5://127.0.0.1:${silent.port}`, connectTimeoutMs: 1_000 }))).toMatchObject({ code: "simple-ws/connect-timeout", cause: { phase: "proxy" } });
    expect(await failure(connect("ws://nowhere.test/", { proxy: `socks5h://nowhere.test:1`, lookup: (_hostname, _options, done) => done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), "", 4) }))).toMatchObject({ cause: { stage: "resolve" } });
  });
});

test("the environment names a proxy, for other machines only; a function decides for itself", async () => {
  const proxy: TestProxy = kept(await httpProxy());
  vi.stubEnv("http_proxy", `http://127.0.0.1:${proxy.port}`);
  vi.stubEnv("no_proxy", "");
  isEnvironmentUsed = true;
  const server = await start();
  await roundTrip(server.url);
  expect(proxy.targets).toEqual([]);
  await roundTrip(`ws://named.test:${server.port}/`);
  expect(proxy.targets).toEqual([`named.test:${server.port}`]);
  const asked: string[] = [];
  await roundTrip(server.url, { proxy: (url) => { asked.push(url); return false; } });
  expect(asked).toEqual([server.url]);
});

describe("streams", () => {
  test("a Unix socket", async () => {
    const folder = await mkdtemp(join(tmpdir(), "socket-"));
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(join(folder, "s"), resolve));
    kept({ close: () => http.close() });
    await start({ server: http });
    await roundTrip("ws://unix.test/chat", { socketPath: join(folder, "s") });
    expect(requests[0]?.headers.host).toBe("unix.test");
    await rm(folder, { recursive: true });
  });

  test("one of the caller's, connected or still connecting, with TLS above it", async () => {
    const server = await start({ tls: own });
    await roundTrip(server.url, { tls: { ca: own.ca }, createConnection: () => connectTcp(server.port, "127.0.0.1") });
    const connected = connectTcp(server.port, "127.0.0.1");
    await once(connected, "connect");
    await roundTrip(server.url, { tls: { ca: own.ca }, createConnection: () => connected });
    expect(await failure(connect(server.url, { createConnection: () => Promise.reject(new Error("none to have")) }))).toMatchObject({ details: { phase: "connect" } });
  });
});

/** An http server that redirects by path, and takes WebSockets at /end. */
async function redirecting(to: Readonly<Record<string, string | undefined>>, status = 302): Promise<{ url: string; port: number; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const http = createServer();
  http.on("upgrade", (request, socket) => {
    seen.push(request);
    if (request.url === "/end") return;
    const location = to[request.url ?? ""];
    socket.end(`HTTP/1.1 ${status} Found\r\n${location === undefined ? "" : `Location: ${location}\r\n`}Set-Cookie: hop=${request.url?.slice(1) ?? ""}\r\nContent-Length: 0\r\n\r\n`);
  });
  const { port } = kept(await listen(http));
  kept(await serve({ server: http, path: "/end", onConnection: (connection) => connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined }) }));
  return { url: `ws://127.0.0.1:${port}`, port, seen };
}

describe("redirects", () => {
  test.each([301, 302, 303, 307, 308])("%i is followed, relative and absolute, whatever the spelling of the scheme", async (status) => {
    const to: Record<string, string> = { "/a": "/b", "/b": "c?x=1#part" };
    const { url, port } = await redirecting(to, status);
    to["/c?x=1"] = `http://127.0.0.1:${port}/end`;
    const connection = await roundTrip(`${url}/a`, { maxRedirects: 3 });
    expect(connection.url).toBe(`${url}/end`);
  });

  test("not by default, and not one more than allowed", async () => {
    const { url } = await redirecting({ "/a": "/b", "/b": "/end" });
    expect(await failure(connect(`${url}/a`, { proxy: false }))).toMatchObject({ code: "simple-ws/bad-status", statusCode: 302, cause: { code: "wsframe/bad-status" } });
    await roundTrip(`${url}/a`, { maxRedirects: 2 });
    expect(await failure(connect(`${url}/a`, { proxy: false, maxRedirects: 1 }))).toMatchObject({ statusCode: 302, cause: { code: "wsframe/too-many-redirects" } });
  });

  test.each([["nowhere", undefined], ["no URL", "http://["], ["another protocol", "ftp://127.0.0.1/end"]])("to %s fails", async (_what, location) => {
    const { url } = await redirecting({ "/a": location });
    expect(((await failure(connect(`${url}/a`, { proxy: false, maxRedirects: 5 }))).cause as WebSocketBadStatusException).message).toMatch(/^Cannot follow redirect/);
  });

  test("from wss: to ws: fails", async () => {
    const plain = await start();
    const http = (await import("node:https")).createServer(own);
    http.on("upgrade", (_request, socket) => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${plain.url}\r\n\r\n`));
    const { port } = kept(await listen(http));
    expect((await failure(connect(`wss://127.0.0.1:${port}/`, { proxy: false, tls: { ca: own.ca }, maxRedirects: 5 }))).message).toContain("from wss: to ws:");
  });

  test("what proves who we are stays with the origin it was given for", async () => {
    const target = await redirecting({});
    const { url, seen } = await redirecting({ "/a": "/b", "/b": `${target.url}/end` });
    const secrets = { "Authorization": "Bearer t", "cookie": "own=1", "X-Other": "kept" };
    await roundTrip(`${url}/a`, { maxRedirects: 3, headers: secrets, cookie: "more=2" });
    expect(seen.map(({ headers }) => [headers.authorization, headers["x-other"]])).toEqual([["Bearer t", "kept"], ["Bearer t", "kept"]]);
    expect(target.seen.map(({ headers }) => [headers.authorization, headers.cookie, headers["x-other"]])).toEqual([[undefined, undefined, "kept"]]);
    await roundTrip(`ws://jo:pass@${url.slice(5)}/a`, { maxRedirects: 3 });
    expect(target.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  test("headers may be made for each request", async () => {
    const { url, seen } = await redirecting({ "/a": "/b", "/b": "/end" });
    await roundTrip(`${url}/a`, { maxRedirects: 2, headers: async ({ url: here, redirects }) => Promise.resolve([`X-Count: ${redirects}`, ["X-Path", new URL(here).pathname]]) });
    expect(seen.map(({ headers }) => [headers["x-count"], headers["x-path"]])).toEqual([["0", "/a"], ["1", "/b"], ["2", "/end"]]);
  });
});

test("cookies: the jar's rules hold, refusals and redirects feed it, and it is nobody else's", async () => {
  const { url, seen } = await redirecting({ "/a": "/end" });
  const jar = new CookieJar();
  await jar.setCookie("elsewhere=1; Path=/other", url.replace("ws", "http"));
  await roundTrip(`${url}/a`, { maxRedirects: 1, cookieJar: jar, cookie: "own=1" });
  expect(seen.map(({ headers }) => headers.cookie)).toEqual(["own=1", "own=1; hop=a"]);
  await roundTrip(`${url}/end`, {});
  expect(seen.at(-1)?.headers.cookie).toBeUndefined();
});

test("the Host and Cookie fields, and header lines, cannot be used to inject others", async () => {
  const server = await start();
  for (const options of [{ host: "a\r\nX: 1" }, { cookie: "a\nb" }, { headers: ["X: 1\r\nY: 2"] }, { headers: ["no colon"] }, { headers: { "Sec-WebSocket-Key": "x" } }, { origin: "a\r\nb" }]) {
    await expect(connect(server.url, { proxy: false, ...options })).rejects.toMatchObject({ code: "simple-ws/invalid-argument" });
  }
  await roundTrip(server.url, { host: "other.test", headers: ["X-One:  1 "] });
  expect(requests.at(-1)?.headers).toMatchObject({ "host": "other.test", "x-one": "1" });
});

test("connection.responseHeaders are those of the answer", async () => {
  const server = await start({ responseHeaders: ({ url = "" }) => ({ "X-Path": url }) });
  const connection = await roundTrip(`${server.url}here`);
  expect(connection.responseHeaders).toMatchObject({ "x-path": "/here", "upgrade": "websocket" });
});
