import { Server, connect } from "@x/engineio";
import Fastify from "fastify";

const app = Fastify({ forceCloseConnections: true });
app.get("/", () => "a page");
const engine = new Server().attach(app.server);
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));
const url = await app.listen({ port: 0, host: "127.0.0.1" });

console.log(await (await fetch(url)).text());
const client = await connect(url);
await client.send("hello");
console.log(await client.receive());
await engine.close();
await app.close();
// prints: a page
// prints: echo: hello
