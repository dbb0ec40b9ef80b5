import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Server, connect } from "@x/engineio";
import { Hono } from "hono";

const engine = new Server({ transports: ["polling"] }); // requests and responses of the Web carry no WebSocket
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));
const app = new Hono();
app.get("/", (context) => context.text("a page"));
app.all("/engine.io/", (context) => engine.fetch(context.req.raw)); // any framework that speaks Request and Response
const http = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
await once(http, "listening");

const client = await connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ["polling"] });
await client.send("hello");
console.log(await client.receive());
await client.disconnect();
await engine.close();
http.close();
// prints: echo: hello
