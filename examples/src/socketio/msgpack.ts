import { connect, serve } from "@x/socketio";
import { msgpackCodec } from "@x/socketio/msgpack";

await using io = await serve({ host: "127.0.0.1", parser: msgpackCodec() });
io.on("connection", (socket) => {
  socket.on("measure", (bytes: Uint8Array, answer: (length: number) => void) => answer(bytes.length));
});

const socket = await connect(io.url ?? "", { parser: msgpackCodec() }); // both sides need the same
console.log(await socket.emitWithAck("measure", new Uint8Array(1_000)));
socket.disconnect();
// prints: 1000
