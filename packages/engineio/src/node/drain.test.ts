/** Going out of service: drain(), shutdown(), and what clients are told meanwhile. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { handshakeQuery, open, raw, send, serve, socket } from "../../test/http.js";
import { DRAIN_STEP_MS, type DrainProgress } from "./drain.js";

describe("drain()", () => {
  test("refuses handshakes with 503 and Retry-After, serves the sessions that are left, and closes them after what was sent", async () => {
    const { url, port, server, sockets, refusals } = await serve();
    const session = await open(url);
    const ws = await socket(url + handshakeQuery);
    await ws.receive();
    const reasons: unknown[] = [];
    for (const client of sockets) {
      client.on("close", (reason) => reasons.push(reason));
      void client.send("last words");
    }
    expect(server.isClosing).toBe(false);
    const progress: DrainProgress[] = [];
    const drained = server.drain({ onProgress: (step) => progress.push(step) });
    expect(server.isClosing).toBe(true);
    expect(await send(url + handshakeQuery)).toMatchObject({ status: 503, body: '{"code":3,"message":"Server is closing"}', headers: { "retry-after": "30" } });
    expect(await raw(port, `GET ${handshakeQuery.replace("polling", "websocket")} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`)).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 30/);
    expect(refusals).toMatchObject([1, 2].map(() => ({ reason: "engineio/server-closing", context: { name: "SERVER_CLOSING" } })));
    expect([await ws.receive(), (await ws.closed).code]).toEqual(["4last words", 1001]);
    expect([(await send(session.url)).body, (await send(session.url)).body]).toEqual(["4last words", "1"]);
    expect(await drained).toMatchObject({ total: 2, cutOff: 0 });
    expect(reasons).toEqual(["server shutting down", "server shutting down"]);
    expect(progress).toEqual([{ total: 2, remaining: 1 }, { total: 2, remaining: 0 }]);
  });

  test("without sessions it is done at once, and leaves no timer", async () => {
    const clock = new FakeClock();
    const { server } = await serve({ clock });
    expect(await server.drain({ overMs: 1000 })).toEqual({ total: 0, cutOff: 0, tookMs: 0 });
    expect(clock.pending).toBe(0);
  });

  test.each<[string, { overMs?: number; perSecond?: number }, number]>([["overMs", { overMs: 1000 }, 1000], ["perSecond", { perSecond: 10 }, 1000], ["the slower of both", { overMs: 100, perSecond: 10 }, 1000]])("%s spreads the closes", async (_name, options, overMs) => {
    const clock = new FakeClock();
    const { url, server } = await serve({ clock });
    const closed: Promise<unknown>[] = [];
    for (let i = 0; i < 10; i++) closed.push((await socket(url + handshakeQuery)).closed);
    const left: number[] = [];
    const drained = server.drain(options);
    for (let ms = 0; ms < overMs; ms += DRAIN_STEP_MS) {
      left.push(server.clientsCount);
      clock.advance(DRAIN_STEP_MS);
    }
    expect(left).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await drained).toMatchObject({ total: 10, cutOff: 0 });
    await Promise.all(closed);
    expect(clock.pending).toBe(0);
  });

  test("timeoutMs: who has not fetched what was sent is cut off", async () => {
    const clock = new FakeClock();
    const { url, server, sockets } = await serve({ clock });
    const session = await open(url);
    void sockets[0]!.send("never fetched");
    const drained = server.drain({ timeoutMs: 300 });
    clock.advance(299);
    expect(server.clientsCount).toBe(1);
    clock.advance(1);
    expect(await drained).toEqual({ total: 1, cutOff: 1, tookMs: 300 });
    expect((await send(session.url)).status).toBe(400);
    expect(clock.pending).toBe(0);
  });

  test("a signal cuts off at once: while it waits, or before it begins", async () => {
    const { url, server } = await serve();
    await open(url);
    const stop = new AbortController();
    const drained = server.drain({ signal: stop.signal, overMs: 60_000 });
    await settle();
    stop.abort();
    expect(await drained).toMatchObject({ total: 1, cutOff: 1 });
    const other = await serve();
    await open(other.url);
    expect(await other.server.drain({ signal: AbortSignal.abort() })).toMatchObject({ cutOff: 1 });
  });

  test.each([{ overMs: -1 }, { perSecond: 0 }, { timeoutMs: NaN }])("%o is refused by name, and nothing has changed", async (options) => {
    const { server } = await serve();
    await expect(server.drain(options)).rejects.toMatchObject({ code: "engineio/invalid-option", message: expect.stringContaining(String(Object.keys(options)[0])) as string });
    expect(server.isClosing).toBe(false);
  });

  test("without a limit clients are told to come back tomorrow", async () => {
    const { url, server } = await serve();
    await open(url);
    const stop = new AbortController();
    const drained = server.drain({ overMs: Infinity, signal: stop.signal });
    expect((await send(url + handshakeQuery)).headers["retry-after"]).toBe("86400");
    stop.abort();
    expect(await drained).toMatchObject({ total: 1 });
  });

  test("a broken onProgress is reported, and stops nothing", async () => {
    const { url, server, failures } = await serve();
    await socket(url + handshakeQuery);
    expect(await server.drain({ onProgress: () => { throw new Error("broken"); } })).toMatchObject({ total: 1, cutOff: 0 });
    expect(failures).toEqual([expect.objectContaining({ message: "broken" })]);
  });
});

test("shutdown() drains, then closes: its listeners are gone", async () => {
  const { url, server } = await serve();
  const ws = await socket(url + handshakeQuery);
  let isClosed = false;
  server.on("close", () => { isClosed = true; });
  expect(await server.shutdown({ timeoutMs: 30_000 })).toMatchObject({ total: 1, cutOff: 0 });
  expect([(await ws.closed).code, isClosed, (await send(url + handshakeQuery)).status]).toEqual([1001, true, 404]);
});
