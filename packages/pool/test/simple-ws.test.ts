/** The adapter on real sockets. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { FakeClock, listen } from "@x/testkit";
import { serve, type WebSocketConnection } from "@x/simple-ws/server";
import { afterEach, describe, expect, test } from "vitest";
import {
  ConnectionClosedError, ConnectionRefusedError, ConnectionTimeoutError, InvalidFrameError, InvalidStateError, JetSocketError, PoolExhaustedError,
} from "../src/index.js";
import { webSocketPool, type PooledWebSocket, type WebSocketPool, type WebSocketPoolOptions } from "../src/simple-ws.js";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** An echo server that remembers its connections, and a pool for it. */
async function setUp(options: WebSocketPoolOptions = {}, onConnection?: (connection: WebSocketConnection) => void) {
  const connections: WebSocketConnection[] = [];
  const server = await serve({
    port: 0,
    host: "127.0.0.1",
    onConnection: (connection) => {
      connections.push(connection);
      if (onConnection === undefined) connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined });
      else onConnection(connection);
    },
  });
  cleanUps.push(() => server.close());
  const pool = webSocketPool(`ws://127.0.0.1:${server.port}`, options);
  cleanUps.push(() => pool.close({ timeoutMs: 0 }));
  return { pool, connections };
}

/** A TCP server that answers each connection as told. */
async function tcp(onConnection: (socket: Socket) => void, options?: WebSocketPoolOptions): Promise<WebSocketPool> {
  const sockets = new Set<Socket>();
  const listening = await listen(createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    onConnection(socket);
  }));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    return listening.close();
  });
  const pool = webSocketPool(`ws://127.0.0.1:${listening.port}`, options);
  cleanUps.push(() => pool.close({ timeoutMs: 0 }));
  return pool;
}

async function echo(connection: PooledWebSocket, text: string): Promise<unknown> {
  await connection.send(text);
  return connection.receive({ timeoutMs: 30_000 });
}

describe("webSocketPool", () => {
  test("opens a connection once and lends it again and again, per URL", async () => {
    const { pool, connections } = await setUp();
    for (let turn = 0; turn < 5; turn++) {
      await using connection = await pool.acquire("/ws");
      expect(await echo(connection, `turn ${turn}`)).toBe(`turn ${turn}`);
    }
    expect(connections.length).toBe(1);
    await using other = await pool.acquire("/other?room=1");
    expect(other.url).toMatch(/\/other\?room=1$/);
    expect([other.protocol, other.state, connections.length]).toEqual(["", "open", 2]);
    expect(await pool.use("/ws", (connection) => echo(connection, "used"))).toBe("used");
    expect(pool.stats()).toMatchObject({ idle: 1, lent: 1, total: 2 });
  });

  test("a borrower who is done can neither send nor receive, not even with a receive that waits", async () => {
    const { pool } = await setUp({ maxConnections: 1 });
    const first = await pool.acquire();
    const waiting = expect(first.receive()).rejects.toMatchObject({ code: "pool/lease-released" });
    first.release();
    first.release();
    await waiting;
    await expect(first.send("late")).rejects.toThrow(InvalidStateError);
    await expect(first.receive()).rejects.toThrow(InvalidStateError);
    expect(() => first.state).toThrow(InvalidStateError);
    const second = await pool.acquire();
    expect(await echo(second, "mine")).toBe("mine");
  });

  test("messages that a borrower left unread are not shown to the next: the connection is closed", async () => {
    const { pool, connections } = await setUp({ maxConnections: 1 });
    const first = await pool.acquire();
    await first.send("secret 1");
    await first.send("secret 2");
    expect(await first.receive()).toBe("secret 1");
    await connections[0]?.ping(); // what was sent before it has arrived
    first.release();
    const second = await pool.acquire();
    expect(connections.length).toBe(2);
    expect(await echo(second, "mine")).toBe("mine");
  });

  test("unread: discard drops them and keeps the connection", async () => {
    const { pool, connections } = await setUp({ maxConnections: 1, unread: "discard" });
    const first = await pool.acquire();
    await first.send("old");
    await first.send("old");
    await first.receive();
    await connections[0]?.ping();
    first.release();
    const second = await pool.acquire();
    expect(await echo(second, "new")).toBe("new");
    expect(connections.length).toBe(1);
  });

  test("a connection that the server closed while it was idle is not lent", async () => {
    const { pool, connections } = await setUp();
    (await pool.acquire()).release();
    await connections[0]?.close(1001);
    await expect.poll(() => pool.stats().total).toBe(0);
    expect(await echo(await pool.acquire(), "alive")).toBe("alive");
  });

  test("destroy(), and use() after a transport's error, close the connection", async () => {
    const { pool, connections } = await setUp();
    (await pool.acquire()).destroy();
    await expect(pool.use("", () => Promise.reject(new ConnectionClosedError("gone")))).rejects.toThrow(ConnectionClosedError);
    await expect.poll(() => connections.map(({ state }) => state)).toEqual(["closed", "closed"]);
  });

  test("close() refuses who waits and closes every connection with 1000", async () => {
    const { pool, connections } = await setUp({ maxConnections: 1 });
    const held = await pool.acquire();
    const waiting = expect(pool.acquire()).rejects.toMatchObject({ code: "pool/closed" });
    const closed = pool[Symbol.asyncDispose]();
    await waiting;
    held.release();
    await closed;
    expect(await connections[0]?.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  test("pingAfterIdleMs: a peer that answers keeps its connection, one that does not loses it", async () => {
    const alive = await setUp({ pingAfterIdleMs: 0, pingTimeoutMs: 30_000 });
    (await alive.pool.acquire()).release();
    (await alive.pool.acquire()).release();
    expect(alive.connections.length).toBe(1);
    let opened = 0;
    const silent = await tcp((socket) => {
      opened += 1;
      socket.once("data", (request) => socket.write(handshakeAnswer(String(request)), "latin1"));
    }, { pingAfterIdleMs: 0, pingTimeoutMs: 20, maxConnections: 1, closeTimeoutMs: 50, onError: () => undefined });
    (await silent.acquire()).release();
    expect((await silent.acquire("", { timeoutMs: 30_000 })).state).toBe("open");
    expect(opened).toBe(2);
    expect(() => webSocketPool("ws://127.0.0.1:1", { pingTimeoutMs: 0 })).toThrow(JetSocketError);
    expect(() => webSocketPool("ws://127.0.0.1:1", { pingAfterIdleMs: -1 })).toThrow(JetSocketError);
  });

  test("reset gets the connection, and minConnections and warm() open it beforehand", async () => {
    const reset: string[] = [];
    const { pool, connections } = await setUp({ minConnections: 1, reset: (connection) => void reset.push(connection.state) });
    await pool.warm("", 1);
    await pool.warm("/other", 1);
    expect(connections.length).toBe(2);
    expect(await pool.use("", (connection) => echo(connection, "hello"))).toBe("hello");
    expect([reset, connections.length]).toEqual([["open"], 2]);
  });

  test.each(["//example.com/ws", "ws://example.com/", "wss:", "http://[", "ws://user@127.0.0.1:1/"])("refuses the path %s, which leads away", async (path) => {
    await using pool = webSocketPool("ws://127.0.0.1:1");
    await expect(pool.acquire(path)).rejects.toMatchObject({ code: "pool/invalid-option" });
  });

  test("refuses a base that is no URL", () => {
    expect(() => webSocketPool("nowhere")).toThrow(JetSocketError);
  });
});

describe("failures arrive in the pool's family", () => {
  test("an HTTP refusal that is final, at once", async () => {
    const listening = await listen(createServer((_, response) => response.writeHead(401).end("no")));
    cleanUps.push(() => listening.close());
    await using pool = webSocketPool(`ws://127.0.0.1:${listening.port}`);
    const refused = pool.acquire("/ws");
    await expect(refused).rejects.toThrow(ConnectionRefusedError);
    await expect(refused).rejects.toMatchObject({ code: "pool/connection-refused", httpStatus: 401, retryable: false });
  });

  test("a dead port, at the deadline: exhausted, because of the refusal", async () => {
    const listening = await listen(createServer());
    await listening.close();
    const clock = new FakeClock();
    await using pool = webSocketPool(`ws://127.0.0.1:${listening.port}`, { clock });
    const exhausted = pool.acquire("", { timeoutMs: 1_500 });
    await expect.poll(() => pool.stats().failedConnects).toBe(1);
    clock.advance(1_500);
    await expect(exhausted).rejects.toThrow(PoolExhaustedError);
    await expect(exhausted).rejects.toMatchObject({ timeoutMs: 1_500, cause: { code: "pool/connection-refused", retryable: true } });
  });

  test("a server that accepts and stays silent", async () => {
    const pool = await tcp(() => undefined, { connection: { handshakeTimeoutMs: 20 }, retryIf: () => false });
    const timedOut = pool.acquire();
    await expect(timedOut).rejects.toThrow(ConnectionTimeoutError);
    await expect(timedOut).rejects.toMatchObject({ operation: "handshake", afterMs: 20 });
  });

  test("a connection that is lost, and one that is closed, during an operation", async () => {
    const { pool, connections } = await setUp({}, () => undefined);
    const [lost, closed] = [await pool.acquire("/1"), await pool.acquire("/2")];
    connections[0]?.terminate();
    await expect(lost.receive()).rejects.toMatchObject({ code: "pool/connection-closed", closeCode: 1006, wasClean: false });
    void connections[1]?.close(4401, "who are you");
    await expect(closed.receive()).rejects.toMatchObject({ closeCode: 4401, reason: "who are you", wasClean: true });
    await expect(closed.send("x")).rejects.toThrow(ConnectionClosedError);
  });

  test("an invalid frame, out of the iteration; a clean close ends it", async () => {
    const { pool, connections } = await setUp({}, (connection) => void connection.send("hello"));
    const connection = await pool.acquire("/clean");
    const seen: unknown[] = [];
    for await (const message of connection) {
      seen.push(message);
      void connections[0]?.close();
    }
    expect(seen).toEqual(["hello"]);
    // RFC 6455 §5.5: opcode 3 is reserved; the raw server speaks it right after its handshake.
    const raw = await tcp((socket) => socket.once("data", (request) => socket.write(handshakeAnswer(String(request)) + "\x83\x00", "latin1")));
    const faulty = await raw.acquire("");
    await expect(faulty.receive()).rejects.toMatchObject({ code: "pool/invalid-frame", closeCode: 1002 });
    await expect((async () => {
      for await (const message of faulty) seen.push(message);
    })()).rejects.toThrow(InvalidFrameError);
  });
});

/** RFC 6455 §4.2.2. */
function handshakeAnswer(request: string): string {
  const key = /sec-websocket-key: (.+)\r\n/i.exec(request)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** The example of JetSocket's documentation on exceptions, "Pool Exceptions" and "State Exceptions". */
test("JetSocket's example: the pool is exhausted while its one connection is lent", async () => {
  const { pool } = await setUp({ maxConnections: 1 });
  await using held = await pool.acquire("/ws");
  let report = "";
  try {
    await using connection = await pool.acquire("/ws", { timeoutMs: 50 });
    await connection.send("unreachable");
  } catch (error) {
    if (!(error instanceof PoolExhaustedError)) throw error;
    report = `Pool exhausted: max=${error.maxConnections}`;
  }
  expect(report).toBe("Pool exhausted: max=1");
  held.release();
  await expect(held.send({ data: "test" }.data)).rejects.toThrow(InvalidStateError);
});
