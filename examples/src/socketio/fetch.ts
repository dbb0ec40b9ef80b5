import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { connect, Server } from "@x/socketio";
import { Hono } from "hono";

const io = new Server({ transports: ["polling"] }); // requests and responses of the Web carry no WebSocket
io.on("connection", (socket) => {
  socket.on("greet", (name: string, answer: (text: string) => void) => answer(`hello ${name}`));
});
const app = new Hono();
app.all("/socket.io/*", (context) => io.fetch(context.req.raw)); // any framework that speaks Request and Response
const http = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
await once(http, "listening");

const socket = await connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ["polling"] });
console.log(await socket.emitWithAck("greet", "Ada"));
await io.close(); // not the HTTP server, which it does not know
http.close();
// prints: hello Ada
