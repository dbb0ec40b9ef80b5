import { ChannelPool } from "@x/pool/channels";
import { serve } from "@x/simple-ws/server";

interface Request { readonly op: "subscribe" | "unsubscribe"; readonly id: number; readonly channel: string }
interface Quote { readonly channel: string; readonly last: number; readonly open: number }

await using exchange = await serve({
  onConnection: async (connection) => {
    for await (const request of connection) {
      const { op, id, channel } = JSON.parse(String(request)) as Request;
      connection.trySend(JSON.stringify({ id, ok: true })); // or its reader has gone
      if (op === "subscribe") for (const last of [100, 99 + channel.length]) connection.trySend(JSON.stringify({ channel, last, open: 100 }));
    }
  },
});

await using pool = new ChannelPool<Quote, object>(exchange.url, {
  channelOf: "channel",
  subscribe: { op: "subscribe" }, // channel, id and after are added
  unsubscribe: { op: "unsubscribe" },
  ackOf: (message) => (message as { id?: number }).id,
  buffer: { capacity: 100, policy: "conflate", keyOf: ({ channel }) => channel }, // a screen wants the latest of each
  maxChannelsPerConnection: 2,
});
const board = await Promise.all(["BTC", "ETHER", "SOLANA"].map(async (symbol) => {
  await using subscription = await pool.subscribe(symbol);
  let quote: Quote | null = null;
  while (quote?.last !== 99 + symbol.length) quote = await subscription.receive({ timeoutMs: 10_000 });
  return `${symbol.padEnd(7)} ${quote.last.toFixed(2)} ${(quote.last / quote.open - 1).toLocaleString("en", { style: "percent", minimumFractionDigits: 1, signDisplay: "always" })}`;
}));
for (const line of board) console.log(line);
console.log(`${pool.stats().connections.length} connections`);
// prints: BTC     102.00 +2.0%
// prints: ETHER   104.00 +4.0%
// prints: SOLANA  105.00 +5.0%
// prints: 2 connections
