import { connect, parseQuery, serve } from "@x/engineio";

await using server = await serve<{ user: string; count: number }>();
server.on("connection", ({ id, request }) => server.saveSession(id, { user: parseQuery(request.url)["user"] ?? "nobody" }));
server.on("connection", (socket) => {
  socket.on("message", async () => {
    const count = await server.session(socket.id, (data) => (data.count = (data.count ?? 0) + 1)); // saved when it succeeds
    await socket.send(`${server.getSession(socket.id).user} said ${count}`);
  });
});

const client = await connect(server.url, { query: { user: "ada" } });
for (const word of ["one", "two"]) {
  await client.send(word);
  console.log(await client.receive());
}
await client.disconnect();
// prints: ada said 1
// prints: ada said 2
