import { connect, prepareMessage, serve } from "@x/engineio";

await using server = await serve();
const clients = await Promise.all(["a", "b"].map(() => connect(server.url)));
const news = prepareMessage("news"); // encoded once, one frame for all WebSockets
for (const socket of Object.values(server.clients)) void socket.sendPrepared(news);
for (const client of clients) {
  console.log(await client.receive());
  await client.disconnect();
}
// prints: news
// prints: news
