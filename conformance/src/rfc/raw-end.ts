/** The end of a connection that a test plays by hand: it sends what it is told, and notes what comes by rules of its own. */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { maskFrames } from "@x/testkit";

export interface SeenFrame {
  /** FIN, reserved bits and opcode. */
  readonly first: number;
  readonly isMasked: boolean;
  readonly maskKey: string;
  readonly headerBytes: number;
  readonly payload: Buffer;
}

export interface Seen {
  readonly frames: readonly SeenFrame[];
  /** What came after the first Close: nothing must. */
  readonly bytesAfterClose: number;
}

const CLOSE = 0x88;

/** Reads frames as RFC 6455 §5.2 draws them, without a line of the code under test. */
export class FrameReader implements Seen {
  readonly frames: SeenFrame[] = [];
  bytesAfterClose = 0;
  #bytes: Buffer = Buffer.alloc(0);

  hasClose(): boolean {
    return this.frames.at(-1)?.first === CLOSE;
  }

  push(chunk: Buffer): void {
    if (this.hasClose()) {
      this.bytesAfterClose += chunk.length;
      return;
    }
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (let used = this.#read(this.#bytes); used > 0; used = this.#read(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(used);
      if (!this.hasClose()) continue;
      this.bytesAfterClose += this.#bytes.length;
      return;
    }
  }

  #read(bytes: Buffer): number {
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return 0;
    const extended = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
    const maskAt = 2 + extended;
    const headerBytes = maskAt + (second & 0x80 ? 4 : 0);
    if (bytes.length < headerBytes) return 0;
    const length = extended === 2 ? bytes.readUInt16BE(2) : extended === 8 ? Number(bytes.readBigUInt64BE(2)) : second & 0x7f;
    if (bytes.length < headerBytes + length) return 0;
    const key = bytes.subarray(maskAt, headerBytes);
    const payload = Buffer.from(bytes.subarray(headerBytes, headerBytes + length));
    for (let index = 0; index < payload.length && key.length > 0; index++) payload[index] = (payload[index] ?? 0) ^ (key[index % 4] ?? 0);
    this.frames.push({ first, isMasked: key.length > 0, maskKey: key.toString("hex"), headerBytes, payload });
    return headerBytes + length;
  }
}

/** What a peer's Close said; 1005 for an empty one, 1006 for none. */
export function closeOf({ frames }: Seen): { readonly code: number; readonly reason: string } {
  const payload = frames.find(({ first }) => first === CLOSE)?.payload;
  if (payload === undefined) return { code: 1006, reason: "" };
  return payload.length === 0 ? { code: 1005, reason: "" } : { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
}

/** Sends `wire` in the pieces that `cuts` make of it, each read by this process's other end before the next is sent. */
export async function send(socket: Socket, wire: Uint8Array, cuts: readonly number[]): Promise<void> {
  for (const [at, start] of [0, ...cuts].entries()) {
    if (!socket.writable) return;
    socket.write(wire.subarray(start, cuts[at] ?? wire.length));
    for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** A frame as a server sends it, or as a client does. */
export function frame(first: number, payload: Uint8Array, isMasked: boolean): Uint8Array {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  const whole = Buffer.concat([head, payload]);
  return isMasked ? maskFrames(whole) : whole;
}

/** The request of a client that is played by hand. */
export function requestHead(path: string, ...more: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", ...more, "", ""].join("\r\n");
}

/** The answer of a server that is played by hand. */
export function answerHead(request: string, ...more: readonly string[]): string {
  const key = /^sec-websocket-key: *(.+)\r$/im.exec(request)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`, ...more, "", ""].join("\r\n");
}

/** Reads a head. @returns it, with what came behind it put back. */
export function readHead(socket: Socket): Promise<string> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n") + 4;
      if (end < 4) return;
      socket.off("data", onData).off("close", onClose).pause();
      if (end < bytes.length) socket.unshift(bytes.subarray(end));
      resolve(bytes.toString("latin1", 0, end));
    };
    const onClose = (): void => reject(new Error(`the connection ended within a head: ${bytes.toString("latin1")}`));
    socket.on("data", onData).on("close", onClose);
  });
}

/** A raw client whose handshake is done. */
export async function dialRaw(port: number, path = "/", ...headers: readonly string[]): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined); // whoever is attacked may reset
  socket.write(requestHead(path, ...headers));
  const answer = await readHead(socket);
  if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(`refused: ${answer}`);
  return socket;
}
