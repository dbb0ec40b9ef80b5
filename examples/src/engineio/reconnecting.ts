import { ResilientClient } from "@x/engineio/resilient";
import { serve } from "@x/engineio/server";

const server = await serve({ port: 0, allowRequest: ({ headers }) => headers.authorization === "Bearer fresh" });
let visits = 0;
server.on("connection", (socket) => {
  if (++visits === 1) socket.close(); // the network, for once
  else void socket.send("news");
});

const client = new ResilientClient(server.url, {
  auth: async () => `Bearer ${await freshToken()}`, // asked for at each attempt
  reconnect: { attempts: 5, baseMs: 10 },
});
client.on("attempt", ({ attempt }) => console.log(`attempt ${attempt}`));
client.on("disconnect", (reason) => console.log(`disconnected: ${reason}`));
const news = new Promise((resolve) => client.on("message", resolve));
await client.connect();
console.log(await news);
await client.close();
await server.close();

function freshToken(): Promise<string> {
  return Promise.resolve("fresh");
}
// prints: attempt 1
// prints: disconnected: transport close
// prints: attempt 2
// prints: news
// prints: disconnected: forced close
