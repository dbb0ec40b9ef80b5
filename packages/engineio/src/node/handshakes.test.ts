/** Code of the application that runs in the middle of a handshake, and what it must not upset: sessions, places, ids, and the end of the server. */
import { setErrorReporter } from "@x/errors/handlers";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Fixture, handshakeQuery, open, send, serve, socket } from "../../test/http.js";
import type { PacketStream, Server } from "../server.js";

const customTransports = ["custom"];

/** Opens a session on a transport. @returns the status that a client is told: 101 and 200 for one that is open. */
type Handshake = (fixture: Fixture) => Promise<number>;

const statusOf = (error: unknown): number => (error as { httpStatus?: number; statusCode?: number }).statusCode ?? (error as { httpStatus: number }).httpStatus;
const stream = (): PacketStream => ({ name: "custom", send: () => undefined, listen: () => undefined, close: () => undefined });

const polling: Handshake = ({ url }) => send(url + handshakeQuery).then(({ status }) => status);
const websocket: Handshake = ({ url }) => socket(url + handshakeQuery).then(() => 101, statusOf);
const custom: Handshake = ({ server }) => server.handleTransport(stream(), { request: new Request("http://x/engine.io/") }).then(() => 200, statusOf);
const handshakes: readonly [string, Handshake][] = [["polling", polling], ["websocket", websocket], ["custom", custom]];

describe.each(handshakes)("a handshake on %s", (name, handshake) => {
  test("is refused when a listener of initial_headers closes the server", async () => {
    const fixture = await serve({ customTransports });
    const { server, sockets, refusals } = fixture;
    let closed: Promise<void> | undefined;
    server.on("initial_headers", () => { closed = server.close(); });
    expect(await handshake(fixture)).toBe(503);
    await closed;
    expect([sockets, refusals]).toEqual([[], [expect.objectContaining({ reason: "engineio/server-closing" })]]);
  });

  test("opens no session that outlives the server when a listener of connection closes it", async () => {
    const fixture = await serve({ customTransports });
    const { server, refusals } = fixture;
    const reasons: unknown[] = [];
    let closed: Promise<void> | undefined;
    server.on("connection", (client) => {
      client.on("close", (reason) => reasons.push(reason));
      closed = server.close();
    });
    await handshake(fixture);
    await closed;
    expect([reasons, server.clientsCount]).toEqual([["server shutting down"], 0]);
    expect(refusals).toEqual(name === "polling" ? [expect.objectContaining({ reason: "engineio/unknown-session" })] : []);
  });

  test.each(["close", "discard", "throw"] as const)("may be met by a listener of connection that is to %s: one end, and the place is free again", async (what) => {
    const fixture = await serve({ customTransports, maxSessions: 1 });
    const { server, sockets, failures } = fixture;
    const reasons: unknown[] = [];
    server.once("connection", (client) => {
      client.on("close", (reason) => reasons.push(reason));
      if (what === "throw") throw new Error("broken");
      client.close(what === "discard");
    });
    for (let i = 0; i < 2; i++) {
      expect([101, 200]).toContain(await handshake(fixture));
      sockets[i]?.session.fail("forced close");
      expect(server.clientsCount).toBe(0);
    }
    expect([reasons, failures]).toEqual([["forced close"], what === "throw" ? [new Error("broken")] : []]);
    await server.close();
  });

  test.each([["throws", () => { throw new Error("log is full"); }], ["rejects", () => Promise.reject(new Error("log is full"))]])("that fails is answered even when onError %s", async (_how, onError) => {
    const reported: unknown[] = [];
    const before = setErrorReporter((error) => reported.push(error));
    onTestFinished(() => void setErrorReporter(before));
    const fixture = await serve({ customTransports, onError, cookie: { domain: () => { throw new Error("broken"); } } });
    expect(await handshake(fixture)).toBe(400);
    expect(reported).toEqual([new Error("log is full")]);
  });

  test("goes on without an initialPacket that is too long, which is reported", async () => {
    const fixture = await serve({ customTransports, maxBufferedBytes: 1000, initialPacket: "x".repeat(1000) });
    expect([101, 200]).toContain(await handshake(fixture));
    expect([fixture.sockets[0]?.readyState, fixture.failures]).toEqual(["open", [expect.objectContaining({ code: "engineio/content-too-long" })]]);
    await fixture.server.close();
  });
});

test.each<[string, (server: Server) => void]>([
  ["a middleware", (server) => void server.use((request, _response, go) => { delete request.headers.origin; go(); })],
  ["a listener of upgrade", (server) => void server.httpServer?.prependListener("upgrade", (request) => { delete request.headers.origin; })],
])("what %s changes in a request counts: without an origin it comes from no page", async (_who, change) => {
  const { server, url } = await serve();
  await expect(socket(url + handshakeQuery, { Origin: "https://evil.example" })).rejects.toMatchObject({ statusCode: 403 });
  change(server);
  await socket(url + handshakeQuery, { Origin: "https://evil.example" });
});

test("a WebSocket with no room for OPEN ends, and is not waited for", async () => {
  const { url, server, sockets } = await serve({ maxBufferedBytes: 100, initialPacket: "first" });
  const client = await socket(url + handshakeQuery);
  expect(await client.closed).toMatchObject({ initiator: "remote" });
  expect([sockets[0]?.readyState, server.clientsCount]).toEqual(["closed", 0]);
  await server.close();
});

describe.each(handshakes)("of handshakes that are given one id, the first on %s", (_name, first) => {
  test.each(handshakes)("and the second on %s, one opens a session, and its end frees the id", async (_other, second) => {
    const fixture = await serve({ customTransports, generateId: () => "same" });
    const { server, refusals } = fixture;
    const statuses = await Promise.all([first(fixture), second(fixture)]);
    expect([statuses.filter((status) => status === 400).length, refusals.length, Object.keys(server.clients)]).toEqual([1, 1, ["same"]]);
    expect(refusals[0]?.context["name"]).toBe("ID_GENERATION_ERROR");
    server.clients["same"]?.session.fail("forced close");
    expect(server.clientsCount).toBe(0);
    await open(fixture.url);
    expect(Object.keys(server.clients)).toEqual(["same"]);
  });
});
