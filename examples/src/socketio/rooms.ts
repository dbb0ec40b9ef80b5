import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.on("join", async (room: string, done: () => void) => {
    await socket.join(room);
    socket.to(room).emit("said", `${room}: someone joined`);
    done();
  });
  socket.on("say", (room: string, text: string) => io.to(room).emit("said", `${room}: ${text}`));
  socket.on("close room", (room: string) => io.in(room).socketsLeave(room));
});

const [ada, bob] = await Promise.all([connect(io.url ?? ""), connect(io.url ?? "")]);
for (const [name, socket] of Object.entries({ ada, bob })) socket.on("said", (text: string) => console.log(`${name} heard ${text}`));
await ada.emitWithAck("join", "lobby");
await bob.emitWithAck("join", "lobby");
ada.emit("close room", "lobby");
ada.emit("say", "lobby", "is anybody here?");
await ada.emitWithAck("join", "attic"); // what was sent before has been seen
ada.disconnect();
bob.disconnect();
// prints: ada heard lobby: someone joined
