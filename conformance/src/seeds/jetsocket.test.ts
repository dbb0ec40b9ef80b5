/** The examples of JetSocket's "Exceptions" against a real pool and server; each test has the name of its section. Resilient sockets and their buffers are not there yet. */
import { connect as dial, createServer } from "node:net";
import { pool, simpleWs } from "@x/errors";
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

async function talk(connections: WebSocketPool, timeoutMs = 5_000): Promise<unknown> {
  await using connection = await connections.acquire("/ws", { timeoutMs });
  await connection.send("test");
  return await connection.receive({ timeoutMs: 5_000 });
}

test("Base Exception", async () => {
  const { url } = await webSocketServer(echo);
  expect(await talk(poolOf(url))).toBe("test");
  const dead = poolOf((await deadUrl()).replace("http:", "ws:"));
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
  const error = await talk(poolOf(url.replace("http:", "ws:"), { connection: { handshakeTimeoutMs: 20 } }), 500).catch((thrown: unknown) => thrown);
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
    await using connection = await poolOf(url.replace("http:", "ws:")).acquire("/ws", { timeoutMs: 5_000 });
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
    const data = await connection.receive({ timeoutMs: 5_000 });
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
