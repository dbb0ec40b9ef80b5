/**
 * What clients under test talk to: a raw server that counts their frames by header and answers each with the same frame, encoded
 * beforehand. It is the same for every client and knows no library under test.
 */
import { createHash } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { frame, FrameCounter, unmasked } from "./wire.js";

/** Replies in one buffer: as many as a chunk may ask for. */
const MANY = 2_048;

export class EchoPeer {
  readonly #payload: Buffer;
  readonly #reply: Buffer;
  readonly #replies: Buffer;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(payload: Buffer) {
    this.#payload = payload;
    this.#reply = frame(1, payload, false);
    this.#replies = Buffer.concat(Array<Buffer>(MANY).fill(this.#reply));
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", 4_096, resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    const counter = new FrameCounter();
    let head = "";
    let isFirst = true;
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => this.#sockets.delete(socket));
    const onFrames = (chunk: Buffer): void => {
      if (isFirst && !unmasked(chunk).equals(this.#payload)) socket.destroy(); // checked once per connection, byte for byte
      isFirst = false;
      const before = counter.frames;
      counter.push(chunk, chunk.length);
      const count = counter.frames - before;
      if (count > 0) socket.write(this.#replies.subarray(0, count * this.#reply.length));
    };
    const onHead = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      socket.off("data", onHead).on("data", onFrames);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(head)}\r\n\r\n`);
    };
    socket.on("data", onHead);
  }
}

function acceptOf(head: string): string {
  const key = /\r\nsec-websocket-key: *([^\r]+)/i.exec(head)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
