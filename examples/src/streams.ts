import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { connect, serve } from "@x/simple-ws";
import { toDuplex, toWebStreams } from "@x/simple-ws/streams";

await using server = await serve({
  onConnection: async (connection) => {
    const { readable, writable } = toWebStreams(connection);
    const shout = new TransformStream<string | Uint8Array, string>({ transform: (message, controller) => controller.enqueue(String(message).toUpperCase()) });
    await readable.pipeThrough(shout).pipeTo(writable);
  },
});
const socket = toDuplex(await connect(server.url), { readableObjectMode: true, decodeStrings: false });
const answers: string[] = [];
socket.on("data", (message: string) => {
  answers.push(message);
  if (answers.length === 2) socket.end();
});
await pipeline(Readable.from(["one", "two"]), socket, { end: false });
await new Promise((resolve) => socket.once("close", resolve));
console.log(answers.join(" "));
// prints: ONE TWO
