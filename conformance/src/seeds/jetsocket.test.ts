/** The examples of JetSocket's "Exceptions" against a real pool, real resilient sockets and servers; each test has the name of its section. */
import { connect as dial, createServer } from "node:net";
import { pool, simpleWs } from "@x/errors";
import { connectResilient, ResilientSocket, type ResilientSocketOptions } from "@x/pool/resilient";
import { webSocketPool, type WebSocketPool, type WebSocketPoolOptions } from "@x/pool/simple-ws";
import type { WebSocketConnection } from "@x/simple-ws";
import { listen } from "@x/testkit";
import { Frame, Opcode } from "@x/wsframe";
import { expect, onTestFinished, test } from "vitest";
import { deadUrl, printer, webSocketServer } from "./support.js";

function poolOf(url: string, options: WebSocketPoolOptions = {}): WebSocketPool {
  const made = webSocketPool(url, { backoff: { baseMs: 1 }, ...options });
  onTestFinished(() => made.close({ timeoutMs: 100 }));
  return made;
}

async function echo(connection: WebSocketConnection): Promise<void> {
  for await (const message of connection) await connection.send(message);
}

async function talk(connections: WebSocketPool, timeoutMs = 30_000): Promise<unknown> {
  await using connection = await connections.acquire("/ws", { timeoutMs });
  await connection.send("test");
  return await connection.receive({ timeoutMs: 30_000 });
}

test("Base Exception", async () => {
  const { url } = await webSocketServer(echo);
  expect(await talk(poolOf(url))).toBe("test");
  const dead = poolOf(deadUrl.replace("http:", "ws:"));
  await expect(talk(dead, 50)).rejects.toBeInstanceOf(pool.JetSocketError);
});

test("Connection Exceptions: ConnectionClosedError", async () => {
  const { url } = await webSocketServer(async (connection) => {
    await connection.receive();
    await connection.close(1012, "restart");
  });
  const error = await talk(poolOf(url)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(pool.ConnectionClosedError);
  expect(error).toMatchObject({ closeCode: 1012, reason: "restart", wasClean: true, code: "pool/connection-closed", cause: { name: "ConnectionClosed" } });
});

test("Connection Exceptions: ConnectionTimeoutError", async () => {
  const { url, close } = await listen(createServer((socket) => void socket.on("error", () => undefined)));
  onTestFinished(close);
  const error = await talk(poolOf(url.replace("http:", "ws:"), { connection: { handshakeTimeoutMs: 20 } }), 1_500).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(pool.PoolExhaustedError); // connecting is tried again until the one deadline
  expect((error as Error).cause).toBeInstanceOf(pool.ConnectionTimeoutError);
  expect((error as Error).cause).toMatchObject({ operation: "handshake", afterMs: 20 });
});

test.each([401, 403, 404])("Connection Exceptions: ConnectionRefusedError, at once for %i", async (statusCode) => {
  const { url } = await webSocketServer(echo, { verify: () => ({ statusCode }) });
  const error = await talk(poolOf(url)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(pool.ConnectionRefusedError);
  expect(error).toMatchObject({ httpStatus: statusCode, retryable: false, cause: { name: "ConnectionError", statusCode } });
});

test("Protocol Exceptions: InvalidFrameError", async () => {
  const server = await webSocketServer(() => undefined);
  const relay = createServer((socket) => { // adds a frame with a reserved bit to the handshake's answer
    const link = dial(server.port, "127.0.0.1");
    socket.on("error", () => undefined).pipe(link);
    link.on("error", () => undefined).once("data", (answer: Buffer) => {
      socket.write(Buffer.concat([answer, new Frame({ rsv1: true, opcode: Opcode.text, payload: "test" }).format()]));
      link.pipe(socket);
    });
  });
  const { url, close } = await listen(relay);
  onTestFinished(close);
  const receive = async (): Promise<unknown> => {
    await using connection = await poolOf(url.replace("http:", "ws:")).acquire("/ws", { timeoutMs: 30_000 });
    return await connection.receive();
  };
  const error = await receive().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(pool.InvalidFrameError);
  expect(error).toMatchObject({ closeCode: 1002, cause: expect.any(simpleWs.ConnectionClosed) as Error });
});

test("Protocol Exceptions: InvalidMessageError: one bad message, and the connection goes on", async () => {
  const { url } = await webSocketServer(async (connection) => {
    await connection.send("{");
    await connection.send('{"fine":true}');
  });
  await using connection = await poolOf(url).acquire("/ws");
  const receiveJson = async (): Promise<unknown> => {
    const data = await connection.receive({ timeoutMs: 30_000 });
    try {
      return JSON.parse(String(data));
    } catch (cause) {
      throw new pool.InvalidMessageError("Cannot read message: it is not JSON", { cause, data });
    }
  };
  await expect(receiveJson()).rejects.toBeInstanceOf(pool.InvalidMessageError);
  expect(await receiveJson()).toEqual({ fine: true });
});

test("Pool Exceptions: PoolExhaustedError", async () => {
  const { url } = await webSocketServer(echo);
  const connections = poolOf(url, { maxConnections: 1 });
  const held = await connections.acquire("/ws");
  const error = await talk(connections, 50).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(pool.PoolExhaustedError);
  expect(error).toMatchObject({ maxConnections: 1, timeoutMs: 50, active: 1, idle: 0 });
  held.release();
  expect(await talk(connections)).toBe("test");
});

test("State Exceptions: InvalidStateError", async () => {
  const { url } = await webSocketServer(echo);
  const connection = await poolOf(url).acquire("/ws");
  connection.release();
  await expect((async () => connection.send("test"))()).rejects.toMatchObject({ name: "InvalidStateError", currentState: "released", allowedStates: ["held"] });
});

test("Best Practices: more time after a timeout, an alert after a refusal", async () => {
  const alerts = printer();
  const { url } = await webSocketServer(echo);
  const connections = poolOf(url, { maxConnections: 1 });
  const held = await connections.acquire("/ws");
  const patient = async (): Promise<unknown> => {
    try {
      return await connections.acquire("/ws", { timeoutMs: 10 });
    } catch (error) {
      if (!(error instanceof pool.PoolExhaustedError)) throw error;
      held.release();
      return await connections.use("/ws", (connection) => connection.state, { timeoutMs: 30_000 });
    }
  };
  expect(await patient()).toBe("open");
  const forbidden = await webSocketServer(echo, { verify: () => ({ statusCode: 403 }) });
  await talk(poolOf(forbidden.url)).catch((error: unknown) => {
    if (error instanceof pool.ConnectionRefusedError) alerts("Server unavailable");
  });
  expect(alerts.lines).toEqual(["Server unavailable"]);
});

/** `with WebSocket(url, …) as ws: for msg in ws: process(msg)`, and what is printed. */
async function loop(url: string, options: ResilientSocketOptions, process: (message: unknown) => unknown): Promise<string> {
  try {
    await using ws = await connectResilient(url, { reconnect: { baseMs: 1 }, ...options });
    for await (const message of ws) await process(message);
    return "done";
  } catch (error) {
    if (error instanceof pool.InvalidFrameError) return `Invalid frame: ${error.message}`;
    if (error instanceof pool.BufferOverflowError) return `Buffer overflow: ${error.capacity ?? 0} messages`;
    if (error instanceof pool.JetSocketError) return `JetSocket error: ${error.message}`;
    throw error;
  }
}

function socketTo(url: string, options: ResilientSocketOptions = {}): ResilientSocket {
  const socket = new ResilientSocket(url, { reconnect: { baseMs: 1 }, ...options });
  onTestFinished(() => void socket.close());
  return socket;
}

test("Base Exception, on a resilient socket: the loop ends on a clean close, and throws otherwise", async () => {
  const messages: unknown[] = [];
  const { url } = await webSocketServer(async (connection) => {
    await connection.send('{"data":"test"}');
    await connection.close();
  });
  expect(await loop(url, {}, (message) => messages.push(message))).toBe("done");
  expect(messages).toEqual([{ data: "test" }]);
  const policy = await webSocketServer((connection) => connection.close(1008, "no"));
  expect(await loop(policy.url, {}, () => undefined)).toBe("JetSocket error: Cannot use connection: it is closed (1008), must be open");
});

test("Connection Exceptions: ConnectionClosedError, on a resilient socket", async () => {
  const { url } = await webSocketServer((connection) => connection.close(1012, "restart"));
  const ws = socketTo(url, { reconnect: false });
  const closed = new Promise((resolve) => void ws.once("closed", resolve));
  await ws.connect();
  await closed;
  const lines = printer();
  try {
    await ws.send({ data: "test" });
  } catch (error) {
    if (error instanceof pool.ConnectionClosedError) lines(`Connection closed: code=${error.closeCode ?? 1006}, reason=${error.reason}`);
  }
  expect(lines.lines).toEqual(["Connection closed: code=1012, reason=restart"]);
});

test("Connection Exceptions: ConnectionTimeoutError and ConnectionRefusedError, on a resilient socket", async () => {
  const { url, close } = await listen(createServer((socket) => void socket.on("error", () => undefined)));
  onTestFinished(close);
  const slow = await socketTo(url.replace("http:", "ws:")).connect({ timeoutMs: 20 }).catch((error: unknown) => error);
  expect(slow).toBeInstanceOf(pool.ConnectionTimeoutError);
  const refused = await socketTo(deadUrl.replace("http:", "ws:")).connect({ retry: false }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(pool.ConnectionRefusedError);
});

test("Protocol Exceptions: InvalidFrameError, out of the loop of a resilient socket", async () => {
  const { url } = await webSocketServer((connection) => void connection.send("x".repeat(101)));
  expect(await loop(url, { connection: { maxMessageBytes: 100 } }, () => undefined)).toBe("Invalid frame: Cannot go on: the peer sent an invalid frame");
});

test("Protocol Exceptions: InvalidMessageError, out of receive() of a resilient socket", async () => {
  const { url } = await webSocketServer(async (connection) => {
    await connection.send("{");
    await connection.send('{"fine":true}');
  });
  const ws = socketTo(url);
  await ws.connect();
  await expect(ws.receive()).rejects.toBeInstanceOf(pool.InvalidMessageError);
  expect(await ws.receive()).toEqual({ fine: true });
});

test("Buffer Exceptions: BufferOverflowError, in the loop of a slow consumer", async () => {
  const { url } = await webSocketServer(async (connection) => {
    for (let n = 0; n < 102; n++) await connection.send(String(n));
  });
  const ws = socketTo(url, { buffer: { capacity: 100, policy: "error" } });
  const overflowed = new Promise((resolve) => void ws.once("bufferOverflow", resolve));
  await ws.connect();
  await overflowed; // slow_process
  const seen: unknown[] = [];
  const error: unknown = await (async () => {
    for await (const message of ws) seen.push(message);
  })().catch((thrown: unknown) => thrown);
  expect([seen.length, error]).toEqual([100, expect.any(pool.BufferOverflowError)]);
  expect(`Buffer overflow: ${(error as pool.BufferOverflowError).capacity ?? 0} messages`).toBe("Buffer overflow: 100 messages");
});

test("State Exceptions: InvalidStateError, on a resilient socket", async () => {
  const ws = socketTo("ws://127.0.0.1:9/");
  await expect((async () => ws.send({ data: "test" }))()).rejects.toMatchObject({ name: "InvalidStateError", currentState: "idle", allowedStates: ["connected"] });
});

test("Best Practices, on a resilient socket: connected again with more time after a timeout, an alert after a refusal", async () => {
  const alerts = printer();
  const connect = async (ws: ResilientSocket, timeoutMs: number): Promise<void> => {
    try {
      await ws.connect({ timeoutMs });
    } catch (error) {
      if (error instanceof pool.ConnectionTimeoutError) await ws.connect({ timeoutMs: 30_000 });
      else if (error instanceof pool.ConnectionRefusedError) alerts("Server unavailable");
      else throw error;
    }
  };
  let recover: (value: undefined) => void = () => undefined;
  const recovered = new Promise<undefined>((resolve) => (recover = resolve));
  const { url } = await webSocketServer(echo, { verify: () => recovered, onError: () => undefined });
  const ws = socketTo(url);
  ws.once("error", () => recover(undefined)); // too late for the first
  await connect(ws, 30);
  expect(ws.state).toBe("connected");
  const forbidden = await webSocketServer(echo, { verify: () => ({ statusCode: 403 }) });
  await connect(socketTo(forbidden.url), 30_000);
  expect(alerts.lines).toEqual(["Server unavailable"]);
});
