import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.use(([event, ...args], next) => {
    if (event === "say" && typeof args[0] !== "string") next(new TypeError("say wants a text"));
    else next();
  });
  socket.on("error", (error: Error) => socket.emit("refused", error.message)); // what middleware refuses arrives here
  socket.on("say", (text: string) => socket.emit("said", text));
});

const socket = await connect(io.url ?? "");
const next = (event: string): Promise<unknown> => new Promise((resolve) => void socket.once(event, resolve));
const refused = next("refused");
socket.emit("say", { not: "a text" });
console.log("refused:", await refused);
const said = next("said");
socket.emit("say", "hello");
console.log("said:", await said);
socket.disconnect();
// prints: refused: say wants a text
// prints: said: hello
