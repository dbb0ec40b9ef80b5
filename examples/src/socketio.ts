import { connect, serve } from "@x/socketio";

interface ToServer { join(room: string, ack: (members: number) => void): void; say(room: string, text: string): void }
interface ToClient { said(text: string): void }

await using io = await serve<ToServer, ToClient>({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.on("join", async (room, ack) => {
    await socket.join(room);
    ack((await io.in(room).fetchSockets()).length);
  });
  socket.on("say", (room, text) => io.to(room).emit("said", text));
});

const socket = await connect<ToClient, ToServer>(`http://127.0.0.1:${io.port}`);
const said = new Promise<string>((resolve) => socket.once("said", resolve));
console.log("members:", await socket.timeout(10_000).emitWithAck("join", "lobby"));
socket.emit("say", "lobby", "hello, lobby");
console.log(await said);
socket.disconnect();
// prints: members: 1
// prints: hello, lobby
