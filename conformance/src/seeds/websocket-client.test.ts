/** The examples of websocket-client's "Exception Handling" against real servers; each test has the name of its section. Proxies are not there yet. */
import { connect as dial, createServer } from "node:net";
import { simpleWs, wsframe } from "@x/errors";
import { retry } from "@x/errors/retry";
import { connect, type WebSocketConnection } from "@x/simple-ws";
import { listen } from "@x/testkit";
import { Frame, Opcode } from "@x/wsframe";
import { expect, onTestFinished, test } from "vitest";
import { http, next, printer, webSocketServer } from "./support.js";

async function echo(connection: WebSocketConnection): Promise<void> {
  for await (const message of connection) await connection.send(message);
}

test("Basic Exception Handling", async () => {
  const { url } = await webSocketServer(echo);
  const ws = await connect(url, { connectTimeoutMs: 30_000 });
  await ws.send("Hello");
  expect(await ws.receive()).toBe("Hello");
  expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true });
  expect(() => ws.send("late")).toThrow(simpleWs.ConnectionClosed);
});

test.each([[401, "Authentication required"], [403, "Access forbidden"], [404, "WebSocket endpoint not found"], [500, "Server error occurred"]])(
  "Handshake Error Analysis: %i", async (statusCode, verdict) => {
    const url = await http((_, response) => response.writeHead(statusCode, { "x-reason": "because" }).end("go away"));
    const error = await connect(url.replace("http:", "ws:")).catch((thrown: unknown) => thrown);
    const { cause } = error as simpleWs.ConnectionError;
    if (!(cause instanceof wsframe.WebSocketBadStatusException)) throw new TypeError("the cause is another", { cause });
    const words = cause.statusCode === 401 ? "Authentication required" : cause.statusCode === 403 ? "Access forbidden"
      : cause.statusCode === 404 ? "WebSocket endpoint not found" : cause.statusCode >= 500 ? "Server error occurred" : "";
    expect([words, cause.respHeaders["x-reason"], cause.respBody]).toEqual([verdict, "because", "go away"]);
    expect(JSON.stringify(error)).not.toContain("go away"); // what a peer answered stays out of logs
  });

test("Protocol Error Handling: a frame with a reserved bit", () => {
  expect(() => new Frame({ fin: true, rsv1: true, opcode: Opcode.text, payload: "test" }).validate()).toThrow(wsframe.WebSocketProtocolException);
  expect(() => new Frame({ opcode: Opcode.text, payload: Uint8Array.of(0xff, 0xfe) }).validate()).toThrow(wsframe.WebSocketPayloadException);
  expect(() => new Frame({ opcode: Opcode.text, payload: "test" }).validate()).not.toThrow();
});

test.each([
  ["a reserved bit", new Frame({ rsv1: true, opcode: Opcode.text, payload: "test" }), 1002],
  ["text that is no UTF-8", new Frame({ opcode: Opcode.text, payload: Uint8Array.of(0xff, 0xfe) }), 1007],
])("Protocol Error Handling: a server that sends %s", async (_, frame, reason) => {
  const server = await webSocketServer(() => undefined);
  // between the client and the server stands someone who adds a frame to the handshake's answer
  const relay = createServer((socket) => {
    const link = dial(server.port, "127.0.0.1");
    socket.on("error", () => undefined).pipe(link);
    link.on("error", () => undefined).once("data", (answer: Buffer) => {
      socket.write(Buffer.concat([answer, frame.format()]));
      link.pipe(socket);
    });
  });
  const { url, close } = await listen(relay);
  onTestFinished(close);
  const ws = await connect(url.replace("http:", "ws:"));
  await expect(ws.receive()).rejects.toMatchObject({ name: "ConnectionClosed", reason, initiator: "local" });
});

test("Connection State Management: whoever sends or receives learns that the connection is closed", async () => {
  const { url } = await webSocketServer(echo);
  const ws = await connect(url);
  const print = printer();
  const firstEcho = next<undefined>((done) => {
    void (async () => {
      try {
        for (;;) {
          print(`Received: ${String(await ws.receive())}`);
          done(undefined);
        }
      } catch (error) {
        if (error instanceof simpleWs.ConnectionClosed) print("Connection closed while receiving");
      }
    })();
  });
  await ws.send("Message 0");
  await firstEcho;
  await ws.close();
  try {
    await ws.send("Message 1");
  } catch (error) {
    if (error instanceof simpleWs.ConnectionClosed) print("Connection closed while sending");
  }
  expect([...print.lines].sort()).toEqual(["Connection closed while receiving", "Connection closed while sending", "Received: Message 0"]);
});

test("Timeout Configuration and Handling: receiving", async () => {
  let answer: () => void = () => undefined;
  const { url } = await webSocketServer((connection) => { answer = () => void connection.send("pong"); });
  const ws = await connect(url);
  expect(await ws.receive({ timeoutMs: 5 })).toBeNull();
  const [medium, none] = [ws.receive({ timeoutMs: 30_000 }), ws.receive()];
  answer();
  answer();
  expect([await medium, await none]).toEqual(["pong", "pong"]);
});

test("Timeout Configuration and Handling: a server that never answers the handshake", async () => {
  const { url, close } = await listen(createServer((socket) => void socket.on("error", () => undefined)));
  onTestFinished(close);
  const error = await connect(url.replace("http:", "ws:"), { handshakeTimeoutMs: 20 }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "simple-ws/handshake-timeout", retryable: true });
  expect((error as Error).cause).toBeInstanceOf(wsframe.WebSocketTimeoutException);
  expect((error as Error).cause).toMatchObject({ phase: "handshake", afterMs: 20 });
});

test("Comprehensive Error Recovery: busy twice, then open; forbidden, and not tried again", async () => {
  const answers = [503, 503, undefined, 403];
  let requests = 0;
  const { url } = await webSocketServer(echo, { verify: () => {
    const statusCode = answers[requests++];
    return statusCode === undefined ? undefined : { statusCode };
  } });
  const open = (): Promise<WebSocketConnection> => retry(() => connect(url), { attempts: 5, baseMs: 1 });
  const ws = await open();
  await ws.send("back");
  expect([await ws.receive(), requests]).toEqual(["back", 3]);
  await expect(open()).rejects.toMatchObject({ statusCode: 403 });
  expect(requests).toBe(4);
  await ws.close();
});
