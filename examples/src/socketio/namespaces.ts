import { BadNamespaceError, connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.of("/news").on("connection", (socket) => {
  socket.on("where", (answer: (name: string) => void) => answer("among the news"));
});
io.of(/^\/room-\d+$/).on("connection", (socket) => { // made when a client asks, gone with the last
  socket.on("where", (answer: (name: string) => void) => answer(socket.nsp.name));
});

for (const name of ["/news", "/room-7"]) {
  const socket = await connect(`${io.url ?? ""}${name}`);
  console.log(await socket.emitWithAck("where"));
  socket.disconnect();
}
await connect(`${io.url ?? ""}/nowhere`).catch((error: unknown) => {
  if (error instanceof BadNamespaceError) console.log(error.message);
});
// prints: among the news
// prints: /room-7
// prints: Invalid namespace
