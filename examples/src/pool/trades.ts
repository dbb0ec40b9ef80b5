import { connectResilient, trading } from "@x/pool/resilient";
import { serve } from "@x/simple-ws/server";

interface Trade { readonly e: "trade"; readonly s: string; readonly p: string; readonly q: string; readonly t: number }
const tape = [64_010.5, 64_012, 64_011.25, 64_020].map((price, index): Trade => ({ e: "trade", s: "BTCUSDT", p: price.toFixed(2), q: "0.010", t: index + 1 }));
let visits = 0;
await using exchange = await serve({
  path: "/ws/btcusdt@trade",
  onConnection: async (connection) => { // repeats its last trades for everybody, and hangs up on the first after two
    const isFirst = ++visits === 1;
    for (const trade of isFirst ? tape.slice(0, 2) : tape) await connection.send(JSON.stringify(trade));
    if (isFirst) setImmediate(() => connection.terminate());
  },
});

const socket = await connectResilient<Trade>(exchange.url, {
  ...trading, // renewed before 24 h, a ping after 20 s of silence, the newest 10,000 kept
  reconnect: { ...trading.reconnect, baseMs: 10 },
  buffer: { ...trading.buffer, dedup: { idOf: ({ t }) => t } },
});
socket.on("reconnected", ({ attempt }) => console.log(`back with attempt ${attempt}`));
for await (const { s, p, q, t } of socket) {
  console.log(`${t} ${s} ${p} × ${q}`);
  if (t === 4) break;
}
const { messagesReceived, duplicates, reconnects } = socket.stats();
console.log({ messagesReceived, duplicates, reconnects });
await socket.close();
// prints: 1 BTCUSDT 64010.50 × 0.010
// prints: 2 BTCUSDT 64012.00 × 0.010
// prints: back with attempt 2
// prints: 3 BTCUSDT 64011.25 × 0.010
// prints: 4 BTCUSDT 64020.00 × 0.010
// prints: { messagesReceived: 6, duplicates: 2, reconnects: 1 }
