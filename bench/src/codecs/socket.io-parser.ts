/** `socket.io-parser`, the peer of @x/socketio's codec. */
import { createRequire } from "node:module";
import type { Start } from "../servers/contract.js";
import { doing, type Tasks } from "./contract.js";
import { socketioTasks, type SocketioTask } from "./socketio-tasks.js";

/** What is used of it. It is socket.io's dependency, not the bench's. */
interface Parser {
  readonly Encoder: new () => { encode(packet: object): (string | Buffer)[] };
  readonly Decoder: new () => { add(message: string | Uint8Array): void; on(event: "decoded", listener: (packet: { readonly data: unknown }) => void): void };
}
const { Encoder, Decoder } = createRequire(createRequire(import.meta.url).resolve("socket.io"))("socket.io-parser") as Parser;

const encoder = new Encoder();
const decoder = new Decoder();
let decoded: unknown;
decoder.on("decoded", ({ data }) => { decoded = data; });

export const tasks: Tasks<SocketioTask> = socketioTasks(
  (data) => encoder.encode({ type: 2, nsp: "/", data }),
  (message) => {
    decoder.add(message);
    return decoded;
  },
);
export const start: Start = doing(tasks);
