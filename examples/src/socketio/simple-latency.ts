import { serve } from "@x/socketio";
import { SimpleClient } from "@x/socketio/simple-client";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.on("ping_from_client", () => socket.emit("pong_from_server"));
});

await using client = new SimpleClient();
await client.connect(io.url ?? "", { transports: ["websocket"] });
for (let round = 1; round <= 3; round++) {
  const startMs = performance.now();
  await client.emit("ping_from_client");
  const [event] = await client.receive({ timeoutMs: 10_000 });
  const latencyMs = performance.now() - startMs;
  console.log(`${event}: ${latencyMs > 0 ? "measured" : "no time passed"}`);
}
// prints: pong_from_server: measured
// prints: pong_from_server: measured
// prints: pong_from_server: measured
