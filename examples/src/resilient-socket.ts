import { ResilientSocket } from "@x/pool/resilient";
import { serve } from "@x/simple-ws/server";

interface Tick { readonly seq: number; readonly price: number }
const feed: readonly Tick[] = [{ seq: 1, price: 10 }, { seq: 2, price: 12 }, { seq: 3, price: 11 }];
const broken = new Set([1]); // the network, for once
let visits = 0;
await using server = await serve({
  onConnection: async (connection) => {
    const visit = ++visits;
    for await (const request of connection) {
      const { after } = JSON.parse(String(request)) as { after: number };
      for (const tick of feed.filter(({ seq }) => seq > after).slice(0, broken.has(visit) ? 2 : 3)) await connection.send(JSON.stringify(tick));
      if (broken.has(visit)) setImmediate(() => connection.terminate());
      else await connection.close();
    }
  },
});
const socket = new ResilientSocket<Tick, { after: number }>(server.url, {
  reconnect: { baseMs: 10 },
  heartbeat: 20_000,
  buffer: { capacity: 1_000, policy: "pause" },
  replay: { sequenceIdOf: ({ seq }) => seq },
  onOpen: ({ lastSequenceId, send }) => send({ after: lastSequenceId ?? 0 }),
});
socket.on("disconnected", ({ code }) => console.log(`disconnected ${code}`));
await socket.connect();
for await (const { seq, price } of socket) console.log(`${seq}: ${price}`); // until a clean end
console.log(`${socket.state} after ${socket.stats().reconnects} reconnect`);
// prints: 1: 10
// prints: 2: 12
// prints: disconnected 1006
// prints: 3: 11
// prints: disconnected 1000
// prints: closed after 1 reconnect
