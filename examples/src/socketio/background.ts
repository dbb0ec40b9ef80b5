import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
let ticks = 0;
const timer = setInterval(() => io.emit("tick", ++ticks), 5); // a task of its own, beside all handlers

const socket = await connect(io.url ?? "");
const seen: number[] = [];
await new Promise<void>((resolve) => {
  socket.on("tick", (tick: number) => {
    if (seen.push(tick) === 3) resolve();
  });
});
const [first = 0, second, third] = seen;
console.log(second === first + 1 && third === first + 2 ? "three in a row" : seen);
socket.disconnect();
clearInterval(timer);
// prints: three in a row
