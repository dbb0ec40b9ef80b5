/** Transports that the application brings: sessions, upgrades, and the same refusals as on the others. */
import { IncomingMessage } from "node:http";
import { Socket as TcpSocket } from "node:net";
import { describe, expect, test } from "vitest";
import { handshakeQuery, next, open, send, serve } from "../../test/http.js";
import type { PacketListener, PacketStream, ServerOptions } from "../server.js";

/** Both ends of a stream in memory: the test is the client. */
class MemoryStream implements PacketStream {
  readonly name: string;
  readonly sent: (string | Uint8Array)[] = [];
  readonly closes: number[] = [];
  listener: PacketListener | undefined;

  constructor(name = "webtransport") {
    this.name = name;
  }

  send(packet: string | Uint8Array): undefined {
    this.sent.push(packet);
  }

  listen(listener: PacketListener): void {
    this.listener = listener;
  }

  close(code: number): void {
    this.closes.push(code);
  }
}

const customTransports = ["webtransport"];
const request = (headers: Record<string, string> = {}): Request => new Request("https://example.com/engine.io/", { headers });

describe("handleTransport()", () => {
  test("opens a session: OPEN without upgrades, messages both ways, heartbeat, end", async () => {
    const { server } = await serve({ customTransports, initialPacket: "first" });
    const stream = new MemoryStream();
    const client = await server.handleTransport(stream, { request: request(), remoteAddress: "192.0.2.1" });
    expect([client.transport.name, client.remoteAddress, server.clients[client.id] === client]).toEqual(["webtransport", "192.0.2.1", true]);
    expect(stream.sent).toEqual([expect.stringMatching(/^0\{"sid":"[\w-]{20}","upgrades":\[\],/), "4first"]);
    const got: unknown[] = [];
    client.on("message", (data) => got.push(data));
    stream.listener!.onPacket("4hello");
    stream.listener!.onPacket(new Uint8Array([1]));
    expect(got).toEqual(["hello", new Uint8Array([1])]);
    void client.send("back");
    expect(stream.sent.at(-1)).toBe("4back");
    const ended = next<unknown>((done) => client.on("close", done));
    stream.listener!.onClose();
    expect([await ended, server.clientsCount]).toEqual(["transport close", 0]);
  });

  test("upgrades a polling session, which is told of the transport", async () => {
    const { server, url, sockets, taken } = await serve({ customTransports });
    const opened = await send(url + handshakeQuery);
    const { sid, upgrades } = JSON.parse(opened.body.slice(1)) as { sid: string; upgrades: string[] };
    expect(upgrades).toEqual(["websocket", "webtransport"]);
    const stream = new MemoryStream();
    const parked = send(`${url}${handshakeQuery}&sid=${sid}`);
    await taken();
    expect(await server.handleTransport(stream, { request: request(), sid })).toBe(sockets[0]);
    stream.listener!.onPacket("2probe");
    expect([stream.sent, (await parked).body]).toEqual([["3probe"], "6"]);
    stream.listener!.onPacket("5");
    void sockets[0]!.send("over the stream");
    expect([stream.sent.at(-1), sockets[0]!.transport.name, sockets[0]!.upgraded]).toEqual(["4over the stream", "webtransport", true]);
    expect((await send(`${url}${handshakeQuery}&sid=${sid}`)).status).toBe(400);
  });

  test("takes a request of node:http, too", async () => {
    const { server } = await serve({ customTransports });
    const incoming = new IncomingMessage(new TcpSocket());
    expect((await server.handleTransport(new MemoryStream(), { request: incoming })).request).toBe(incoming);
  });

  const refused: [string, ServerOptions, () => Request, string | undefined, object][] = [
    ["a name that is not among customTransports", { customTransports: [] }, request, undefined, { code: "engineio/unknown-transport", httpStatus: 400, body: { code: 0, message: "Transport unknown" } }],
    ["a page of another origin", {}, () => request({ Origin: "https://evil.example" }), undefined, { code: "engineio/origin-refused", httpStatus: 403, body: { code: 4, message: "Forbidden" } }],
    ["allowRequest", { allowRequest: () => false }, request, undefined, { code: "engineio/forbidden", httpStatus: 403 }],
    ["maxSessions", { maxSessions: Number.MIN_VALUE }, request, "first", { code: "engineio/unknown-session" }],
    ["an unknown session", {}, request, "unknown", { code: "engineio/unknown-session", httpStatus: 400, body: { code: 1, message: "Session ID unknown" } }],
    ["a cors function that throws", { cors: () => { throw new Error("broken"); } }, request, undefined, { code: "engineio/bad-request", cause: expect.objectContaining({ message: "broken" }) as unknown }],
    ["a cookie function that throws", { cookie: { domain: () => { throw new Error("broken"); } } }, request, undefined, { code: "engineio/bad-request" }],
  ];

  test.each(refused)("is refused by %s, closes the stream, and leaves no place taken", async (_name, options, make, sid, error) => {
    const { server, refusals } = await serve({ customTransports, ...options });
    const stream = new MemoryStream();
    await expect(server.handleTransport(stream, { request: make(), sid })).rejects.toMatchObject({ name: "ConnectionError", ...error });
    expect([stream.closes, stream.sent, refusals.length, server.clientsCount]).toEqual([[1008], [], 1, 0]);
  });

  test("where no upgrade is possible, the stream is closed and the session goes on", async () => {
    const { server, url, sockets } = await serve({ customTransports, maxUpgradeAttempts: 1 });
    const { sid } = await open(url);
    const first = new MemoryStream();
    await server.handleTransport(first, { request: request(), sid });
    const second = new MemoryStream();
    await expect(server.handleTransport(second, { request: request(), sid })).rejects.toMatchObject({ code: "engineio/bad-request" });
    expect([first.closes, second.closes, sockets[0]!.readyState]).toEqual([[], [1000], "open"]);
  });

  test("close() and drain() end its sessions", async () => {
    const { server } = await serve({ customTransports });
    const streams = [new MemoryStream(), new MemoryStream()];
    await server.handleTransport(streams[0]!, { request: request() });
    expect(await server.drain()).toMatchObject({ total: 1, cutOff: 0 });
    await expect(server.handleTransport(streams[1]!, { request: request() })).rejects.toMatchObject({ code: "engineio/server-closing", httpStatus: 503 });
    expect(streams.map(({ closes }) => closes)).toEqual([[1001], [1008]]);
  });
});
