import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { serve } from "@hono/node-server";
import { Server, connect } from "@x/engineio";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("a page"));
const http = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as HttpServer;
const engine = new Server().attach(http);
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));
await once(http, "listening");

console.log(await (await fetch(engine.url)).text());
const client = await connect(engine.url);
await client.send("hello");
console.log(await client.receive());
await engine.close();
http.close();
http.closeAllConnections();
// prints: a page
// prints: echo: hello
