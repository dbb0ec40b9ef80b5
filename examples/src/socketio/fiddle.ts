import { io as open, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  console.log("connected:", socket.handshake.auth);
  socket.emit("hello", 1, 2, { hello: "you" });
  socket.on("disconnect", (reason) => console.log("disconnected:", reason));
});

const gone = new Promise((resolve) => io.on("connection", (socket) => socket.once("disconnect", resolve)));
const socket = open(io.url ?? "", { auth: { token: "my-token" } });
socket.on("hello", (...args: unknown[]) => {
  console.log("hello:", args);
  socket.disconnect();
});
await gone;
// prints: connected: { token: 'my-token' }
// prints: hello: [ 1, 2, { hello: 'you' } ]
// prints: disconnected: client namespace disconnect
