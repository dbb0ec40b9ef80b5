/** The examples of simple-websocket's "Exception Handling" against a real server; each test has the name of its section. */
import { request } from "node:http";
import { createServer } from "node:net";
import { simpleWs } from "@x/errors";
import { callSafely } from "@x/errors/handlers";
import { isRetryable, retry } from "@x/errors/retry";
import { connect, type WebSocketConnection } from "@x/simple-ws";
import { listen } from "@x/testkit";
import { expect, onTestFinished, test } from "vitest";
import { deadUrl, printer, webSocketServer, type Printed } from "./support.js";

const wsUrl = (url: string): string => url.replace("http:", "ws:");

async function echo(connection: WebSocketConnection): Promise<void> {
  for await (const message of connection) await connection.send(`Echo: ${String(message)}`);
}

/** What the examples print of an error. */
function explain(error: unknown, print: Printed): void {
  if (error instanceof simpleWs.ConnectionError) print(`Failed to connect: ${error.statusCode ?? error.code}`);
  else if (error instanceof simpleWs.ConnectionClosed) print(`Connection was closed: ${error.reason} ${error.message}`);
  else throw error;
}

test("Basic Error Handling", async () => {
  const print = printer();
  const talk = async (url: string): Promise<void> => {
    let ws: WebSocketConnection | undefined;
    try {
      ws = await connect(url);
      await ws.send("Hello, Server!");
      print(`Response: ${String(await ws.receive({ timeoutMs: 30_000 }))}`);
    } catch (error) {
      explain(error, print);
    } finally {
      await ws?.close(); // closing what is closed is nobody's concern
    }
  };
  await talk((await webSocketServer(echo)).url);
  await talk((await webSocketServer(echo, { verify: () => ({ statusCode: 403 }) })).url);
  await talk((await webSocketServer((connection) => connection.close(1001, "going away"))).url);
  await talk((await webSocketServer((connection) => connection.receive().then(() => connection.terminate()))).url);
  await talk(wsUrl(deadUrl));
  expect(print.lines).toEqual([
    "Response: Echo: Hello, Server!", "Failed to connect: 403", "Connection was closed: 1001 going away", "Connection was closed: 1006 ", "Failed to connect: simple-ws/network-error",
  ]);
});

test.each([[403], [404], [503]])("Async Error Handling: a server that answers %i", async (statusCode) => {
  const { url } = await webSocketServer(echo, { verify: () => ({ statusCode }) });
  await expect(connect(url)).rejects.toMatchObject({ name: "ConnectionError", statusCode, retryable: statusCode === 503, cause: { name: "WebSocketBadStatusException", statusCode } });
});

test.each([[1000, true], [1001, true], [1008, true], [1009, true], [1011, true]])("Async Error Handling: a server that closes with %i", async (reason, wasClean) => {
  const { url } = await webSocketServer((connection) => connection.close(reason, "so it is"));
  const ws = await connect(url);
  await expect(ws.receive({ timeoutMs: 30_000 })).rejects.toMatchObject({ name: "ConnectionClosed", reason, message: "so it is", wasClean, initiator: "remote" });
});

test("Async Error Handling: receive() answers null after its time", async () => {
  const { url } = await webSocketServer(() => undefined);
  await using ws = await connect(url);
  expect(await ws.receive({ timeoutMs: 10 })).toBeNull();
});

test("Server Error Handling: echoes, closes silent clients, tells why a client has gone", async () => {
  const print = printer();
  const patienceMs = [30_000, 20]; // the first client is heard, and then silent
  const { url } = await webSocketServer(async (ws) => {
    print(`Client connected with subprotocol: ${ws.protocol}`);
    try {
      for (;;) {
        const message = await ws.receive({ timeoutMs: patienceMs.shift() ?? 30_000 });
        if (message === null) {
          await ws.close(1000, "Timeout");
          print("Client timeout - closing connection");
          return;
        }
        await ws.send(`Echo: ${String(message)}`);
      }
    } catch (error) {
      if (!(error instanceof simpleWs.ConnectionClosed)) throw error;
      print(error.reason === 1001 ? "Client navigated away" : error.reason === 1006 ? "Connection lost unexpectedly" : `Client disconnected: ${error.reason}`);
    }
  }, { subprotocols: ["chat", "echo"], maxMessageBytes: 1024 });
  const visit = async (use: (ws: WebSocketConnection) => unknown): Promise<unknown> => {
    const ws = await connect(url, { subprotocols: ["echo", "other"] });
    await ws.send("a");
    expect(await ws.receive()).toBe("Echo: a");
    await use(ws);
    return await ws.closed;
  };
  expect(await visit(() => undefined)).toMatchObject({ code: 1000, reason: "Timeout" });
  await visit((ws) => ws.close(1001));
  await visit((ws) => ws.terminate());
  expect(await visit((ws) => ws.send("x".repeat(1025)))).toMatchObject({ code: 1009 });
  await expect.poll(() => print.lines.filter((line) => !line.startsWith("Client connected"))).toEqual([
    "Client timeout - closing connection", "Client navigated away", "Connection lost unexpectedly", "Client disconnected: 1009",
  ]);
  expect(print.lines[0]).toBe("Client connected with subprotocol: echo");
});

test.each([
  [400, { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "13", "sec-websocket-key": "short" }],
  [426, { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "8", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" }],
])("Server Error Handling: a request that cannot be a handshake is answered with %i, and the server hears of it", async (statusCode, headers) => {
  const refusals: unknown[] = [];
  const { port } = await webSocketServer(echo, { onRefused: (error) => void refusals.push(error) });
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    request({ port, host: "127.0.0.1", headers }, (response) => resolve(response.resume().statusCode)).on("error", reject).end();
  });
  expect(answer).toBe(statusCode);
  await expect.poll(() => refusals).toEqual([expect.any(simpleWs.ConnectionError)]);
  expect(refusals).toMatchObject([{ statusCode }]);
});

test.each([[401, 1], [404, 1], [503, 3]])("Custom Exception Handling: connecting to a server that answers %i takes %i attempts", async (statusCode, attempts) => {
  let requests = 0;
  const { url } = await webSocketServer(echo, { verify: () => (requests++, { statusCode }) });
  await expect(retry(() => connect(url), { attempts: 3, baseMs: 1 })).rejects.toMatchObject({ statusCode });
  expect(requests).toBe(attempts);
});

test.each([[1001, true], [1011, true], [1000, false], [1008, false]])("Custom Exception Handling: after close code %i reconnecting is worth it: %s", async (reason, worthIt) => {
  const { url } = await webSocketServer(async (connection) => {
    expect(await connection.receive()).toBe("ping");
    await connection.send("a");
    await connection.close(reason);
  });
  const ws = await connect(url);
  const processed: unknown[] = [];
  const loop = async (): Promise<boolean> => {
    try {
      for (;;) {
        const message = await ws.receive({ timeoutMs: 20 });
        if (message === null) await ws.send("ping"); // nothing came: is anybody there?
        else processed.push(message);
      }
    } catch (error) {
      if (!(error instanceof simpleWs.ConnectionClosed)) throw error;
      return isRetryable(error);
    }
  };
  expect([await loop(), processed]).toEqual([worthIt, ["a"]]);
});

test("Best Practices: handle both, and clean up", async () => {
  const print = printer();
  const { url } = await webSocketServer((connection) => connection.close(1011));
  for (const to of [url, wsUrl(deadUrl)]) {
    try {
      await using ws = await connect(to);
      await ws.receive();
    } catch (error) {
      explain(error, print);
    }
  }
  expect(print.lines).toEqual(["Connection was closed: 1011 ", "Failed to connect: simple-ws/network-error"]);
});

test("Best Practices: a server that is no WebSocket server", async () => {
  const tcp = createServer((socket) => socket.on("error", () => undefined).once("data", () => socket.end("SSH-2.0-nothing\r\n\r\n")));
  const { url, close } = await listen(tcp);
  onTestFinished(close);
  const error = await connect(wsUrl(url)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(simpleWs.ConnectionError);
  expect(error).toMatchObject({ code: "simple-ws/bad-handshake" });
  expect(await callSafely(() => connect("ftp://host/"), [], (invalid) => expect(invalid).toMatchObject({ code: "simple-ws/invalid-url", retryable: false }))).toBeUndefined();
});
