import { createServer } from "node:http";
import { Server, connect } from "@x/engineio";
import express from "express";

const app = express();
app.get("/", (_request, response) => void response.send("a page"));
const http = createServer(app);
const engine = new Server().attach(http);
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

console.log(await (await fetch(engine.url)).text());
const client = await connect(engine.url);
await client.send("hello");
console.log(await client.receive());
await engine.close();
http.close();
http.closeAllConnections();
// prints: a page
// prints: echo: hello
