/** The wire of WebSockets, upgrades, heartbeats and of the server's end. */
import { FakeClock } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { prepareMessage } from "../server.js";
import { handshakeQuery, next, open, post, send, serve, socket } from "../../test/http.js";

const unknownSid = { status: 400, body: '{"code":1,"message":"Session ID unknown"}' };
const badRequest = { status: 400, body: '{"code":3,"message":"Bad request"}' };

describe("heartbeat", () => {
  test("polling: PING on the parked poll, PONG by POST; without PONG the sid is gone at the deadline, however late the sweep", async () => {
    const clock = new FakeClock();
    const { url, sockets, taken } = await serve({ clock, pingInterval: 300, pingTimeout: 200 });
    const session = await open(url);
    const parked = send(session.url);
    await taken();
    clock.advance(300);
    expect((await parked).body).toBe("2");
    const heard = next<unknown>((done) => sockets[0]!.on("heartbeat", () => done(1)));
    await post(session.url, "3");
    await heard;
    const ended = next<unknown>((done) => sockets[0]!.on("close", done));
    clock.advance(300);
    expect((await send(session.url)).body).toBe("2");
    clock.nowMs += 200; // no timer has fired
    expect(await send(session.url)).toMatchObject(unknownSid);
    expect(await ended).toBe("ping timeout");
  });

  test("websocket: PING, PONG, and close without it", async () => {
    const clock = new FakeClock();
    const { url, sockets } = await serve({ clock });
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    clock.advance(25_000);
    expect(await ws.receive()).toBe("2");
    const heard = next<unknown>((done) => sockets[0]!.on("heartbeat", () => done(1)));
    void ws.send("3");
    await heard;
    clock.advance(25_000);
    const ended = next<unknown>((done) => sockets[0]!.on("close", done));
    clock.advance(20_050);
    expect([await ended, (await ws.closed).wasClean]).toEqual(["ping timeout", true]);
    expect(clock.pending, "no timer is left").toBe(0);
  });

  test("an interval shorter than the timeout is kept: the next PING is due an interval after the PONG", async () => {
    const clock = new FakeClock();
    const { url, sockets } = await serve({ clock, pingInterval: 100, pingTimeout: 5_000 });
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    for (let beat = 0; beat < 3; beat++) {
      clock.advance(100);
      expect(await ws.receive()).toBe("2");
      const heard = next<unknown>((done) => sockets[0]!.once("heartbeat", () => done(1)));
      void ws.send("3");
      await heard;
    }
  });

  test("ten sessions share one timer", async () => {
    const clock = new FakeClock();
    const { url } = await serve({ clock });
    for (let i = 0; i < 10; i++) await open(url);
    expect(clock.pending).toBe(1);
  });
});

describe("websocket", () => {
  test("text and bytes both ways", async () => {
    const { url, sockets } = await serve();
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    const client = sockets[0]!;
    const got: unknown[] = [];
    const all = next<unknown>((done) => client.on("message", (data) => { if (got.push(data) === 2) done(1); }));
    void ws.send("4hello");
    void ws.send(new Uint8Array([1, 2]));
    await all;
    expect(got).toEqual(["hello", Buffer.from([1, 2])]);
    expect(Buffer.isBuffer(got[1])).toBe(true);
    void client.send("€");
    void client.send(Buffer.from([3]));
    expect([await ws.receive(), new Uint8Array((await ws.receive()) as Uint8Array)]).toEqual(["4€", new Uint8Array([3])]);
  });

  test.each(["", "abc", "0{}", "2", "5", "6", "9"])("a malformed packet (%j) closes it at once with 1002", async (packet) => {
    const { url, sockets } = await serve();
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    const ended = next<unknown>((done) => sockets[0]!.on("close", done));
    void ws.send(packet);
    expect([await ended, (await ws.closed).code]).toEqual(["parse error", 1002]);
  });

  test("a message of maxHttpBufferSize bytes is taken, one more closes with 1009 and ContentTooLongError", async () => {
    const { url, sockets } = await serve({ maxHttpBufferSize: 300 });
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    const got = next<unknown>((done) => sockets[0]!.on("message", done));
    void ws.send("4".padEnd(300, "x"));
    expect(await got).toBe("x".repeat(299));
    const ended = next<unknown[]>((done) => sockets[0]!.on("close", (...args) => done(args)));
    void ws.send("4".padEnd(301, "x"));
    expect(await ended).toEqual(["transport error", expect.objectContaining({ name: "ContentTooLongError" })]);
    expect((await ws.closed).code).toBe(1009);
  });

  test("CLOSE, a closed and a cut connection are told as transport close", async () => {
    const { url, sockets } = await serve();
    const reasons = [];
    const endings: ((ws: Awaited<ReturnType<typeof socket>>) => unknown)[] = [(ws) => ws.send("1"), (ws) => ws.close(), (ws) => ws.terminate()];
    for (const end of endings) {
      const ws = await socket(url + handshakeQuery);
      await ws.receive();
      const ended = next<unknown>((done) => sockets.at(-1)!.on("close", done));
      void end(ws);
      reasons.push(await ended);
    }
    expect(reasons).toEqual(["transport close", "transport close", "transport close"]);
  });
});

describe("sendPrepared()", () => {
  test("encodes one frame for all WebSocket members, and one base64 for all polling members", async () => {
    const { url, sockets } = await serve();
    const members = [await socket(url + handshakeQuery), await socket(url + handshakeQuery)];
    for (const member of members) await member.receive();
    const polling = [await open(url), await open(url)];
    const bytes = prepareMessage(new Uint8Array([1, 2, 3]));
    const text = prepareMessage("all");
    const frames = new Set<unknown>();
    const encodings = new Set<unknown>();
    for (const member of sockets) {
      void member.sendPrepared(bytes);
      void member.sendPrepared(text);
      if (member.transport.name === "websocket") frames.add(bytes.frame);
    }
    for (const { url: poll } of polling) {
      expect((await send(poll)).body).toBe("bAQID\x1e4all");
      encodings.add(bytes.base64);
    }
    for (const member of members) expect([new Uint8Array((await member.receive()) as Uint8Array), await member.receive()]).toEqual([new Uint8Array([1, 2, 3]), "4all"]);
    expect([frames.size, [...encodings]]).toEqual([1, ["bAQID"]]);
  });
});

describe("upgrade", () => {
  test("2probe, 3probe, the parked poll is answered 6 at once, 5; then HTTP gets 400 and a second WebSocket is closed", async () => {
    const { url, sockets, taken } = await serve();
    const session = await open(url);
    const parked = send(session.url);
    await taken();
    const ws = await socket(session.url);
    void ws.send("2probe");
    expect(await ws.receive()).toBe("3probe");
    expect((await parked).body).toBe("6");
    expect((await send(session.url)).body, "later polls do not wait either").toBe("6");
    void sockets[0]!.send("waits for nobody");
    expect((await send(session.url)).body).toBe("4waits for nobody");
    void sockets[0]!.send("after");
    const upgraded = next<unknown>((done) => sockets[0]!.on("upgrade", (transport) => done(transport.name)));
    void ws.send("5");
    expect([await upgraded, await ws.receive(), sockets[0]!.upgraded]).toEqual(["websocket", "4after", true]);
    expect(await send(session.url)).toMatchObject(badRequest);
    expect(await post(session.url, "4x")).toMatchObject(badRequest);
    const second = await socket(session.url);
    expect((await second.closed).wasClean).toBe(true);
    expect(sockets[0]!.readyState).toBe("open");
  });

  test("a failed probe closes the WebSocket, and polling goes on", async () => {
    const { url, sockets } = await serve();
    const session = await open(url);
    const ws = await socket(session.url);
    void ws.send("4not a probe");
    await ws.closed;
    const got = next<unknown>((done) => sockets[0]!.on("message", done));
    expect(await post(session.url, "4still here")).toMatchObject({ body: "ok" });
    expect(await got).toBe("still here");
  });

  test("one that never ends is over after upgradeTimeout", async () => {
    const clock = new FakeClock();
    const { url, sockets } = await serve({ clock, upgradeTimeout: 500 });
    const session = await open(url);
    const failed = next<unknown>((done) => sockets[0]!.on("upgradeError", done));
    const ws = await socket(session.url);
    void ws.send("2probe");
    await ws.receive();
    clock.advance(500);
    expect([await failed, (await ws.closed).wasClean]).toEqual([expect.objectContaining({ code: "engineio/upgrade-failed" }), true]);
    expect(sockets[0]!.readyState).toBe("open");
  });

  test("is not possible where allowUpgrades is false", async () => {
    const { url } = await serve({ allowUpgrades: false });
    const session = await open(url);
    await (await socket(session.url)).closed;
    expect(await post(session.url, "4x")).toMatchObject({ body: "ok" });
  });
});

describe("close()", () => {
  test("ends every session with server shutting down, WebSockets with 1001, and refuses the rest", async () => {
    const { url, server, sockets, taken } = await serve();
    const session = await open(url);
    const parked = send(session.url);
    await taken();
    const ws = await socket(url + handshakeQuery);
    const reasons: unknown[] = [];
    for (const client of sockets) client.on("close", (reason) => reasons.push(reason));
    await server.close();
    expect([(await parked).body, (await ws.closed).code, reasons, server.clientsCount]).toEqual(["1", 1001, ["server shutting down", "server shutting down"], 0]);
    expect((await send(url + handshakeQuery)).status, "its listeners are gone").toBe(404);
  });
});
