/** Streams that applications bring by `createConnection`, and that are broken. */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { connect } from "./client.js";
import { serve, type WebSocketServer } from "./server.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(): Promise<WebSocketServer> {
  const server = await serve({ onConnection: (connection) => connection.attach({ onMessage: (data) => connection.send(data), onClose: () => undefined }) });
  open.push(server);
  return server;
}

async function tcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

test.each<[string, (socket: Socket) => unknown]>([
  ["destroyed", (socket) => once(socket.destroy(), "close")],
  ["ended by us", (socket) => once(socket.end().resume(), "close")],
  ["ended by the peer", (socket) => {
    socket.resume().write("GET / HTTP/1.0\r\n\r\n");
    return once(socket, "close");
  }],
])("a stream that was %s already fails at once, not when the handshake times out", async (_how, end) => {
  const server = await start();
  const createConnection = async (): Promise<Duplex> => {
    const socket = await tcp(server.port);
    await end(socket);
    return socket;
  };
  await expect(connect(server.url, { createConnection, handshakeTimeoutMs: 3_600_000 })).rejects.toMatchObject({ code: "simple-ws/network-error" });
});

test("a stream whose write() throws is a lost network, whenever it does so", async () => {
  const server = await start();
  let isBroken = false;
  const createConnection = async (): Promise<Duplex> => {
    const socket = await tcp(server.port);
    open.unshift({ close: () => socket.destroy() });
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Uint8Array, _encoding, done) => {
        if (isBroken) throw new Error("broken");
        socket.write(chunk, done);
      },
    });
    socket.on("data", (chunk) => stream.push(chunk));
    return stream;
  };
  const client = await connect(server.url, { createConnection });
  void client.send("whole");
  expect(await client.receive()).toBe("whole");
  isBroken = true;
  void client.send("lost");
  expect(await client.closed).toMatchObject({ code: 1006, initiator: "network" });
  await expect(connect(server.url, { createConnection })).rejects.toMatchObject({ code: "simple-ws/network-error" });
});
