/** Our client and our server over real sockets. */
import { expect, test } from "vitest";
import { connect, serve } from "../src/index.js";

test.each([["polling"], ["websocket"], ["polling", "websocket"]] as const)("a message travels through every layer (%s %s)", async (...transports) => {
  await using server = await serve({ host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value));
  });
  const socket = await connect(`http://127.0.0.1:${server.port}`, { transports: [...transports] });
  await expect(socket.emitWithAck("echo", { text: "é" })).resolves.toEqual({ text: "é" });
  const bytes = await socket.emitWithAck("echo", { bytes: new Uint8Array([1, 2, 3]) }) as { bytes: Uint8Array };
  expect([...bytes.bytes]).toEqual([1, 2, 3]);
  socket.disconnect();
});

test("connect() leaves a manager whose other sockets connect by themselves, too", async () => {
  await using server = await serve({ host: "127.0.0.1" });
  server.of("/other");
  const socket = await connect(`http://127.0.0.1:${server.port}`);
  const other = socket.io.socket("/other");
  await new Promise<void>((resolve) => void other.once("connect", resolve));
  socket.disconnect();
  other.disconnect();
});

test("connect() with a signal that is aborted sends nothing", async () => {
  await using server = await serve({ host: "127.0.0.1" });
  const handshakes: unknown[] = [];
  server.engine.on("initial_headers", (headers) => handshakes.push(headers));
  await expect(connect(`http://127.0.0.1:${server.port}`, { signal: AbortSignal.abort("late") })).rejects.toMatchObject({ code: "socketio/aborted", cause: "late" });
  const socket = await connect(`http://127.0.0.1:${server.port}`);
  expect(handshakes).toHaveLength(1);
  socket.disconnect();
});
