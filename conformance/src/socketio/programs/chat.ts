/** The chat of the tutorial: a page's worth of HTML, a broadcast, rooms, and who comes and goes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello world</h1>");
});
const io = new Server(server);

io.on("connection", (socket) => {
  console.log("server: a user connected");
  socket.broadcast.emit("hi");
  socket.on("chat message", (message: string) => {
    io.emit("chat message", message);
  });
  socket.on("join", async (room: string, done: () => void) => {
    await socket.join(room);
    io.to(room).emit("hello", "world");
    io.except(room).emit("hello", "outside");
    done();
  });
  socket.on("disconnect", (reason) => {
    console.log("server: user disconnected:", reason);
  });
});

server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
console.log("page:", await (await fetch(url)).text());

const open = async (name: string) => {
  const socket = connect(url, { forceNew: true });
  socket.on("hi", () => console.log(`${name}: hi`));
  socket.on("chat message", (message: string) => console.log(`${name}: ${message}`));
  socket.on("hello", (what: string) => console.log(`${name}: hello ${what}`));
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  const { engine } = socket.io;
  if (engine.transport.name === "polling") await new Promise<void>((resolve) => engine.once("upgrade", () => resolve()));
  return socket;
};
const alice = await open("alice");
const bob = await open("bob");

const seen = new Promise((resolve) => alice.once("chat message", resolve));
bob.emit("chat message", "hello, everyone");
await seen;
const outside = new Promise((resolve) => alice.once("hello", resolve));
await bob.timeout(20_000).emitWithAck("join", "some room");
await outside;

const left = new Promise((resolve) => io.sockets.sockets.get(bob.id ?? "")?.on("disconnect", resolve));
bob.disconnect();
await left;
const lost = new Promise((resolve) => alice.on("disconnect", resolve));
await io.close();
console.log("alice: disconnected:", await lost);
console.log("server: closed,", io.engine.clientsCount, "clients");
alice.disconnect();
