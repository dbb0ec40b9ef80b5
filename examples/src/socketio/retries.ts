import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
const seen = new Set<string>(); // delivery is at least once: what was done already is known by its id
io.on("connection", (socket) => {
  socket.on("order", (id: string, done: (answer: string) => void) => {
    if (seen.has(id)) done("taken");
    seen.add(id); // the first time, the answer is lost
  });
});

const socket = await connect(io.url ?? "", { ackTimeout: 100, retries: 10 });
console.log(await socket.emitWithAck("order", "order-1"), seen.size);
socket.disconnect();
// prints: taken 1
