import { connect, serve } from "@x/simple-ws";
import Fastify from "fastify";

const app = Fastify({ forceCloseConnections: true });
app.get("/", () => "a page");
const sockets = await serve({
  server: app.server,
  path: "/chat",
  verify: ({ headers }) => (headers.authorization === "Bearer t" ? undefined : { statusCode: 401 }),
  onConnection: async (connection) => {
    for await (const message of connection) await connection.send(`echo: ${String(message)}`);
  },
});
const url = await app.listen({ port: 0, host: "127.0.0.1" });

console.log(await (await fetch(url)).text());
await using socket = await connect(`${url}/chat`, { headers: { Authorization: "Bearer t" } });
await socket.send("hello");
console.log(await socket.receive());
await sockets.close();
await app.close();
// prints: a page
// prints: echo: hello
