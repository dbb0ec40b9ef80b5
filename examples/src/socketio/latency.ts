import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.on("ping_from_client", (pong: () => void) => pong());
});

const socket = await connect(io.url ?? "", { transports: ["websocket"] });
const since = performance.now();
for (let n = 0; n < 100; n++) await socket.timeout(10_000).emitWithAck("ping_from_client");
const latencyMs = (performance.now() - since) / 100;
console.log(latencyMs > 0 ? "measured" : "no time passed");
socket.disconnect();
// prints: measured
