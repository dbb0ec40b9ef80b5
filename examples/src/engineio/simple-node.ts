import { createServer } from "node:http";
import { Server, connect } from "@x/engineio";

const http = createServer((_request, response) => response.end("a page"));
const engine = new Server().attach(http);
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

console.log(await (await fetch(engine.url)).text()); // what is not Engine.IO's goes where it went before
const client = await connect(engine.url);
await client.send("hello");
console.log(await client.receive());
await engine.close();
http.close();
http.closeAllConnections();
// prints: a page
// prints: echo: hello
