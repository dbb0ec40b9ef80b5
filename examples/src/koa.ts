import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, serve } from "@x/simple-ws";
import Koa from "koa";

const app = new Koa();
app.use((context) => void (context.body = "a page"));
const handle = app.callback();
const http = createServer((request, response) => void handle(request, response));
const sockets = await serve({
  server: http,
  path: "/chat",
  onConnection: (connection) => connection.attach({ onMessage: (data) => connection.send(`echo: ${String(data)}`), onClose: () => undefined }),
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
