/** TCP that is reset at every stage of a connection's life: no crash, one end, nothing left. */
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, serve } from "@x/simple-ws";
import { concat, hex, listen } from "@x/testkit";
import { answerHead, frame, readHead, requestHead } from "../rfc/raw-end.js";
import { ground, roles, type Open } from "./ends.js";
import { alive, nothingLeft, until, type Alive } from "./nothing-left.js";

let before: Alive;
beforeEach(() => void (before = alive()));
afterEach(() => nothingLeft(before));

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => void process.on("uncaughtExceptionMonitor", note));
afterEach(() => {
  process.off("uncaughtExceptionMonitor", note);
  expect(uncaught).toEqual([]);
});

const lost = { code: 1006, reason: "", wasClean: false, initiator: "network" };

/** What the peer does before the reset, and how it ends for us. */
const stages: readonly (readonly [string, (open: Open) => unknown, object])[] = [
  ["idle", () => undefined, lost],
  ["within a header", ({ peer }) => peer.write(hex("82")), lost],
  ["within a frame", ({ peer, isMasked }) => peer.write(frame(0x82, Buffer.alloc(500), isMasked).subarray(0, 100)), lost],
  ["within a message", ({ peer, isMasked }) => peer.write(concat(frame(0x01, Buffer.from("a"), isMasked), frame(0x89, hex(""), isMasked))), lost],
  ["while we send", ({ ours }) => void ours.send("x".repeat(3_000_000)).catch(() => undefined), lost],
  ["while we wait for a Pong", ({ ours }) => void ours.ping().catch(() => undefined), lost],
  ["while a message in pieces is on its way", ({ ours }) => void ours.sendFragments((async function* () {
    yield "one";
    await ours.closed;
    yield "two";
  })()).catch(() => undefined), lost],
  ["after our Close", ({ ours }) => void ours.close(3001, "bye"), { code: 3001, reason: "bye", wasClean: false, initiator: "local" }],
];

describe.each(roles)("our %s is reset", (role) => {
  test.each(stages)("%s", async (_name, act, info) => {
    const place = await ground(role);
    const { ours, peer, isMasked } = await place.open();
    const receiving = ours.receive().catch((error: unknown) => error);
    act({ ours, peer, isMasked });
    await new Promise<void>((resolve) => setImmediate(resolve));
    peer.resetAndDestroy();
    expect(await ours.closed).toEqual(info);
    expect(await receiving).toMatchObject({ name: "ConnectionClosed" });
    await place.close();
  });

  test("right behind its peer's Close, which was read or not", async () => {
    const place = await ground(role);
    const { ours, peer, isMasked } = await place.open();
    peer.write(frame(0x88, hex("03e8"), isMasked));
    peer.resetAndDestroy();
    expect([1000, 1006]).toContain((await ours.closed).code);
    await place.close();
  });
});

describe("during the handshake", () => {
  test.each<[string, (socket: Socket) => void]>([
    ["after TCP", () => undefined],
    ["within the request", (socket) => socket.write(requestHead("/").slice(0, 30))],
    ["right behind the request", (socket) => socket.write(requestHead("/"))],
    ["right behind a request that is refused", (socket) => socket.write(requestHead("/", "Origin: https://evil.test"))],
    ["right behind a request with frames", (socket) => socket.write(Buffer.concat([Buffer.from(requestHead("/")), frame(0x81, Buffer.from("x"), true)]))],
  ])("our server: %s, with and without a verify that is slow", async (_name, act) => {
    for (const verify of [undefined, () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20))]) {
      const server = await serve({ pingIntervalMs: 0, ...(verify === undefined ? {} : { verify }), onConnection: (connection) => void connection.send("x") });
      await Promise.all(Array.from({ length: 10 }, async () => {
        const socket = connectTcp(server.port, "127.0.0.1").on("error", () => undefined);
        await new Promise((resolve) => socket.once("connect", resolve));
        act(socket);
        await new Promise<void>((resolve) => setImmediate(resolve));
        socket.resetAndDestroy();
      }));
      await until(() => server.connectionsCount === 0, "no connection is left");
      await server.close();
    }
  });

  test("our client: right behind the answer, and behind frames", async () => {
    const server = await listen(createServer((socket) => {
      socket.on("error", () => undefined);
      void readHead(socket).then((request) => socket.write(Buffer.concat([Buffer.from(answerHead(request)), frame(0x81, Buffer.from("x"), false)]), () => socket.resetAndDestroy()));
    }));
    for (let attempt = 0; attempt < 10; attempt++) {
      const outcome: unknown = await connect(`ws://127.0.0.1:${server.port}/`, { proxy: false }).then(({ closed }) => closed, (error: unknown) => error);
      expect(outcome).toMatchObject(outcome instanceof Error ? { code: "simple-ws/network-error" } : lost);
    }
    await server.close();
  });
});
