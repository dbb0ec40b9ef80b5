import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  console.log("server:", socket.handshake.auth["token"]);
  socket.on("cut", () => void socket.conn.close()); // as a network would
  socket.on("kept", (done: () => void) => done());
});

const socket = await connect(io.url ?? "", {
  reconnectionDelay: 10, // and longer with each attempt, up to reconnectionDelayMax
  auth: (_answer, { reason }) => ({ token: reason === undefined ? "first" : "fresh" }),
});
const lost = new Promise((resolve) => void socket.once("disconnect", resolve));
socket.emit("cut");
console.log(await lost);
await new Promise<void>((resolve) => void socket.emit("kept", () => resolve())); // sent once it is back
console.log("delivered");
socket.disconnect();
// prints: server: first
// prints: transport close
// prints: server: fresh
// prints: delivered
