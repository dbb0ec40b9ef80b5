/** The wire of handshakes, and what is refused. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { handshakeQuery, open, post, raw, send, serve, socket } from "../../test/http.js";

describe("handshake", () => {
  test("polling: 0{…} with exactly the five keys, in text/plain", async () => {
    const { url, server } = await serve({ pingInterval: 300, pingTimeout: 200, maxHttpBufferSize: 12_345 });
    const answer = await send(url + handshakeQuery);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=UTF-8");
    const [sid] = Object.keys(server.clients);
    expect(sid).toMatch(/^[\w-]{20}$/);
    expect(answer.body).toBe(`0{"sid":"${String(sid)}","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":12345}`);
  });

  test("websocket: the same with no upgrades", async () => {
    const { url, server } = await serve();
    const ws = await socket(url + handshakeQuery);
    const first = String(await ws.receive());
    expect(JSON.parse(first.slice(1))).toEqual({ sid: Object.keys(server.clients)[0], upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 });
  });

  test("what the connection handler sends rides along, behind the initial packet", async () => {
    const { url, server } = await serve({ initialPacket: "first", allowUpgrades: false });
    server.on("connection", (client) => void client.send("second"));
    const packets = (await send(url + handshakeQuery)).body.split("\x1e");
    expect(packets[0]).toContain('"upgrades":[]');
    expect(packets.slice(1)).toEqual(["4first", "4second"]);
  });

  test.each([
    ["no transport", "/engine.io/?EIO=4", "GET", 400, 0, "Transport unknown"],
    ["an unknown transport", "/engine.io/?EIO=4&transport=abc", "GET", 400, 0, "Transport unknown"],
    ["__proto__ as transport", "/engine.io/?EIO=4&transport=__proto__", "GET", 400, 0, "Transport unknown"],
    ["an unknown sid", "/engine.io/?EIO=4&transport=polling&sid=abc", "GET", 400, 1, "Session ID unknown"],
    ["__proto__ as sid", "/engine.io/?EIO=4&transport=polling&sid=__proto__", "GET", 400, 1, "Session ID unknown"],
    ["an empty sid", "/engine.io/?EIO=4&transport=polling&sid=", "GET", 400, 1, "Session ID unknown"],
    ["POST", handshakeQuery, "POST", 400, 2, "Bad handshake method"],
    ["PUT", handshakeQuery, "PUT", 400, 2, "Bad handshake method"],
    ["DELETE", handshakeQuery, "DELETE", 400, 2, "Bad handshake method"],
    ["websocket without upgrade", "/engine.io/?EIO=4&transport=websocket", "GET", 400, 3, "Bad request"],
    ["JSONP", `${handshakeQuery}&j=0`, "GET", 400, 3, "Bad request"],
    ["no EIO", "/engine.io/?transport=polling", "GET", 400, 5, "Unsupported protocol version"],
    ["EIO=3", "/engine.io/?EIO=3&transport=polling", "GET", 400, 5, "Unsupported protocol version"],
  ])("%s is refused", async (_name, path, method, status, code, message) => {
    const { url, refusals, server } = await serve();
    const answer = await send(url + path, { method });
    expect(answer).toMatchObject({ status, body: JSON.stringify({ code, message }) });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(refusals).toMatchObject([{ code, message }]);
    expect(server.clientsCount).toBe(0);
  });

  test.each([
    ["an unknown transport", "/engine.io/?EIO=4&transport=abc", 0],
    ["polling as transport", handshakeQuery, 3],
    ["an unknown sid", "/engine.io/?EIO=4&transport=websocket&sid=nope", 1],
    ["EIO=3", "/engine.io/?EIO=3&transport=websocket", 5],
  ])("an upgrade request with %s is refused on its socket", async (_name, path, code) => {
    const { port, refusals } = await serve();
    const received = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received).toContain(`{"code":${code},`);
    expect(refusals).toMatchObject([{ code }]);
  });

  test("other paths go where they went before; an upgrade that nobody wants is hung up on", async () => {
    const clock = new FakeClock();
    const { url, port } = await serve({ clock });
    expect(await send(`${url}/elsewhere`)).toMatchObject({ status: 404, body: "other" });
    const hungUp = raw(port, "GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    while (clock.pending === 0) await settle();
    clock.advance(1000);
    expect(await hungUp).toBe("");
  });

  test("maxSessions sessions, and the next is answered 503; a place that is given back is free", async () => {
    const { url, server, refusals } = await serve({ maxSessions: 2 });
    const first = await open(url);
    await open(url);
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 503 });
    expect(refusals).toMatchObject([{ context: { name: "SESSION_LIMIT", maxSessions: 2 } }]);
    await post(first.url, "1");
    expect(server.clientsCount).toBe(1);
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 200 });
  });

  test("of two handshakes that get the same id at the same time one is refused, and the other keeps its session", async () => {
    const waiting: ((id: string) => void)[] = [];
    const { url, server, refusals } = await serve({ generateId: () => new Promise((resolve) => waiting.push(resolve)) });
    const answers = [send(url + handshakeQuery), send(url + handshakeQuery)];
    while (waiting.length < 2) await settle();
    for (const decide of waiting) decide("same");
    expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 400]);
    expect([server.clientsCount, server.clients["same"]?.readyState, refusals]).toMatchObject([1, "open", [{ context: { name: "ID_GENERATION_ERROR", id: "same" } }]]);
  });

  test("places are counted while generateId() thinks; a repeated, empty or failing id is refused", async () => {
    const ids: (() => string | Promise<string>)[] = [
      () => "custom", () => "custom", () => "", () => { throw new Error("none"); }, () => Promise.reject(new Error("later")), () => "__proto__",
    ];
    const { url, server, refusals } = await serve({ generateId: () => ids.shift()?.() ?? "last" });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await send(url + handshakeQuery)).status);
    expect(statuses).toEqual([200, 400, 400, 400, 400, 200]);
    expect(Object.keys(server.clients)).toEqual(["custom", "__proto__"]);
    expect(refusals.map(({ context }) => context["name"])).toEqual(Array.from({ length: 4 }, () => "ID_GENERATION_ERROR"));
  });
});
