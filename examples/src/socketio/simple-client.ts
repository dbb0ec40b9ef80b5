import { serve } from "@x/socketio";
import { SimpleClient } from "@x/socketio/simple-client";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.on("count", (to: number) => {
    for (let n = 1; n <= to; n++) socket.emit("number", n);
    socket.disconnect();
  });
  socket.on("double", (n: number, answer: (double: number) => void) => answer(2 * n));
});

await using client = new SimpleClient();
await client.connect(io.url ?? "");
console.log(await client.call("double", [21]));
await client.emit("count", 2);
for await (const [event, n] of client) console.log(event, n);
// prints: 42
// prints: number 1
// prints: number 2
