import { createServer } from "node:http";
import { connect, Server } from "@x/socketio";

const http = createServer((request, response) => {
  io.to("news").emit("headline", request.url); // anywhere: a route, a queue, a timer
  response.writeHead(204).end();
});
const io = new Server(http);
io.on("connection", (socket) => void socket.join("news"));
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

const socket = await connect(io.url ?? "");
const headline = new Promise((resolve) => void socket.once("headline", resolve));
await fetch(`${io.url ?? ""}/read-all-about-it`, { method: "POST" });
console.log(await headline);
socket.disconnect();
await io.close();
http.closeAllConnections();
// prints: /read-all-about-it
