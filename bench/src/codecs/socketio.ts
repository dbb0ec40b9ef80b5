/** `@x/socketio`'s codec, as its server uses it. */
import { jsonCodec } from "@x/socketio/client";
import type { Start } from "../servers/contract.js";
import { doing, type Tasks } from "./contract.js";
import { socketioTasks, type SocketioTask } from "./socketio-tasks.js";

const codec = jsonCodec();
const decoder = codec.createDecoder({ adopt: (bytes) => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) });

export const tasks: Tasks<SocketioTask> = socketioTasks(
  (data) => codec.encode({ type: 2, nsp: "/", data }),
  (message) => decoder.push(message)?.data,
);
export const start: Start = doing(tasks);
