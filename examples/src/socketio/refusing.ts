import { connect, ConnectionRefusedError, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.use((socket, next) => {
  if (socket.handshake.auth["token"] !== "good") throw new ConnectionRefusedError("Not welcome", { data: { hint: "log in" } });
  next();
});

try {
  await connect(io.url ?? "", { auth: { token: "bad" } });
} catch (error) {
  if (error instanceof ConnectionRefusedError) console.log(error.message, error.data);
}
const socket = await connect(io.url ?? "", { auth: () => Promise.resolve({ token: "good" }) }); // asked for each attempt
console.log(socket.connected);
socket.disconnect();
// prints: Not welcome { hint: 'log in' }
// prints: true
