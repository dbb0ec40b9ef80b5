import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.onAny((event: string, ...args: unknown[]) => console.log("in: ", event, args.filter((arg) => typeof arg !== "function")));
  socket.onAnyOutgoing((event: string, ...args: unknown[]) => console.log("out:", event, args));
  socket.on("greet", (name: string, done: () => void) => {
    socket.emit("greeting", `Hello, ${name}`);
    done();
  });
  socket.on("whatever", (done: () => void) => done());
});

const socket = await connect(io.url ?? "");
await socket.emitWithAck("greet", "Ada");
await socket.emitWithAck("whatever");
socket.disconnect();
// prints: in:  greet [ 'Ada' ]
// prints: out: greeting [ 'Hello, Ada' ]
// prints: in:  whatever []
