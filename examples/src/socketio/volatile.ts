import { io as open, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
const socket = open(io.url ?? "", { autoConnect: false });
const position = (x: number): unknown => socket.volatile.emit("position", x); // worth nothing when it is late

position(1); // not connected: dropped
socket.emit("name", "Ada"); // not connected: kept

const heard: unknown[][] = [];
const done = new Promise<void>((resolve) => io.on("connection", (each) => {
  each.onAny((...event: unknown[]) => void heard.push(event));
  each.on("last", () => resolve());
}));
await new Promise<void>((resolve) => void socket.connect().once("connect", () => resolve()));
position(2);
socket.emit("last");
await done;
console.log(heard[0], heard.at(-1), heard.some(([, x]) => x === 1));
socket.disconnect();
// prints: [ 'name', 'Ada' ] [ 'last' ] false
