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
