import { type Codec, connect, readPacket, serve } from "@x/socketio";

/** Each packet is one text, bytes included. */
const oneText: Codec = {
  encode: (packet) => [JSON.stringify(packet, withBase64)],
  createDecoder: (options) => ({
    push: (message) => readPacket(JSON.parse(String(message), withBytes), options?.limits), // what it throws ends the connection
  }),
};

function withBase64(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const bytes = this[key]; // before its toJSON()
  return bytes instanceof Uint8Array ? { base64: Buffer.from(bytes).toString("base64") } : value;
}

function withBytes(_key: string, value: { base64?: unknown } | null): unknown {
  return typeof value?.base64 === "string" ? Buffer.from(value.base64, "base64") : value;
}

await using io = await serve({ host: "127.0.0.1", parser: oneText });
io.on("connection", (socket) => {
  socket.on("reverse", (bytes: Buffer, answer: (reversed: Buffer) => void) => answer(bytes.reverse()));
});

const socket = await connect(io.url ?? "", { parser: oneText }); // both sides need the same
const reversed = (await socket.emitWithAck("reverse", Buffer.from("drawer"))) as Buffer;
console.log(reversed.toString());
socket.disconnect();
// prints: reward
