/** `@x/wsframe`, with the fast paths of Node's buffers that @x/simple-ws gives it. */
import { Buffer, isUtf8, transcode } from "node:buffer";
import { Decoder, neutralText, writeBinaryFrame, writeTextFrame, type TextPort } from "@x/wsframe";
import type { Start } from "../servers/contract.js";
import { doing, type Tasks } from "./contract.js";
import { wsframeTasks, type Data, type FrameCodec, type WsframeTask } from "./wsframe-tasks.js";

/** Of Buffer, though its types do not mention them. */
interface FastBuffer {
  readonly latin1Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly ucs2Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly utf8Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly utf8Write: (this: Uint8Array, text: string, offset: number) => number;
}
const { latin1Slice, ucs2Slice, utf8Slice, utf8Write } = Buffer.prototype as unknown as FastBuffer;

const text: TextPort = {
  decodeAscii: (bytes, start, end) => latin1Slice.call(bytes, start, end),
  decodeUtf8: (bytes, start, end) => {
    if (end - start >= 768) {
      const view = bytes.subarray(start, end);
      if (!isUtf8(view)) return undefined;
      const wide = transcode(view, "utf8", "ucs2");
      return ucs2Slice.call(wide, 0, wide.length);
    }
    const decoded = utf8Slice.call(bytes, start, end);
    return decoded.includes("\ufffd") ? neutralText.decodeUtf8(bytes, start, end) : decoded;
  },
  byteLength: (value) => Buffer.byteLength(value),
  write: (value, target, offset) => utf8Write.call(target, value, offset),
};

function create(): FrameCodec {
  let received: Data | undefined;
  let sentBytes = 0;
  let next = 0;
  const keys = new Uint32Array(1024).map(() => Math.random() * 0xffff_ffff);
  const pool = Buffer.allocUnsafeSlow(262_144);
  const decoder = new Decoder({
    role: "server", text, allocate: (bytes) => Buffer.allocUnsafe(bytes),
    sink: { onMessage: (data) => { received = data; }, onPing: () => {}, onPong: () => {}, onClose: () => {} },
  });
  return {
    receive: (chunk) => decoder.push(chunk),
    received: () => received,
    sending: (data, isMasked) => {
      const key = (): number | undefined => (isMasked ? keys[next++ & 1023] : undefined);
      return typeof data === "string" ? () => { sentBytes = writeTextFrame(pool, 0, data, text, key()); } : () => { sentBytes = writeBinaryFrame(pool, 0, data, key()); };
    },
    sent: () => pool.subarray(0, sentBytes),
  };
}

export const tasks: Tasks<WsframeTask> = wsframeTasks(create);
export const start: Start = doing(tasks);
