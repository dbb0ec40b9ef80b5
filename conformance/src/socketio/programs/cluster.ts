/** The tutorial's step on scaling: a server per worker, and an adapter of the ecosystem that joins them through Node's cluster. */
import cluster from "node:cluster";
import { createServer } from "node:http";
import { createAdapter, setupPrimary } from "@socket.io/cluster-adapter";
import { Server } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";

const once = (socket: Socket, event: string) => new Promise<unknown>((resolve) => void socket.once(event, resolve));

if (cluster.isPrimary) {
  setupPrimary();
  const ports = await Promise.all([1, 2].map(() => new Promise<number>((resolve) => {
    cluster.fork().on("message", (message: { port?: number }) => {
      if (message.port !== undefined) resolve(message.port);
    });
  })));
  const clients = ports.map((port, index) => {
    const socket = connect(`http://localhost:${port}`, { forceNew: true });
    socket.onAny((event: string, ...args: unknown[]) => console.log(`client ${index}:`, event, ...args.filter((arg) => typeof arg !== "function")));
    socket.on("who", (callback: (index: number) => void) => callback(index));
    return socket;
  }) as [Socket, Socket];
  await Promise.all(clients.map((socket) => once(socket, "connect")));
  const [first, second] = clients;

  const heard = [once(first, "chat message"), once(second, "chat message")];
  first.emit("chat message", "for all workers");
  await Promise.all(heard);
  const whispered = once(second, "whisper");
  await second.emitWithAck("join", "room");
  first.emit("whisper", "room", "to the room on the other worker");
  await whispered;
  console.log("acks:", await first.emitWithAck("ask all"));
  console.log("sockets:", await second.emitWithAck("count"));
  console.log("servers:", await first.emitWithAck("ask servers"));
  const gone = once(second, "disconnect");
  first.emit("kick", "room");
  console.log("second:", await gone);
  for (const socket of clients) socket.disconnect();
  cluster.disconnect();
} else {
  const server = createServer();
  const io = new Server(server, { connectionStateRecovery: {}, adapter: createAdapter() }); // which this adapter cannot do, and nobody says so
  io.on("ask", (callback: (answer: string) => void) => callback("from another worker"));
  io.on("connection", (socket) => {
    socket.on("chat message", (message: string) => io.emit("chat message", message));
    socket.on("join", async (room: string, done: () => void) => {
      await socket.join(room);
      done();
    });
    socket.on("whisper", (room: string, message: string) => socket.to(room).emit("whisper", message));
    socket.on("ask all", async (done: (answers: unknown[]) => void) => done((await io.timeout(5000).emitWithAck("who")).sort()));
    socket.on("count", async (done: (count: number) => void) => done((await io.fetchSockets()).length));
    socket.on("ask servers", async (done: (answers: unknown[]) => void) => done(await io.serverSideEmitWithAck("ask")));
    socket.on("kick", (room: string) => io.in(room).disconnectSockets());
  });
  server.listen({ port: 0, exclusive: true }, () => process.send?.({ port: (server.address() as { port: number }).port }));
  process.once("disconnect", () => void io.close());
}
