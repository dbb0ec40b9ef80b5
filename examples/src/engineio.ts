import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, connect } from "@x/engineio";

const http = createServer();
const engine = new Server().attach(http);
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));
await once(http.listen(0, "127.0.0.1"), "listening");

const client = await connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
const answer = new Promise((resolve) => client.once("message", resolve));
await client.send("hello"); // over polling at first, over WebSocket once upgraded
console.log(await answer);
await engine.close();
http.close();
// prints: echo: hello
