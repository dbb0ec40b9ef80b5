import { createServer } from "node:http";
import { connect, Server } from "@x/socketio";
import express from "express";

const app = express();
app.get("/", (_request, response) => void response.send("a page"));
const http = createServer(app); // not the app itself: it hears of no upgrades
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("greet", (name: string, answer: (text: string) => void) => answer(`hello ${name}`));
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

console.log(await (await fetch(io.url ?? "")).text());
const socket = await connect(io.url ?? "");
console.log(await socket.emitWithAck("greet", "Ada"));
socket.disconnect();
await io.close(); // and with it the HTTP server
// prints: a page
// prints: hello Ada
