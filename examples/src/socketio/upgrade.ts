import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
const socket = await connect(io.url ?? "", { transports: ["polling", "websocket"] }); // which is the default
const { engine } = socket.io;
if (engine.transport.name === "polling") await new Promise<void>((resolve) => void engine.once("upgrade", () => resolve()));
console.log(engine.transport.name);
socket.disconnect();

const quick = await connect(io.url ?? "", { transports: ["websocket"] }); // no sticky sessions needed
console.log(quick.io.engine.transport.name);
quick.disconnect();
// prints: websocket
// prints: websocket
