import { connect, ConnectionError, serve } from "@x/socketio";

const io = await serve({ host: "127.0.0.1" });
const url = io.url ?? "";
const options = { forceNew: true, reconnection: false, transports: ["websocket"] } as const;
const sockets = await Promise.all(["Ada", "Bob"].map(() => connect(url, options)));
const goodbyes = sockets.map((socket) => new Promise<string>((resolve) => void socket.once("goodbye", resolve)));
const ends = sockets.map((socket) => new Promise<string>((resolve) => void socket.once("disconnect", resolve)));

// on SIGTERM: new clients are refused, those that are there leave one after the other, each after what was sent to it
io.emit("goodbye", "come back");
const drained = io.shutdown({ overMs: 1_000 });
await connect(url, options).catch((error: unknown) => console.log(error instanceof ConnectionError && error.code));
console.log(await Promise.all(goodbyes));
console.log(await Promise.all(ends)); // not "io server disconnect", after which clients stay away
const { total, cutOff } = await drained;
console.log(`${String(total)} left, ${String(cutOff)} cut off`);
// prints: socketio/connection-failed
// prints: [ 'come back', 'come back' ]
// prints: [ 'transport close', 'transport close' ]
// prints: 2 left, 0 cut off
