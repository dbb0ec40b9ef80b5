/**
 * Where other servers leave the protocol, or let any client in: one test per hole, named after it, over real HTTP and WebSockets.
 * The holes of sessions and packets are in core/robustness.test.ts.
 */
import { FakeClock } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { handshakeQuery, next, open, post, raw, send, serve, socket } from "../../test/http.js";

const websocketQuery = handshakeQuery.replace("polling", "websocket");

describe("python-engineio", () => {
  test.each([0.5, 300, 300.5])("hole: sub-second ping intervals are advertised as 0; ours says %d", async (pingInterval) => {
    const { url } = await serve({ pingInterval });
    expect((await send(url + handshakeQuery)).body).toContain(`"pingInterval":${pingInterval},`);
  });

  test("hole: a missing transport is taken as polling", async () => {
    const { url, refusals } = await serve();
    expect(await send(`${url}/engine.io/?EIO=4`)).toMatchObject({ status: 400, body: '{"code":0,"message":"Transport unknown"}' });
    expect(refusals).toMatchObject([{ code: 0, reason: "engineio/unknown-transport" }]);
  });

  test.each(["PUT", "DELETE", "PATCH"])("hole: %s is answered 405; ours 400, with and without a session", async (method) => {
    const { url } = await serve();
    expect((await send(url + handshakeQuery, { method })).body).toBe('{"code":2,"message":"Bad handshake method"}');
    expect(await send((await open(url)).url, { method })).toMatchObject({ status: 400, body: '{"code":3,"message":"Bad request"}' });
  });

  test("hole: a POST is answered OK; ours ok", async () => {
    const { url } = await serve();
    expect((await post((await open(url)).url, "4x")).body).toBe("ok");
  });

  test.each(["xyz", "b!!!", "", "4x\x1e"])("hole: the invalid payload %j is answered 200 and the session lives; ours 400, and it ends", async (body) => {
    const { url, refusals, server } = await serve();
    expect((await post((await open(url)).url, body)).status).toBe(400);
    expect([server.clientsCount, refusals]).toMatchObject([0, [{ code: 3, reason: "engineio/bad-payload", context: { name: "BAD_PAYLOAD" } }]]);
  });

  test("hole: 17 packets are answered 200, and all are lost; ours are all delivered", async () => {
    const { url, sockets } = await serve();
    const session = await open(url);
    const got: unknown[] = [];
    sockets[0]!.on("message", (data) => got.push(data));
    expect((await post(session.url, Array.from({ length: 17 }, (_, i) => `4${i}`).join("\x1e"))).status).toBe(200);
    expect(got).toHaveLength(17);
  });

  test("hole: duplicate polls are both served; ours answers the first with 1, the second with 400, and ends the session", async () => {
    const { url, refusals, server, taken } = await serve();
    const session = await open(url);
    const first = send(session.url);
    await taken();
    const second = await send(session.url);
    expect([second.status, (await first).body, server.clientsCount]).toEqual([400, "1", 0]);
    expect(refusals).toMatchObject([{ code: 3, reason: "engineio/overlapping-requests", context: { name: "OVERLAP" } }]);
  });

  test("hole: a poll after the ping deadline is answered 200; ours 400", async () => {
    const clock = new FakeClock();
    const { url, taken } = await serve({ clock, pingInterval: 300, pingTimeout: 200 });
    const session = await open(url);
    const ping = send(session.url);
    await taken();
    clock.advance(300);
    expect((await ping).body).toBe("2");
    clock.nowMs += 200; // before any timer
    expect(await send(session.url)).toMatchObject({ status: 400, body: '{"code":1,"message":"Session ID unknown"}' });
  });

  test("hole: CLOSE by POST leaves the poll parked until it times out; ours is answered 6 at once", async () => {
    const { url, taken } = await serve();
    const session = await open(url);
    const parked = send(session.url);
    await taken();
    expect([(await post(session.url, "1")).status, (await parked).body]).toEqual([200, "6"]);
  });

  test("hole: a stray 6 comes over the WebSocket after the upgrade", async () => {
    const { url, sockets, taken } = await serve();
    const session = await open(url);
    const parked = send(session.url);
    await taken();
    const ws = await socket(session.url);
    void ws.send("2probe");
    expect([await ws.receive(), (await parked).body]).toEqual(["3probe", "6"]);
    void ws.send("5");
    await next<unknown>((done) => sockets[0]!.on("upgrade", done));
    void sockets[0]!.send("first");
    expect(await ws.receive()).toBe("4first");
  });

  test("hole: a second WebSocket for a session is answered 500; ours is closed, and the session goes on", async () => {
    const { url, sockets } = await serve();
    const session = await open(url);
    const first = await socket(session.url);
    const second = await socket(session.url);
    expect(await second.closed).toMatchObject({ wasClean: true });
    void first.send("2probe");
    expect(await first.receive()).toBe("3probe");
    void first.send("5");
    await next<unknown>((done) => sockets[0]!.on("upgrade", done));
    expect(await (await socket(session.url)).closed).toMatchObject({ wasClean: true });
    expect(sockets[0]!.readyState).toBe("open");
  });

  test("hole: POSTs are accepted after the upgrade", async () => {
    const { url, sockets } = await serve();
    const session = await open(url);
    const ws = await socket(session.url);
    void ws.send("2probe");
    await ws.receive();
    void ws.send("5");
    await next<unknown>((done) => sockets[0]!.on("upgrade", done));
    const got: unknown[] = [];
    sockets[0]!.on("message", (data) => got.push(data));
    expect([(await post(session.url, "4x")).status, got]).toEqual([400, []]);
  });

  test("hole: a chunked body without a length is read as empty, and answered 200", async () => {
    const { url, sockets } = await serve();
    const session = await open(url);
    const got = next<unknown>((done) => sockets[0]!.on("message", done));
    expect((await send(session.url, { method: "POST", headers: { "Content-Type": "text/plain" }, chunks: ["4ch", "unked"] })).body).toBe("ok");
    expect(await got).toBe("chunked");
  });

  test("hole: a POST that fails waits for a poll to be parked, for ever", async () => {
    const { url } = await serve({ maxHttpBufferSize: 5 });
    expect((await post((await open(url)).url, "4xxxxx")).status).toBe(413);
  });

  test("hole: disconnect() over WebSocket leaves the socket to the peer; ours closes it", async () => {
    const { url, server } = await serve();
    const ws = await socket(url + handshakeQuery);
    await server.disconnect();
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  test("hole: shutdown() leaves clients connected; ours ends every one", async () => {
    const { url, server } = await serve();
    const ws = await socket(url + handshakeQuery);
    await server.shutdown();
    expect([(await ws.closed).code, server.clientsCount]).toEqual([1001, 0]);
  });

  test("hole: a POST that begins in time and never ends keeps its session for as long as it likes (postTimeout)", async () => {
    const clock = new FakeClock();
    const { url, port, server } = await serve({ clock, pingInterval: 60_000 });
    const session = await open(url);
    const begun = next<unknown>((done) => server.once("headers", done));
    const answer = raw(port, `POST ${session.url.slice(url.length)} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n4`);
    await begun;
    clock.advance(30_000);
    expect([(await answer).slice(0, 12), server.clientsCount]).toEqual(["HTTP/1.1 408", 0]);
  });
});

describe("engine.io", () => {
  test("hole: any page may open a WebSocket where cors names others; ours judges both transports alike", async () => {
    const { url } = await serve({ cors: { origin: "https://good.example" } });
    await expect(socket(url + websocketQuery, { Origin: "https://evil.example" })).rejects.toMatchObject({ statusCode: 403 });
  });

  test("hole: EIO of later requests may differ; ours says PROTOCOL_MISMATCH", async () => {
    const { url, refusals, server } = await serve();
    const session = await open(url);
    for (const wrong of ["EIO=3", "EIO=5", "EIO=", "x=4"]) expect((await send(session.url.replace("EIO=4", wrong))).status).toBe(400);
    expect(refusals).toMatchObject([1, 2, 3, 4].map(() => ({ code: 3, context: { name: "PROTOCOL_MISMATCH" } })));
    expect(server.clientsCount).toBe(1);
  });

  test("hole: the path /engine.iofoo is Engine.IO's where no trailing slash is asked for", async () => {
    const { url } = await serve({ addTrailingSlash: false });
    const statuses = [];
    for (const path of ["/engine.iofoo?EIO=4&transport=polling", "/engine.io?EIO=4&transport=polling", "/engine.io/?EIO=4&transport=polling"]) statuses.push((await send(url + path)).status);
    expect(statuses).toEqual([404, 200, 200]);
  });
});
