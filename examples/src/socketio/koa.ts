import { createServer } from "node:http";
import { connect, Server } from "@x/socketio";
import Koa from "koa";

const app = new Koa();
app.use((context) => void (context.body = "a page"));
const handle = app.callback();
const http = createServer((request, response) => void handle(request, response));
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("greet", (name: string, answer: (text: string) => void) => answer(`hello ${name}`));
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

console.log(await (await fetch(io.url ?? "")).text());
const socket = await connect(io.url ?? "");
console.log(await socket.emitWithAck("greet", "Ada"));
socket.disconnect();
await io.close();
// prints: a page
// prints: hello Ada
