import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
let tell: (line: string) => void = console.error;
io.on("connection", (socket) => {
  void socket.join("lobby");
  socket.on("disconnecting", (reason) => tell(`${reason}, leaving ${[...socket.rooms].filter((room) => room !== socket.id).join()}`));
  socket.on("kick me", () => void socket.disconnect());
  socket.on("hang up", () => void socket.disconnect(true));
});

for (const how of ["kick me", "hang up", "leave"]) {
  const socket = await connect(io.url ?? "");
  const server = new Promise<string>((resolve) => (tell = resolve));
  const client = new Promise<string>((resolve) => void socket.once("disconnect", resolve));
  if (how === "leave") socket.disconnect();
  else socket.emit(how);
  console.log(`${how}: ${await client} | ${await server}`);
}
// prints: kick me: io server disconnect | server namespace disconnect, leaving lobby
// prints: hang up: io server disconnect | server namespace disconnect, leaving lobby
// prints: leave: io client disconnect | client namespace disconnect, leaving lobby
