import { connect, serve } from "@x/socketio";

await using io = await serve({ host: "127.0.0.1" });
io.on("connection", (socket) => {
  socket.on("upload", ({ name, bytes }: { name: string; bytes: Buffer }, done: (receipt: object) => void) => {
    done({ name, length: bytes.length, first: bytes.subarray(0, 2) }); // bytes anywhere in a value travel as bytes
  });
});

const socket = await connect(io.url ?? "");
console.log(await socket.emitWithAck("upload", { name: "a.bin", bytes: new Uint8Array([1, 2, 3, 255]) }));
socket.disconnect();
// prints: { name: 'a.bin', length: 4, first: <Buffer 01 02> }
