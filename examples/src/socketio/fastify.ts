import { connect, Server } from "@x/socketio";
import Fastify from "fastify";

const app = Fastify({ forceCloseConnections: true });
app.get("/", () => "a page");
const io = new Server(app.server);
io.on("connection", (socket) => {
  socket.on("greet", (name: string, answer: (text: string) => void) => answer(`hello ${name}`));
});
app.addHook("preClose", () => io.close());
const url = await app.listen({ port: 0, host: "127.0.0.1" });

console.log(await (await fetch(url)).text());
const socket = await connect(url);
console.log(await socket.emitWithAck("greet", "Ada"));
socket.disconnect();
await app.close();
// prints: a page
// prints: hello Ada
