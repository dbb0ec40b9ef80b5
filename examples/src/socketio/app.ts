import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { io as open, Server } from "@x/socketio";

const page = await readFile(join(import.meta.dirname, "public/index.html"));
const http = createServer((_request, response) => void response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page));
const io = new Server(http); // which also answers /socket.io/socket.io.js, the client that the page loads
io.on("connection", (socket) => {
  socket.emit("said", "welcome");
  socket.on("echo", (text: string) => socket.emit("said", text));
  socket.on("broadcast", (text: string) => io.emit("said", `to all: ${text}`));
  socket.on("join", (room: string) => socket.join(room));
  socket.on("leave", (room: string) => socket.leave(room));
  socket.on("say", (room: string, text: string) => io.to(room).emit("said", `${room}: ${text}`));
  socket.on("close", (room: string) => {
    io.to(room).emit("said", `${room} is closed`);
    io.socketsLeave(room);
  });
  socket.on("goodbye", () => socket.disconnect());
});
const task = setInterval(() => io.emit("said", `${io.engine.clientsCount} are connected`), 10_000);
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

for (const path of ["/", "/socket.io/socket.io.js"]) { // open the first in a browser
  const answer = await fetch((io.url ?? "") + path);
  console.log(answer.status, answer.headers.get("content-type"));
}
const socket = open(io.url ?? ""); // as the page does
socket.on("said", (text: string) => console.log(text));
const visit = [["join", "red"], ["say", "red", "hello"], ["close", "red"], ["say", "red", "hello?"], ["goodbye"]] as const;
for (const [event, ...args] of visit) socket.emit(event, ...args);
await new Promise((resolve) => void socket.once("disconnect", resolve));
clearInterval(task);
await io.close();
// prints: 200 text/html; charset=utf-8
// prints: 200 application/javascript; charset=utf-8
// prints: welcome
// prints: red: hello
// prints: red is closed
