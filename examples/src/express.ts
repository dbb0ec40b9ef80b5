import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, serve } from "@x/simple-ws";
import express from "express";

const app = express();
app.get("/", (_request, response) => void response.send("a page"));
const http = createServer(app);
const sockets = await serve({
  server: http,
  path: "/chat", // other upgrades are left to others
  onConnection: async (connection) => {
    for await (const message of connection) await connection.send(`echo: ${String(message)}`);
  },
});
await once(http.listen(0, "127.0.0.1"), "listening");

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
