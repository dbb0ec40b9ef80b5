import { Socket } from "@x/engineio/client";
import { serve } from "@x/engineio/server";

const server = await serve();
server.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo: ${String(data)}`)));

const socket = new Socket(server.url); // as engine.io-client's: opens itself
socket.on("open", () => console.log("open"));
socket.on("upgrade", (transport) => {
  console.log(`upgraded to ${transport.name}`);
  void socket.send("hello");
});
socket.on("message", (data) => {
  console.log(data);
  socket.close();
});
socket.on("close", (reason) => {
  console.log(reason);
  void server.close();
});
// prints: open
// prints: upgraded to websocket
// prints: echo: hello
// prints: forced close
