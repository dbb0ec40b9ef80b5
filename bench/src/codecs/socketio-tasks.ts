/**
 * Events as applications send them, and what they are on the wire: written here on purpose, so that no library under test has a part in it.
 */
import type { Task, Tasks } from "./contract.js";

type Message = string | Uint8Array;

export interface Payload {
  readonly data: readonly unknown[];
  readonly wire: readonly Message[];
}

const user = (id: number): object => ({ id, name: `user ${id}`, tags: ["a", "b"], address: { city: "Oslo", geo: { lat: 59.9, lon: 10.7 } } });
const users: readonly unknown[] = ["users", Array.from({ length: 20 }, (_, id) => user(id))];
const bytes = Buffer.alloc(1024, 7);

type Name = "small" | "1 KiB attached" | "nested";
export type SocketioTask = `${"encode" | "decode"} ${Name}`;

export const PAYLOADS: Readonly<Record<Name, Payload>> = {
  "small": { data: ["message", "hello there", 42], wire: ['2["message","hello there",42]'] },
  "1 KiB attached": { data: ["file", { name: "a.bin", bytes }], wire: ['51-["file",{"name":"a.bin","bytes":{"_placeholder":true,"num":0}}]', bytes] },
  "nested": { data: users, wire: [`2${JSON.stringify(users)}`] },
};

const messages = 100;

/** @param decode takes one message. @returns the data of the packet that it completes. */
export function socketioTasks(encode: (data: readonly unknown[]) => unknown, decode: (message: Message) => unknown): Tasks<SocketioTask> {
  return {
    "encode small": () => encoding(PAYLOADS.small, encode),
    "encode 1 KiB attached": () => encoding(PAYLOADS["1 KiB attached"], encode),
    "encode nested": () => encoding(PAYLOADS.nested, encode),
    "decode small": () => decoding(PAYLOADS.small, decode),
    "decode 1 KiB attached": () => decoding(PAYLOADS["1 KiB attached"], decode),
    "decode nested": () => decoding(PAYLOADS.nested, decode),
  };
}

function encoding({ data }: Payload, encode: (data: readonly unknown[]) => unknown): Task {
  let last: unknown;
  return {
    messages,
    run: () => { for (let index = 0; index < messages; index++) last = encode(data); },
    outcome: () => last,
  };
}

function decoding({ wire }: Payload, decode: (message: Message) => unknown): Task {
  let last: unknown;
  return {
    messages,
    run: () => { for (let index = 0; index < messages; index++) for (const message of wire) last = decode(message); },
    outcome: () => last,
  };
}
