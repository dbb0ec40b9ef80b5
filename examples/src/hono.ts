import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import { connect, serve } from "@x/simple-ws";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("a page"));
const http = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
const sockets = await serve({
  server: http,
  path: "/chat",
  onConnection: async (connection) => {
    for await (const message of connection) await connection.send(`echo: ${String(message)}`);
  },
});
await once(http, "listening");

const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
console.log(await (await fetch(`http://${host}/`)).text());
await using socket = await connect(`ws://${host}/chat`);
await socket.send("hello");
console.log(await socket.receive());
await sockets.close();
http.close();
http.closeAllConnections();
// prints: a page
// prints: echo: hello
