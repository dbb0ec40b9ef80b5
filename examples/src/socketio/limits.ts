import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1", eventRate: { perSecond: 0.1, burst: 2 } });
io.on("connection", (socket) => {
  socket.on("ask", (answer: (text: string) => void) => answer("answered"));
});

const socket = await connect(io.url ?? "");
for (let n = 0; n < 3; n++) {
  const answer = await socket.emitWithAck("ask") as string | { code: string };
  console.log(typeof answer === "string" ? answer : answer.code);
}
socket.disconnect();
// prints: answered
// prints: answered
// prints: socketio/rate-limited
