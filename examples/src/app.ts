import { serve } from "@x/simple-ws";
import { WebSocketApp } from "@x/simple-ws/app";

let visits = 0;
const broken = new Set([1]); // the network, for once
await using server = await serve({
  onConnection: async (connection) => {
    const visit = ++visits;
    await connection.receive();
    if (broken.has(visit)) {
      connection.terminate();
      return;
    }
    await connection.send("news");
    await connection.close();
  },
});
const app = new WebSocketApp(server.url, {
  reconnect: { attempts: 5, baseMs: 10 },
  onAttempt: ({ attempt }) => console.log(`attempt ${attempt}`),
  onOpen: (connection) => connection.send("subscribe"),
  onMessage: (data) => console.log(String(data)),
  onClose: ({ code }) => console.log(`closed ${code}`),
});
await app.run(); // until a clean end
// prints: attempt 1
// prints: closed 1006
// prints: attempt 2
// prints: news
// prints: closed 1000
