import { ChannelPool } from "@x/pool/channels";
import { serve } from "@x/simple-ws/server";

interface Price { readonly symbol: string; readonly n: number; readonly price: number }
interface Request { readonly id: number; readonly symbol: string; readonly after?: number }

const prices = [101, 102, 103, 104];
await using server = await serve({
  onConnection: async (connection) => {
    for await (const message of connection) {
      const { id, symbol, after = 0 } = JSON.parse(String(message)) as Request;
      await connection.send(JSON.stringify({ ack: id }));
      for (let n = after + 1; n <= after + 2; n++) await connection.send(JSON.stringify({ symbol, n, price: prices[n - 1] }));
      if (after === 0) await connection.close(1012, "restart"); // the client comes back, and says what it has
    }
  },
});
await using pool = new ChannelPool<Price>(server.url, {
  channelOf: "symbol",
  subscribe: ({ id, channel, after }) => ({ id, symbol: channel, after }),
  ackOf: (message) => (message as { ack?: number }).ack,
  positionOf: ({ n }) => n,
  reconnect: { baseMs: 1 },
});
await using subscription = await pool.subscribe("BTC");
const seen: number[] = [];
for await (const { price } of subscription) if (seen.push(price) === prices.length) break;
console.log(seen.join(" "));
// prints: 101 102 103 104
