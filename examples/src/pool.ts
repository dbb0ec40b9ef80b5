import { webSocketPool } from "@x/pool/simple-ws";
import { serve } from "@x/simple-ws/server";

await using server = await serve({
  onConnection: async (connection) => {
    for await (const message of connection) await connection.send(`${String(message)}!`);
  },
});
await using pool = webSocketPool(server.url, { maxConnections: 2 });
const answers = await Promise.all(["one", "two", "three"].map(async (word) => {
  await using socket = await pool.acquire("/", { timeoutMs: 10_000 });
  await socket.send(word);
  return await socket.receive();
}));
console.log(answers.join(" "), pool.stats().total);
// prints: one! two! three! 2
