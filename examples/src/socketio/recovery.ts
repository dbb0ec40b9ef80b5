import { connect, serve } from "@x/socketio";

await using server = await serve({ host: "127.0.0.1", connectionStateRecovery: { maxDisconnectionDuration: 120_000 } });
server.on("connection", (socket) => {
  if (!socket.recovered) void socket.join("news"); // else it is there already
});

const socket = await connect(`http://127.0.0.1:${server.port}`, { transports: ["websocket"], reconnectionDelay: 10 });
socket.on("headline", (text: string) => console.log(text));
socket.on("connect", () => console.log(socket.recovery));

const lost = new Promise<void>((resolve) => void socket.once("disconnect", () => resolve()));
const back = new Promise<void>((resolve) => void socket.once("connect", resolve));
socket.io.engine.close(); // a train, a tunnel
await lost;
server.to("news").emit("headline", "Nobody was there to hear it");
await back;
socket.disconnect();
// prints: { outcome: 'recovered', missed: 1 }
// prints: Nobody was there to hear it
