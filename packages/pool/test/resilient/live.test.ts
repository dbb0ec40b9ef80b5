/** On real connections: the server of @x/simple-ws, and `ws`. */
import { createServer } from "node:http";
import { connect as dial, createServer as createTcpServer, type Socket } from "node:net";
import { listen } from "@x/testkit";
import { serve, type ServeOptions, type WebSocketConnection } from "@x/simple-ws";
import { connect as connectWeb } from "@x/simple-ws/web";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer, WebSocket as NativeWebSocket, type ServerOptions, type WebSocket } from "ws";
import { connectResilient, rawSerializer, ResilientSocket, SimpleWsLink, type ResilientSocketOptions, type Transport } from "../../src/resilient.js";
import { failure } from "./fake-transport.js";

const quick = { baseMs: 1, capMs: 5 } as const;

async function ours(onConnection: (connection: WebSocketConnection) => unknown, options: Omit<ServeOptions, "onConnection"> = {}): Promise<string> {
  const server = await serve({ closeTimeoutMs: 10_000, ...options, onConnection });
  onTestFinished(() => server.close());
  return server.url;
}

async function theirs(onConnection: (socket: WebSocket) => unknown, options: ServerOptions = {}): Promise<string> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, ...options });
  server.on("connection", (socket) => void onConnection(socket));
  const { url, close } = await listen(http);
  onTestFinished(async () => {
    for (const client of server.clients) client.terminate();
    server.close();
    await close();
  });
  return url.replace("http:", "ws:");
}

function make<In = unknown, Out = unknown>(url: string, options: ResilientSocketOptions<In, Out> = {}): ResilientSocket<In, Out> {
  const socket = new ResilientSocket<In, Out>(url, { reconnect: quick, closeTimeoutMs: 10_000, ...options });
  onTestFinished(() => void socket.close());
  return socket;
}

function once(socket: ResilientSocket, event: "pong" | "connected" | "closed" | "renewed" | "disconnected" | "reconnected"): Promise<object> {
  return new Promise((resolve) => void socket.once(event, (...[payload]) => resolve(payload)));
}

interface Peer {
  send(data: string): void;
  /** Hangs up without a Close, when what was sent has left. */
  drop(): void;
}

describe.each([
  ["@x/simple-ws", (onMessage: (data: string, peer: Peer) => void) => ours(async (connection) => {
    for await (const data of connection) onMessage(String(data), { send: (answer) => void connection.trySend(answer), drop: () => void setImmediate(() => connection.terminate()) });
  })],
  ["ws", (onMessage: (data: string, peer: Peer) => void) => theirs((socket) => {
    socket.on("message", (data: Buffer) => onMessage(data.toString(), { send: (answer) => socket.send(answer), drop: () => void setImmediate(() => socket.terminate()) }));
  })],
] as const)("with %s", (_, server) => {
  test("sends, receives, loops and closes", async () => {
    const url = await server((data, peer) => peer.send(data));
    await using socket = await connectResilient<number, number>(url, { reconnect: quick });
    for (const n of [1, 2, 3]) await socket.send(n);
    const seen: number[] = [];
    for await (const n of socket) if (seen.push(n) === 3) break;
    expect(seen).toEqual([1, 2, 3]);
    expect(await socket.close(1000, "done")).toEqual({ code: 1000, reason: "done", wasClean: true, initiator: "local" });
  });

  test("acknowledged messages survive lost connections, in order", async () => {
    const seen = new Set<number>();
    let turn = 0;
    const url = await server((data, peer) => {
      const { id } = JSON.parse(data) as { id: number };
      seen.add(id);
      if (++turn % 7 === 0) peer.drop();
      else peer.send(JSON.stringify({ ack: id }));
    });
    const socket = make<{ ack: number }, { id: number }>(url, { outbox: { ack: { idOf: ({ id }) => id, ackOf: (message) => (message as { ack: number }).ack } } });
    await socket.connect();
    await Promise.all(Array.from({ length: 50 }, (_item, id) => socket.send({ id })));
    expect([...seen]).toEqual(Array.from({ length: 50 }, (_item, id) => id));
    expect(socket.stats()).toMatchObject({ unacknowledged: 0, queued: 0 });
    expect(socket.stats().reconnects).toBeGreaterThan(0);
  });
});

describe("faults that JetSocket 0.1 was seen to have", () => {
  test("pongs were dropped, so that a healthy connection was torn down each interval", async () => {
    for (const url of [await ours(() => undefined), await theirs(() => undefined)]) {
      const socket = make(url, { heartbeat: { intervalMs: 10, timeoutMs: 10_000 } });
      await socket.connect();
      for (let round = 0; round < 3; round++) expect(await once(socket, "pong")).toMatchObject({ latencyMs: expect.any(Number) as number });
      expect(socket.stats()).toMatchObject({ reconnects: 0, errors: 0, latencyAverageMs: expect.any(Number) as number });
    }
  });

  test.each([[1000, "closed"], [1008, "failed"], [4401, "failed"]])("the server's close code %i was lost, and a reconnect followed", async (code, state) => {
    let visits = 0;
    const url = await theirs((peer) => {
      visits++;
      peer.close(code, "why");
    });
    const socket = make(url);
    const closed = once(socket, "closed");
    await socket.connect();
    expect(await closed).toEqual({ code, reason: "why", reconnecting: false });
    expect([socket.state, visits]).toEqual([state, 1]);
  });

  test("fragments were given out one by one", async () => {
    const url = await theirs((peer) => {
      peer.send('{"whole":', { fin: false });
      peer.send("true}", { fin: true });
    });
    const socket = make(url);
    await socket.connect();
    expect(await socket.receive()).toEqual({ whole: true });
  });

  test.each([
    ["text that is not UTF-8", [0x81, 0x01, 0xff], 1007],
    ["a masked frame of a server", [0x81, 0x81, 1, 2, 3, 4, 0x40], 1002],
    ["a reserved bit", [0xc1, 0x01, 0x41], 1002],
  ] as const)("%s was let through; now the peer is told, and the loop throws", async (_, bytes, code) => {
    let told: number | undefined;
    const url = await ours(async (connection) => (told = (await connection.closed).code));
    const socket = make((await relay(url, bytes)).replace("http:", "ws:"), { serializer: rawSerializer });
    await socket.connect();
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const message of socket) seen.push(message);
    })();
    expect(await failure(loop)).toMatchObject({ name: "InvalidFrameError", closeCode: code });
    await expect.poll(() => told).toBe(code);
    expect(socket.state).toBe("failed");
  });

  test("a reconnect because of age left the old connection open", async () => {
    const ends: Promise<unknown>[] = [];
    const url = await ours((connection) => void ends.push(connection.closed));
    const socket = make(url, { maxAgeMs: 20, maxAgeJitter: 0 });
    await socket.connect();
    await once(socket, "renewed");
    expect(await ends[0]).toMatchObject({ code: 1000, reason: "renewed", wasClean: true });
    expect(socket.isConnected).toBe(true);
  });

  test("connect() to a dead host never returned", async () => {
    const { url, close } = await listen(createServer());
    await close();
    const socket = make(url.replace("http:", "ws:"), { reconnect: { ...quick, attempts: 3 } });
    expect(await failure(socket.connect())).toMatchObject({ name: "ConnectionRefusedError" });
    expect(await failure(socket.connect({ retry: false }))).toMatchObject({ name: "ConnectionRefusedError", cause: { name: "ConnectionError" } });
  });

  test("decompression had no limit", async () => {
    const url = await theirs((peer) => peer.send("0".repeat(5_000_000)), { perMessageDeflate: true });
    const socket = make(url, { connection: { perMessageDeflate: true, maxMessageBytes: 100_000 } });
    await socket.connect();
    expect(await failure(socket.receive())).toMatchObject({ name: "InvalidFrameError", closeCode: 1009 });
  });

  test("the largest message size was never enforced", async () => {
    const url = await theirs((peer) => peer.send("x".repeat(101)));
    const socket = make(url, { connection: { maxMessageBytes: 100 } });
    await socket.connect();
    expect(await failure(socket.receive())).toMatchObject({ closeCode: 1009 });
  });

  test.each([401, 403, 404, 410])("HTTP %i was retried, and its status not known", async (statusCode) => {
    let visits = 0;
    const url = await ours(() => undefined, { verify: () => {
      visits++;
      return { statusCode };
    } });
    const error = await failure(make(url).connect());
    expect(error).toMatchObject({ name: "ConnectionRefusedError", httpStatus: statusCode, retryable: false });
    expect(visits).toBe(1);
  });

  test("line breaks in header fields reached the wire", async () => {
    const url = await ours(() => undefined);
    const socket = make(url, { headers: { "X-Name": "a\r\nX-Injected: b" } });
    expect(await failure(socket.connect())).toMatchObject({ name: "ConnectionError" });
    expect(socket.state).toBe("failed");
  });

  test("an empty Close was answered with 1005 on the wire", async () => {
    const url = await theirs((peer) => peer.close());
    const socket = make(url);
    const closed = once(socket, "closed");
    await socket.connect();
    expect(await closed).toMatchObject({ code: 1005, reconnecting: false });
  });
});

test("reconnects after the server went away, with fresh headers, and asks for what it missed", async () => {
  const log: string[] = [];
  let turn = 0;
  const url = await ours(async (connection) => {
    if (++turn === 1) {
      await connection.send('{"seq":1}');
      await connection.receive();
      connection.terminate();
      return;
    }
    for await (const request of connection) {
      log.push(String(request));
      await connection.send('{"seq":1}');
      await connection.send('{"seq":2}');
    }
  }, { verify: ({ headers }) => {
    log.push(String(headers["x-attempt"]));
    return undefined;
  } });
  const socket = make<{ seq: number }>(url, {
    headers: ({ reason }) => ({ "X-Attempt": reason }),
    replay: { sequenceIdOf: ({ seq }) => seq, onReplay: ({ lastSequenceId, send }) => send({ after: lastSequenceId }) },
  });
  await socket.connect();
  expect(await socket.receive()).toEqual({ seq: 1 });
  await socket.send("go away");
  expect(await socket.receive()).toEqual({ seq: 2 });
  expect(log).toEqual(["connect", "reconnect", '{"after":1}']);
});

test("over the platform's WebSocket, as in browsers: there are no pings, and close codes are 1000 or the application's", async () => {
  const ends: unknown[] = [];
  const url = await ours((connection) => connection.attach({ onMessage: (data) => connection.send(data), onClose: ({ code }) => ends.push(code) }));
  const transport: Transport = {
    connect: async (request) => new SimpleWsLink(await connectWeb(request.url, { signal: request.signal, WebSocket: NativeWebSocket })),
  };
  for (const code of [1001, 4000]) {
    const socket = make(url, { transport, heartbeat: 5 });
    await socket.connect();
    await socket.send({ echo: code });
    expect(await socket.receive()).toEqual({ echo: code });
    await expect.poll(() => socket.stats().uptimeMs).toBeGreaterThan(20);
    expect([socket.isConnected, socket.latencyMs, socket.stats().errors]).toEqual([true, undefined, 0]);
    await socket.close(code);
  }
  await expect.poll(() => ends).toEqual([1000, 4000]);
});

test("a slow consumer holds up the server, down to TCP, and loses nothing", async () => {
  const total = 400;
  let isCongested = false;
  const url = await ours(async (connection) => {
    for (let n = 0; n < total; n++) {
      const sent = connection.send(JSON.stringify({ n, pad: "x".repeat(50_000) }));
      isCongested ||= connection.bufferedBytes > 1_000_000;
      await sent;
    }
    await connection.close();
  }, { highWaterMarkBytes: 2_000_000 });
  const socket = make<{ n: number }>(url, { buffer: 4 });
  await socket.connect();
  await expect.poll(() => isCongested).toBe(true);
  expect(socket.stats().buffered).toBeLessThan(100);
  const seen: number[] = [];
  for await (const { n } of socket) seen.push(n);
  expect(seen).toEqual(Array.from({ length: total }, (_, n) => n));
});

/** A relay to a server, which adds bytes behind the handshake's answer. */
async function relay(url: string, bytes: readonly number[]): Promise<string> {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    const link = dial(Number(port), "127.0.0.1");
    for (const one of [socket, link]) sockets.add(one.on("error", () => undefined));
    socket.pipe(link);
    link.once("data", (answer: Buffer) => {
      socket.write(Buffer.concat([answer, Buffer.from(bytes)]));
      link.pipe(socket);
    });
  });
  const listening = await listen(server);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await listening.close();
  });
  return listening.url;
}
