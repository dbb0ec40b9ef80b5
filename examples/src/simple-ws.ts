import { connect, serve } from "@x/simple-ws";

await using server = await serve({
  onConnection: async (connection) => {
    for await (const message of connection) await connection.send(`echo: ${String(message)}`);
  },
});
await using socket = await connect(server.url);
await socket.send("hello");
console.log(await socket.receive({ timeoutMs: 10_000 }));
// prints: echo: hello
