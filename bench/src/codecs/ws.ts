/** The Receiver and the Sender of `ws`, the peer of @x/wsframe. */
import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import type { Start } from "../servers/contract.js";
import { doing, type Tasks } from "./contract.js";
import { wsframeTasks, type Data, type FrameCodec, type WsframeTask } from "./wsframe-tasks.js";

/** What is used of it beyond its documented types. */
interface Internals {
  readonly Receiver: new (options: object) => EventEmitter & { write(chunk: Uint8Array): boolean };
  readonly Sender: new (socket: object) => { send(data: Data, options: object, done: () => void): void };
}
const { utf8Write } = Buffer.prototype as unknown as { readonly utf8Write: (this: Uint8Array, text: string, offset: number) => number };
const { Receiver, Sender } = createRequire(import.meta.url)("ws") as Internals;

function create(): FrameCodec {
  let received: Data | undefined;
  const parts: Data[] = [];
  const pool = Buffer.allocUnsafeSlow(262_144);
  const receiver = new Receiver({ isServer: true, maxPayload: 100 * 1024 * 1024 });
  receiver.on("message", (data: Buffer, isBinary: boolean) => { received = isBinary ? data : data.toString(); });
  // Node's socket encodes a string when it is written; so does this one. Bytes it takes as they are.
  const write = (chunk: Data): void => {
    parts.push(chunk);
    if (typeof chunk === "string") utf8Write.call(pool, chunk, 0);
  };
  const sender = new Sender({ cork() {}, uncork() {}, write });
  return {
    receive: (chunk) => void receiver.write(chunk),
    received: () => received,
    sending: (data, isMasked) => {
      const options = { fin: true, mask: isMasked, binary: typeof data !== "string", compress: false };
      const done = (): void => {};
      return () => {
        parts.length = 0;
        sender.send(data, options, done);
      };
    },
    sent: () => Buffer.concat(parts.map((part) => Buffer.from(part))),
  };
}

export const tasks: Tasks<WsframeTask> = wsframeTasks(create);
export const start: Start = doing(tasks);
