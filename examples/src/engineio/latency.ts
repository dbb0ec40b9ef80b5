import { connect, serve } from "@x/engineio";

await using server = await serve();
server.on("connection", (socket) => socket.on("message", () => socket.send("pong")));

const client = await connect(server.url);
for (let round = 1; round <= 3; round++) {
  const startMs = performance.now();
  await client.send("ping");
  await client.receive();
  const latencyMs = performance.now() - startMs;
  console.log(`round ${round}: ${latencyMs < 1000 ? "quick" : "slow"}`);
}
await client.disconnect();
// prints: round 1: quick
// prints: round 2: quick
// prints: round 3: quick
