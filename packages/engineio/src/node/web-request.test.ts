/** Polling by Web-standard requests: the same code, middlewares and limits as over node:http. */
import { settle } from "@x/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { handshakeQuery, next } from "../../test/http.js";
import { Server, type ConnectionErrorEvent, type ServerOptions, type Socket } from "../server.js";

const origin = "https://example.com";

interface Fixture {
  readonly server: Server;
  readonly sockets: Socket[];
  readonly refusals: ConnectionErrorEvent[];
  readonly ask: (query: string, init?: RequestInit) => Promise<Response>;
  readonly open: () => Promise<string>;
}

function serve(options: ServerOptions = {}): Fixture {
  const server = new Server(options);
  const sockets: Socket[] = [];
  const refusals: ConnectionErrorEvent[] = [];
  server.on("connection", (socket) => sockets.push(socket)).on("connection_error", (error) => refusals.push(error));
  onTestFinished(() => server.close());
  const ask: Fixture["ask"] = (query, init) => server.fetch(new Request(origin + query, init), { remoteAddress: "192.0.2.1" });
  const open: Fixture["open"] = async () => `${handshakeQuery}&sid=${(JSON.parse((await (await ask(handshakeQuery)).text()).slice(1)) as { sid: string }).sid}`;
  return { server, sockets, refusals, ask, open };
}

const text = { "Content-Type": "text/plain" };

/** A body that comes in pieces, without a length. */
function streamed(...chunks: string[]): RequestInit {
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
  return { method: "POST", headers: text, body, duplex: "half" } as RequestInit;
}

describe("fetch()", () => {
  test("handshake, messages both ways, a poll that waits, the end", async () => {
    const { sockets, ask, open, server } = serve();
    const first = await ask(handshakeQuery);
    expect([first.status, first.statusText, first.headers.get("content-type"), first.headers.get("connection")]).toEqual([200, "OK", "text/plain; charset=UTF-8", null]);
    expect(await first.text()).toMatch(/^0\{"sid":"[\w-]{20}"/);
    const session = await open();
    const client = sockets[1]!;
    expect([client.remoteAddress, client.request.url, client.request.headers.host]).toEqual(["192.0.2.1", handshakeQuery, "example.com"]);
    const got: unknown[] = [];
    client.on("message", (data) => got.push(data));
    expect(await (await ask(session, { method: "POST", headers: text, body: "4hello\x1ebAQID" })).text()).toBe("ok");
    expect(await (await ask(session, streamed("4in pie", "ces €"))).text()).toBe("ok");
    expect(got).toEqual(["hello", Buffer.from([1, 2, 3]), "in pieces €"]);
    const parked = ask(session);
    await settle();
    void client.send("žluťoučký");
    expect(await (await parked).text()).toBe("4žluťoučký");
    const last = ask(session);
    await settle();
    client.close();
    expect(await (await last).text()).toBe("1");
    expect(server.clientsCount).toBe(1);
  });

  test("refusals, limits and headers are the same", async () => {
    const { ask, open, refusals } = serve({ maxHttpBufferSize: 10, cookie: true, cors: { origin: "https://good.example" } });
    expect([(await ask("/engine.io/?EIO=3&transport=polling")).status, (await ask(handshakeQuery, { method: "PUT" })).status, (await ask(handshakeQuery, { headers: { Origin: "https://evil.example" } })).status]).toEqual([400, 400, 403]);
    const preflight = await ask(handshakeQuery, { method: "OPTIONS", headers: { Origin: "https://good.example" } });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "https://good.example"]);
    expect((await ask(handshakeQuery)).headers.getSetCookie()[0]).toMatch(/^io=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/);
    const long = await ask(await open(), { method: "POST", headers: text, body: "4".padEnd(11, "x") });
    expect([long.status, await long.json()]).toEqual([413, { code: 3, message: "Payload too large" }]);
    expect((await ask(await open(), streamed("4xxxxx", "xxxxx"))).status).toBe(413);
    expect(refusals.map(({ code }) => code)).toEqual([5, 2, 4, 3, 3]);
  });

  test("the scheme is known: http pages of the same host are another origin", async () => {
    const { ask } = serve();
    expect([(await ask(handshakeQuery, { headers: { Origin: origin } })).status, (await ask(handshakeQuery, { headers: { Origin: "http://example.com" } })).status]).toEqual([200, 403]);
  });

  test("middlewares run, may set headers and end the request, with a body or without", async () => {
    const { ask, server } = serve();
    server.use((request, response, proceed) => {
      response.setHeader("X-Seen", String(request.method));
      if (request.headers["x-end"] === "body") response.writeHead(429, { "Content-Type": "text/plain" }).end("slow down");
      else if (request.headers["x-end"] === "none") response.writeHead(304).end();
      else proceed();
    });
    expect((await ask(handshakeQuery)).headers.get("x-seen")).toBe("GET");
    const ended = await ask(handshakeQuery, { headers: { "X-End": "body" } });
    expect([ended.status, await ended.text(), ended.headers.get("x-seen")]).toEqual([429, "slow down", "GET"]);
    const empty = await ask(handshakeQuery, { headers: { "X-End": "none" } });
    expect([empty.status, empty.body]).toEqual([304, null]);
  });

  test("answers are compressed as over node:http", async () => {
    const { ask, open, sockets } = serve();
    const session = await open();
    void sockets[0]!.send("x".repeat(5000));
    const answer = await ask(session, { headers: { "Accept-Encoding": "gzip" } });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(Number(answer.headers.get("content-length"))).toBe((await answer.arrayBuffer()).byteLength);
  });

  test("a signal is the client that hangs up: on its poll, before, and in the middle of a POST", async () => {
    const { ask, open, sockets, server } = serve();
    const session = await open();
    const hangUp = new AbortController();
    const ended = next<unknown[]>((done) => sockets[0]!.on("close", (...args) => done(args)));
    const parked = ask(session, { signal: hangUp.signal });
    await settle();
    hangUp.abort();
    await expect(parked).rejects.toMatchObject({ name: "AbortError" });
    expect(await ended).toEqual(["transport error", expect.objectContaining({ code: "engineio/connection-lost" })]);
    await expect(ask(handshakeQuery, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(server.clientsCount).toBe(0);
    const other = await open();
    const broken = next<unknown>((done) => sockets[1]!.on("close", done));
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => { controller.error(new Error("cut")); } });
    const posted = await Promise.race([ask(other, { method: "POST", headers: text, body, duplex: "half" } as RequestInit).catch((error: unknown) => error), broken]);
    expect([posted, server.clientsCount]).toEqual(["transport error", 0]);
  });

  test("a body without an end is refused at maxHttpBufferSize, and read no further; one that is always ready holds up nobody", async () => {
    const { ask, open, server } = serve({ maxHttpBufferSize: 1000 });
    const session = await open();
    const chunk = new TextEncoder().encode("4".repeat(100));
    let chunks = 0;
    let answered: Promise<Response> | undefined;
    const isCancelled = next<true>((done) => {
      const body = new ReadableStream<Uint8Array>({ pull: (controller) => { chunks++; controller.enqueue(chunk); }, cancel: () => done(true) });
      answered = ask(session, { method: "POST", headers: text, body, duplex: "half" } as RequestInit);
    });
    expect([(await answered)?.status, await isCancelled, server.clientsCount]).toEqual([413, true, 0]);
    const before = chunks;
    await settle();
    expect([chunks, chunks < 1_000]).toEqual([before, true]);
  });

  test("a middleware that destroys the response leaves no promise pending", async () => {
    const { ask, server } = serve();
    server.use((_request, response) => response.destroy());
    await expect(ask(handshakeQuery)).rejects.toMatchObject({ name: "ConnectionError", code: "engineio/connection-lost" });
  });

  test("works detached, without information on the client", async () => {
    const { server } = serve();
    const { fetch } = server;
    expect((await fetch(new Request(origin + handshakeQuery))).status).toBe(200);
  });
});
