import { connect, serve } from "@x/engineio";

await using server = await serve();
server.on("connection", (socket) => socket.on("message", () => socket.send("pong")));

const client = await connect(server.url);
for (let round = 1; round <= 3; round++) {
  const startMs = performance.now();
  await client.send("ping");
  await client.receive();
  const latencyMs = performance.now() - startMs;
  console.log(`round ${round}: ${latencyMs > 0 ? "measured" : "no time passed"}`);
}
await client.disconnect();
// prints: round 1: measured
// prints: round 2: measured
// prints: round 3: measured
