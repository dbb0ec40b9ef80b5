/** The examples of Socket.IO's "Exception Handling" against a real server; each test has the name of its section. */
import { socketio } from "@x/errors";
import { retry } from "@x/errors/retry";
import { connect, serve, type ClientSocket, type ConnectOptions, type ServeOptions, type Server } from "@x/socketio";
import { expect, onTestFinished, test, vi } from "vitest";
import { deadUrl, next, printer } from "./support.js";

async function start(options: ServeOptions = {}): Promise<{ server: Server; url: string }> {
  const server = await serve(options);
  onTestFinished(() => server.close());
  return { server, url: `http://127.0.0.1:${server.port}` };
}

async function client(url: string, options: ConnectOptions = {}): Promise<ClientSocket> {
  const socket = await connect(url, { reconnection: false, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

test("SocketIOError", async () => {
  const { url, server } = await start();
  const heard = next((listener) => server.on("connection", (socket) => socket.on("message", listener)));
  (await client(url)).emit("message", { text: "Hello" });
  expect(await heard).toEqual({ text: "Hello" });
  await expect(client(deadUrl)).rejects.toBeInstanceOf(socketio.SocketIOError);
});

test("ConnectionError, with its causes down to the system's", async () => {
  const error = await client(deadUrl).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(socketio.ConnectionError);
  expect(error).toMatchObject({ layer: "socketio", retryable: true });
  const names: unknown[] = [];
  for (let at = error; at instanceof Error; at = at.cause) names.push("layer" in at ? at.layer : "syscall" in at ? at.syscall : at.name);
  expect([names[0], names.includes("engineio"), names.at(-1)]).toEqual(["socketio", true, "connect"]);
});

test("ConnectionRefusedError", async () => {
  const { url, server } = await start();
  server.use((socket, proceed) => {
    if (socket.handshake.auth["token"] !== "valid_token") throw new socketio.ConnectionRefusedError("Authentication failed", { data: { hint: "log in" } });
    proceed();
  });
  expect((await client(url, { auth: { token: "valid_token" } })).connected).toBe(true);
  const error = await client(url, { auth: { token: "invalid_token" } }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(socketio.ConnectionRefusedError);
  expect(error).toMatchObject({ message: "Authentication failed", errorArgs: { message: "Authentication failed", data: { hint: "log in" } }, retryable: false });
});

test("TimeoutError", async () => {
  const { url, server } = await start();
  server.on("connection", (socket) => {
    socket.on("slow_operation", () => undefined); // never answers
    socket.on("get", (answer: (result: string) => void) => answer("completed"));
  });
  const socket = await client(url);
  expect(await socket.timeout(30_000).emitWithAck("get")).toBe("completed");
  await expect(socket.timeout(20).emitWithAck("slow_operation", { data: "test" })).rejects.toBeInstanceOf(socketio.TimeoutError);
  await expect(socket.timeout(20).emitWithAck("slow_operation")).rejects.toMatchObject({ afterMs: 20, operation: "emitWithAck" });
});

test("BadNamespaceError", async () => {
  const { url, server } = await start();
  server.of("/chat");
  server.of("/secret").on("connection", (socket) => {
    if (socket.handshake.auth["role"] !== "admin") throw new socketio.BadNamespaceError("Access denied to namespace: /secret", { namespace: "/secret" });
  });
  expect((await client(`${url}/chat`)).connected).toBe(true);
  expect((await client(`${url}/secret`, { auth: { role: "admin" } })).connected).toBe(true);
  await expect(client(`${url}/invalid-namespace`)).rejects.toMatchObject({ name: "BadNamespaceError", code: "socketio/unknown-namespace", namespace: "/invalid-namespace" });
  await expect(client(`${url}/secret`)).rejects.toMatchObject({ name: "ConnectionRefusedError", message: "Access denied to namespace: /secret" });
});

test("DisconnectedError: the server hangs up in the middle of a call, and the client connects again", async () => {
  const { url, server } = await start();
  let calls = 0;
  server.on("connection", (socket) => socket.on("call", (answer: (result: string) => void) => {
    if (++calls === 1) socket.disconnect(true);
    else answer("Reconnected");
  }));
  const socket = await client(url);
  const print = printer();
  try {
    await socket.emitWithAck("call");
  } catch (error) {
    if (!(error instanceof socketio.DisconnectedError)) throw error;
    print(error.reason ?? "");
    await expect(socket.emitWithAck("call")).rejects.toBeInstanceOf(socketio.DisconnectedError);
    print(String(await (await client(url)).emitWithAck("call")));
  }
  expect(print.lines).toEqual(["io server disconnect", "Reconnected"]);
});

test("Comprehensive Error Handling: a call, and a call after reconnecting", async () => {
  const { url, server } = await start();
  server.on("connection", (socket) => {
    socket.on("get", (answer: (result: string) => void) => answer("data"));
    socket.on("slow", () => undefined);
    socket.on("bye", () => void socket.disconnect());
  });
  const log = printer();
  let socket = await client(url);
  const tryReconnect = (): Promise<boolean> => retry(async () => { socket = await client(url); }, { attempts: 3, baseMs: 1 }).then(() => true, () => false);
  const safeCall = async (event: string, timeoutMs: number): Promise<unknown> => {
    try {
      return await socket.timeout(timeoutMs).emitWithAck(event);
    } catch (error) {
      if (error instanceof socketio.TimeoutError) log(`Call to ${event} timed out after ${timeoutMs} ms`);
      else if (error instanceof socketio.DisconnectedError) {
        log("Cannot call: client disconnected");
        if (await tryReconnect()) return await socket.timeout(timeoutMs).emitWithAck("get");
      } else throw error;
      return null;
    }
  };
  expect([await safeCall("get", 30_000), await safeCall("slow", 20), await safeCall("bye", 30_000)]).toEqual(["data", null, "data"]);
  expect(log.lines).toEqual(["Call to slow timed out after 20 ms", "Cannot call: client disconnected"]);
});

test("Comprehensive Error Handling: a refusal is not tried again", async () => {
  const { url, server } = await start();
  const attempts = vi.fn((_socket: unknown, proceed: (error: Error) => void) => proceed(new socketio.ConnectionRefusedError("no")));
  server.use(attempts);
  await expect(retry(() => client(url), { attempts: 3, baseMs: 1 })).rejects.toBeInstanceOf(socketio.ConnectionRefusedError);
  expect(attempts).toHaveBeenCalledOnce();
});

test("Server-Side Error Handling: what else goes wrong is hidden from the client and told to onError", async () => {
  const reported: unknown[] = [];
  const { url, server } = await start({ onError: (error) => void reported.push((error as Error).message) });
  server.on("connection", (socket) => {
    if (socket.handshake.auth["crash"] === true) throw new TypeError("disk full");
    socket.on("handle_message", (data: { content?: string }) => {
      try {
        if (data.content === undefined) throw new TypeError("Invalid message format");
        socket.emit("message_result", { status: "processed" });
      } catch (error) {
        socket.emit("error_message", { message: `Message processing failed: ${(error as Error).message}` });
      }
    });
    socket.on("unguarded", () => { throw new TypeError("bug"); });
  });
  const socket = await client(url);
  const result = next((listener) => socket.once("message_result", listener));
  const failure = next((listener) => socket.once("error_message", listener));
  socket.emit("handle_message", { content: "hi" });
  socket.emit("handle_message", {});
  expect([await result, await failure]).toEqual([{ status: "processed" }, { message: "Message processing failed: Invalid message format" }]);
  socket.emit("unguarded");
  await expect.poll(() => reported).toEqual(["bug"]);
  expect(socket.connected).toBe(true);
  await expect(client(url, { auth: { crash: true } })).rejects.toMatchObject({ name: "ConnectionRefusedError", message: "Internal server error" });
  expect(reported).toEqual(["bug", "disk full"]);
});

test("Context Manager for Connection Handling: using", async () => {
  const { url, server } = await start();
  const gone = next((listener) => server.on("connection", (socket) => socket.on("disconnect", listener)));
  const work = async (): Promise<unknown> => {
    using socket = await connect(url);
    return await socket.timeout(20).emitWithAck("get_data");
  };
  await expect(work()).rejects.toBeInstanceOf(socketio.TimeoutError);
  expect(await gone).toBe("client namespace disconnect");
});
