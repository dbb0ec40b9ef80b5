import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { serve } from "@hono/node-server";
import { connect, Server } from "@x/socketio";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("a page"));
const http = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as HttpServer;
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("greet", (name: string, answer: (text: string) => void) => answer(`hello ${name}`));
});
await once(http, "listening");

console.log(await (await fetch(io.url ?? "")).text());
const socket = await connect(io.url ?? "");
console.log(await socket.emitWithAck("greet", "Ada"));
socket.disconnect();
await io.close();
// prints: a page
// prints: hello Ada
