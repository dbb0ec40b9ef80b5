/**
 * Micro-benchmark of the Socket.IO codec against socket.io-parser: CPU per packet, as a speed-up.
 *
 * Run: `node --import tsx --conditions=@x/source src/socketio.micro.ts [filter]`
 */
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { jsonCodec, type Packet } from "@x/socketio/client";
import { compare, type Row } from "./micro.js";

/** What is used of socket.io-parser. */
interface Parser {
  readonly Encoder: new () => { encode(packet: Packet): (string | Buffer)[] };
  readonly Decoder: new () => { add(message: string | Uint8Array): void; on(event: "decoded", listener: (packet: Packet) => void): void };
}
const { Encoder, Decoder } = createRequire(createRequire(import.meta.url).resolve("socket.io"))("socket.io-parser") as Parser;

const perCall = 200;
let count = 0; // what is decoded is used, so that nothing is optimised away

const codec = jsonCodec();
const theirEncoder = new Encoder();

function encoderRow(name: string, data: readonly unknown[]): Row {
  const packet: Packet = { type: 2, nsp: "/", data };
  return {
    name: `encode ${name}`,
    perCall,
    ours: () => { for (let index = 0; index < perCall; index++) count += codec.encode(packet).length; },
    theirs: () => { for (let index = 0; index < perCall; index++) count += theirEncoder.encode(packet).length; },
  };
}

function decoderRow(name: string, data: readonly unknown[]): Row {
  const messages = codec.encode({ type: 2, nsp: "/", data });
  const ours = codec.createDecoder({ adopt: (bytes) => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) }); // as the server does
  const theirs = new Decoder();
  theirs.on("decoded", ({ data: decoded }) => void (count += (decoded as unknown[]).length));
  return {
    name: `decode ${name}`,
    perCall,
    ours: () => {
      for (let index = 0; index < perCall; index++) for (const message of messages) {
        const packet = ours.push(message);
        if (packet !== undefined) count += (packet.data as unknown[]).length;
      }
    },
    theirs: () => { for (let index = 0; index < perCall; index++) for (const message of messages) theirs.add(message); },
  };
}

const user = (id: number): object => ({ id, name: `user ${id}`, tags: ["a", "b"], address: { city: "Oslo", geo: { lat: 59.9, lon: 10.7 } } });
const payloads: readonly (readonly [name: string, data: readonly unknown[]])[] = [
  ["small", ["message", "hello there", 42]],
  ["attachment 1 KiB", ["file", { name: "a.bin", bytes: Buffer.alloc(1024, 7) }]],
  ["nested", ["users", Array.from({ length: 20 }, (_, id) => user(id))]],
];

compare([...payloads.map(([name, data]) => encoderRow(name, data)), ...payloads.map(([name, data]) => decoderRow(name, data))], "socket.io-parser");
if (count === 0) throw new Error("Nothing was decoded or encoded");
