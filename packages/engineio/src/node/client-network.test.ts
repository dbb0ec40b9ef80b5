/** One set of network options, one meaning on polling and WebSocket: TLS, proxies, agents, cookies, headers, redirects, refusals. */
import { Agent, type IncomingMessage, createServer } from "node:http";
import { Agent as SecureAgent, createServer as createSecureServer } from "node:https";
import { type Socket as TcpSocket, connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen, settle } from "@x/testkit";
import { CookieJar } from "tough-cookie";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../../test/certificates.js";
import { next, serve } from "../../test/http.js";
import { type ConnectOptions, Socket, connect } from "../client.js";
import { Server, prepareMessage } from "../server.js";

const transports = ["polling", "websocket"] as const;
type Transport = (typeof transports)[number];

/** A server that takes sessions, and the requests that it saw. */
async function recording(options: { readonly tls?: { readonly key: string; readonly cert: string }; readonly setCookie?: string } = {}) {
  const requests: IncomingMessage[] = [];
  const engine = new Server();
  const http = options.tls === undefined ? createServer() : createSecureServer({ ...options.tls, requestCert: true, rejectUnauthorized: false });
  engine.on("initial_headers", (headers) => { if (options.setCookie !== undefined) headers["Set-Cookie"] = options.setCookie; });
  engine.attach(http);
  for (const event of ["request", "upgrade"]) http.prependListener(event, (request: IncomingMessage) => requests.push(request));
  const listening = await listen(http);
  onTestFinished(async () => {
    await engine.close();
    await listening.close();
  });
  const url = options.tls === undefined ? listening.url : listening.url.replace("http", "https");
  const connections = (): Promise<number> => new Promise((resolve) => http.getConnections((_error, count) => resolve(count)));
  return { url, port: listening.port, requests, connections };
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A server of the test's own, which answers requests and upgrades alike. */
async function answering(reply: (request: IncomingMessage) => Reply): Promise<{ readonly url: string; readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    requests.push(request);
    const { status, headers = {}, body = "" } = reply(request);
    response.writeHead(status, headers).end(body);
  });
  http.on("upgrade", (request, socket) => {
    requests.push(request);
    const { status, headers = {}, body = "" } = reply(request);
    const lines = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`).join("");
    socket.on("error", () => undefined).end(`HTTP/1.1 ${status} X\r\n${lines}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  });
  const listening = await listen(http);
  onTestFinished(() => listening.close());
  return { url: listening.url, requests };
}

/** Connects, sends and gets one message, and closes. */
async function roundTrip(url: string, options: ConnectOptions): Promise<string> {
  await using client = await connect(url, options);
  return client.transport.name;
}

async function tunnelProxy(): Promise<{ readonly url: string; readonly targets: string[] }> {
  const targets: string[] = [];
  const proxy = createServer().on("connect", (request: IncomingMessage, socket: TcpSocket) => {
    targets.push(String(request.url));
    const upstream = connectTcp(Number(new URL(`http://${String(request.url)}`).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => undefined).on("close", () => upstream.destroy());
  });
  const listening = await listen(proxy);
  onTestFinished(() => listening.close());
  return { url: listening.url, targets };
}

describe.each(transports)("over %s", (transport: Transport) => {
  const only: ConnectOptions = { transports: [transport] };

  test("TLS: certificates are verified; tls, and the peers' flat names, say what is trusted, and who we are", async () => {
    const tls = await certificate();
    const { url, requests } = await recording({ tls });
    await expect(connect(url, only)).rejects.toMatchObject({ name: "ConnectionError", details: { phase: "tls" }, retryable: false });
    expect(await roundTrip(url, { ...only, tls: { ca: tls.cert } })).toBe(transport);
    expect(await roundTrip(url, { ...only, ca: tls.cert })).toBe(transport);
    expect(await roundTrip(url, { ...only, rejectUnauthorized: false })).toBe(transport);
    await roundTrip(url, { ...only, query: { who: 1 }, tls: { ca: tls.cert, cert: tls.cert, key: tls.key } });
    const request = requests.find((one) => one.url?.includes("who"));
    const peer = (request?.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate();
    expect(peer.subject.CN).toBe("127.0.0.1");
  });

  test("through a proxy, and transportOptions for one transport alone", async () => {
    const { port } = await recording();
    const proxy = await tunnelProxy();
    expect(await roundTrip(`http://somewhere.example:${port}`, { ...only, proxy: proxy.url })).toBe(transport);
    expect(new Set(proxy.targets)).toEqual(new Set([`somewhere.example:${port}`]));
    expect(await roundTrip(`http://elsewhere.example:${port}`, { ...only, transportOptions: { [transport]: { proxy: proxy.url } } })).toBe(transport);
    await expect(connect(`http://somewhere.example:${port}`, { ...only, proxy: "http://127.0.0.1:1" })).rejects.toMatchObject({ details: { phase: "proxy" }, cause: { cause: { name: "WebSocketProxyException" } } });
  });

  test("lookup and family", async () => {
    const { port } = await recording();
    const asked: string[] = [];
    const lookup: NonNullable<ConnectOptions["lookup"]> = (name, options, callback) => {
      asked.push(name);
      if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
      else callback(null, "127.0.0.1", 4);
    };
    expect(await roundTrip(`http://app.example:${port}`, { ...only, lookup, family: 4 })).toBe(transport);
    expect(asked).toContain("app.example");
  });

  test("socketPath", async () => {
    const path = join(tmpdir(), `engineio-${process.pid}-${transport}.sock`);
    const engine = new Server();
    const http = createServer();
    engine.attach(http);
    await next((done) => http.listen(path, () => done(undefined)));
    onTestFinished(async () => { await engine.close(); http.close(); });
    expect(await roundTrip("http://app.example", { ...only, socketPath: path })).toBe(transport);
  });

  test("an agent: http.Agent, https.Agent", async () => {
    const { url } = await recording();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    let made = 0;
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (...args) => { made++; return create(...args); };
    expect(await roundTrip(url, { ...only, agent })).toBe(transport);
    expect(made).toBeGreaterThan(0);
    const tls = await certificate();
    const secure = await recording({ tls });
    const secureAgent = new SecureAgent({ ca: tls.cert });
    expect(await roundTrip(secure.url, { ...only, agent: secureAgent })).toBe(transport);
    await expect(connect(secure.url, { ...only, agent: new SecureAgent() })).rejects.toMatchObject({ name: "ConnectionError" });
    expect(secure.requests[0]?.headers.host).toBe(new URL(secure.url).host);
    const cookieJar = new CookieJar();
    await cookieJar.setCookie("a=1; Secure; Path=/", secure.url);
    await roundTrip(secure.url, { ...only, agent: secureAgent, cookieJar, query: { jar: 1 } });
    expect(secure.requests.find((request) => request.url?.includes("jar"))?.headers.cookie).toBe("a=1");
  });

  test("headers: the peers' extraHeaders, a list, a function of the request; credentials of the URL; Host, Origin, Cookie", async () => {
    const { url, port, requests } = await recording();
    await roundTrip(url, { ...only, extraHeaders: { "X-A": "1", "X-B": "1" }, headers: [["X-B", "2"], ["X-C", "3"], "X-D: 4"] });
    expect(requests[0]?.headers).toMatchObject({ "x-a": "1", "x-b": "2", "x-c": "3", "x-d": "4" });
    const asked: string[] = [];
    await roundTrip(url.replace("//", "//me:p%40ss@"), {
      ...only, query: { second: 1 }, cookie: "own=1", host: `app.example:${port}`, origin: `http://app.example:${port}`,
      headers: async (request) => { asked.push(request.url); return Promise.resolve({ "X-Url": request.url.split("?")[0] }); },
    });
    expect(requests.find((request) => request.url?.includes("second"))?.headers).toMatchObject({
      "x-url": `${transport === "polling" ? "http" : "ws"}://127.0.0.1:${port}/engine.io/`, "authorization": `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
      "cookie": "own=1", "host": `app.example:${port}`, "origin": `http://app.example:${port}`,
    });
    expect(asked.join()).not.toContain("p%40ss");
  });

  test("a header that must not be sent: an error that no retry mends; a stray % in the URL's password stands for itself", async () => {
    const { url, requests } = await recording();
    await expect(connect(url, { ...only, extraHeaders: { "X-A": "1\r\nX-B: 2" } })).rejects.toMatchObject({ name: "ConnectionError", retryable: false });
    expect(requests).toEqual([]);
    await roundTrip(url.replace("//", "//me:100%@"), only);
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:100%").toString("base64")}`);
  });

  test("redirects are followed where maxRedirects allows it, and take no secret along to another origin", async () => {
    const target = await recording();
    const first = await answering((request) => ({ status: 307, headers: { "Location": `${target.url}${String(request.url)}`, "Set-Cookie": "mine=1" } }));
    const secrets: ConnectOptions = { cookie: "own=1", extraHeaders: { "Authorization": "secret", "X-Open": "yes" } };
    await expect(connect(first.url, only)).rejects.toMatchObject({ code: "engineio/connection-refused", httpStatus: 307 });
    expect(await roundTrip(first.url, { ...only, ...secrets, maxRedirects: 1 })).toBe(transport);
    expect(first.requests.at(-1)?.headers).toMatchObject({ cookie: expect.stringContaining("own=1") as string, authorization: "secret" });
    expect(target.requests[0]?.headers["x-open"]).toBe("yes");
    expect([target.requests[0]?.headers.authorization, target.requests[0]?.headers.host]).toEqual([undefined, new URL(target.url).host]);
    expect(target.requests[0]?.headers.cookie ?? "").not.toContain("own=1");
  });

  test("a loop of redirects ends: engineio/too-many-redirects", async () => {
    const { url, requests } = await answering((request) => ({ status: 302, headers: { Location: String(request.url) } }));
    await expect(connect(url, { ...only, maxRedirects: 3 })).rejects.toMatchObject({ code: "engineio/too-many-redirects", httpStatus: 302, retryable: false });
    expect(requests).toHaveLength(4);
  });

  test.each([
    [502, "text/html", "<html>Bad gateway</html>", "<html>Bad gateway</html>", true],
    [401, "application/json", '{"message":"who?"}', { message: "who?" }, false],
    [400, "application/json", '{"code":5,"message":"Unsupported protocol version"}', { code: 5, message: "Unsupported protocol version" }, false],
    [503, "text/plain", "", undefined, true],
  ])("refused with %i %s: the error knows status, body and headers", async (status, type, text, body, retryable) => {
    const { url } = await answering(() => ({ status, headers: { "Content-Type": type, "Retry-After": "7" }, body: text }));
    await expect(connect(url, only)).rejects.toMatchObject({
      name: "ConnectionError", code: "engineio/connection-refused", httpStatus: status, body, retryable, headers: expect.objectContaining({ "retry-after": "7" }) as unknown,
    });
  });

  test("a refusal's body is kept up to maxErrorBodyBytes, and no further than 1024 characters of text", async () => {
    const { url } = await answering(() => ({ status: 500, body: "x".repeat(100_000) }));
    await expect(connect(url, only)).rejects.toMatchObject({ body: "x".repeat(1024) });
    await expect(connect(url, { ...only, maxErrorBodyBytes: 10 })).rejects.toMatchObject({ body: "x".repeat(10) });
  });

  test("nobody there: the phase, and the system's error below", async () => {
    await expect(connect("http://127.0.0.1:1", only)).rejects.toMatchObject({
      name: "ConnectionError", code: "engineio/connection-failed", retryable: true, details: { phase: "connect" }, cause: { name: "ConnectionError", cause: { cause: { code: "ECONNREFUSED" } } },
    });
    const lookup: NonNullable<ConnectOptions["lookup"]> = (_name, _options, callback) => callback(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }), "", 4);
    await expect(connect("http://nowhere.example", { ...only, lookup })).rejects.toMatchObject({ details: { phase: "dns" }, cause: { cause: { name: "WebSocketAddressException" } } });
  });

  test("a connection that is never made: connectTimeoutMs", async () => {
    await expect(connect("http://127.0.0.1:1", { ...only, connectTimeoutMs: 20, createConnection: () => new Promise(() => undefined) })).rejects.toMatchObject({
      cause: { code: "simple-ws/connect-timeout" },
    });
  });

  test("autoUnref: nothing of the client keeps the process", async () => {
    const { url, connections } = await recording();
    const ours = async (): Promise<number> => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length - await connections();
    const before = await ours();
    const kept = await connect(url, only);
    while (await ours() <= before) await settle();
    await kept.disconnect();
    const loose = await connect(url, { ...only, autoUnref: true });
    await new Promise<void>((resolve) => void loose.send("x", resolve));
    while (await ours() > before) await settle(); // the one before is closing
    await loose.disconnect();
  });
});

describe("cookies", () => {
  test("what polling is given, the upgrade brings along: sticky sessions hold", async () => {
    const { url, requests } = await recording({ setCookie: "node=7; Path=/; HttpOnly" });
    const client = await connect(url);
    await next((done) => client.once("upgrade", done));
    expect(requests[0]?.headers.cookie).toBeUndefined();
    const upgrade = requests.find((request) => request.headers.upgrade !== undefined);
    expect(upgrade?.headers.cookie).toBe("node=7");
    await client.disconnect();
  });

  test("a jar of the caller's outlives the client; false keeps none", async () => {
    const { url, requests } = await recording({ setCookie: "node=7" });
    const cookieJar = new CookieJar();
    await roundTrip(url, { transports: ["polling"], cookieJar });
    expect(await cookieJar.getCookieString(`${url}/engine.io/`)).toBe("node=7");
    const seen = (mark: string): unknown[] => requests.filter((request) => request.url?.includes(mark)).map((request) => request.headers.cookie);
    await roundTrip(url, { transports: ["websocket"], cookieJar, query: { second: 1 } });
    expect(seen("second")).toEqual(["node=7"]);
    const client = await connect(url, { cookieJar: false, query: { third: 1 } });
    await next((done) => client.once("upgrade", done));
    expect(new Set(seen("third"))).toEqual(new Set([undefined]));
    await client.disconnect();
  });
});

test("perMessageDeflate compresses the WebSocket", async () => {
  const { url, sockets } = await serve({ perMessageDeflate: true });
  const client = await connect(url, { transports: ["websocket"], perMessageDeflate: true });
  expect(sockets[0]?.request.headers["sec-websocket-extensions"]).toContain("permessage-deflate");
  const received = next<unknown>((done) => sockets[0]?.on("message", done));
  void client.send("x".repeat(10_000));
  expect(await received).toBe("x".repeat(10_000));
  await client.disconnect();
});

test("compress: false keeps a message as it is, also one that waits for the connection or passes the queue", async () => {
  const { url, sockets } = await serve({ perMessageDeflate: true });
  const secret = "secret ".repeat(300);
  const sent: boolean[] = [];
  const client = new Socket(url, {
    transports: ["websocket"],
    perMessageDeflate: true,
    trace: (event) => { if (event.kind === "frame" && event.direction === "sent") sent.push(event.isCompressed); },
  });
  const flags = [true, false, true];
  const sendAll = (): void => {
    for (const compress of flags) void client.send(secret, { compress });
  };
  sendAll();
  await next<unknown>((done) => client.once("open", () => done(1)));
  const received: unknown[] = [];
  sockets[0]?.on("message", (data) => received.push(data));
  sendAll();
  for (const compress of flags) void client.sendPrepared(prepareMessage(secret, { compress }));
  client.on("packetCreate", () => undefined); // from now on packets pass the queue
  sendAll();
  await expect.poll(() => received.length).toBe(12);
  expect(new Set(received)).toEqual(new Set([secret]));
  expect(sent).toEqual([...flags, ...flags, ...flags, ...flags]);
  client.close();
});

test("idle connections are kept for the next request, but not for ever", async () => {
  const { url, requests } = await recording();
  const client = await connect(url, { transports: ["polling"] });
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => void client.send(String(i), resolve));
  await client.disconnect();
  expect(requests.length).toBeGreaterThan(5);
  expect(new Set(requests.map((request) => request.socket)).size).toBeLessThanOrEqual(3);
});
