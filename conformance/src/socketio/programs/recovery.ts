/** The tutorial's step on disconnections: temporary ones are recovered from, and what was missed is sent again. */
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";

const io = new Server(0, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } });
const messages: string[] = [];

io.on("connection", async (socket) => {
  console.log("server: connection, recovered", socket.recovered, "with rooms", socket.rooms.has("news"), "and data", socket.data);
  socket.on("chat message", (message: string) => {
    messages.push(message);
    io.emit("chat message", message, messages.length);
  });
  if (socket.recovered) return;
  socket.data = { since: "the beginning" };
  await socket.join("news");
  messages.slice(Number(socket.handshake.auth["serverOffset"])).forEach((message, index) => socket.emit("chat message", message, index + 1));
});

const { port } = io.httpServer.address() as { port: number };
const auth = { serverOffset: 0 };
const socket = connect(`http://localhost:${port}`, { auth, reconnection: false });
socket.on("chat message", (message: string, serverOffset: number) => {
  console.log("client:", message, serverOffset);
  auth.serverOffset = serverOffset;
});

const connected = () => new Promise<void>((resolve) => void socket.once("connect", resolve));
const heard = (wanted: string) => new Promise<void>((resolve) => {
  const listener = (message: string) => {
    if (message !== wanted) return;
    socket.off("chat message", listener);
    resolve();
  };
  socket.on("chat message", listener);
});

await connected();
const { id } = socket;
const first = heard("first");
socket.emit("chat message", "first");
await first;

const lost = new Promise((resolve) => socket.once("disconnect", resolve));
const noticed = new Promise((resolve) => io.sockets.sockets.get(id ?? "")?.once("disconnect", resolve));
socket.io.engine.close(); // what a lost network looks like
await Promise.all([lost, noticed]); // of a socket that the server holds for alive nothing can be recovered
const again = connected();
const last = heard("missed, for the room");
socket.connect();
io.emit("chat message", "missed", 2);
io.to("news").emit("chat message", "missed, for the room", 3);
await Promise.all([again, last]);
console.log("client: recovered", socket.recovered, "with the same id", socket.id === id);

const after = heard("after");
socket.emit("chat message", "after");
await after;
socket.disconnect();

const fresh = connect(`http://localhost:${port}`, { forceNew: true, auth: { serverOffset: 1 } });
await new Promise<void>((resolve) => fresh.on("chat message", (message: string) => {
  console.log("fresh:", message);
  resolve();
}));
console.log("fresh: recovered", fresh.recovered);
fresh.disconnect();
await io.close();
