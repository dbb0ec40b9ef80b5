/**
 * One connection of the generator: handshake, frames to let pass, then a counter of replies. Raw `node:net`, read into one buffer.
 */
import { connect, type Socket } from "node:net";
import type { LoadSpec } from "./messages.js";
import { FrameCounter } from "./wire.js";

const readBuffer = Buffer.allocUnsafe(256 * 1024);

/** What a connection tells. */
export interface Hooks {
  onReplies(link: Link): void;
  onLost(error: Error): void;
}

export class Link {
  readonly socket: Socket;
  readonly counter: FrameCounter = new FrameCounter();
  /** Total of frames at which the present burst is complete. */
  awaited = 0;
  /** Copies of what arrives, while somebody wants to see it. */
  record: Buffer[] | undefined;
  #head = "";
  #isUpgraded: boolean;

  constructor(spec: Pick<LoadSpec, "port" | "preamble">, hooks: Hooks, onReady: (link: Link) => void) {
    const { path, greeting, framesBefore } = spec.preamble;
    this.#isUpgraded = path === undefined;
    let isReady = false;
    const readyWhenPassed = (): void => {
      if (isReady || !this.#isUpgraded || this.counter.frames < framesBefore) return;
      isReady = true;
      onReady(this);
    };
    const read = (size: number): void => {
      let start = 0;
      if (!this.#isUpgraded) {
        const rest = this.#upgrade(size, hooks);
        if (rest === undefined) return;
        start = rest;
        if (greeting !== undefined) this.socket.write(Buffer.from(greeting, "base64"));
      }
      if (isReady) this.record?.push(Buffer.from(readBuffer.subarray(0, size)));
      const before = this.counter.frames;
      this.counter.push(start === 0 ? readBuffer : readBuffer.subarray(start), size - start);
      if (isReady && this.counter.frames !== before) hooks.onReplies(this);
      readyWhenPassed();
    };
    this.socket = connect({
      port: spec.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: { buffer: readBuffer, callback: (size) => (read(size), true) },
    });
    this.socket.on("error", (error) => hooks.onLost(error));
    this.socket.on("close", () => hooks.onLost(new Error("The server closed the connection")));
    this.socket.once("connect", () => {
      if (path === undefined) readyWhenPassed();
      else this.socket.write(upgradeRequest(path, spec.port, spec.preamble.extensions));
    });
  }

  /** @returns where the first frame starts, once the whole head is there. */
  #upgrade(size: number, hooks: Hooks): number | undefined {
    const before = this.#head.length;
    this.#head += readBuffer.toString("latin1", 0, size);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    if (!this.#head.startsWith("HTTP/1.1 101")) {
      hooks.onLost(new Error(this.#head.slice(0, 200)));
      return undefined;
    }
    this.#isUpgraded = true;
    return end + 4 - before;
  }
}

function upgradeRequest(path: string, port: number, extensions: string | undefined): string {
  return [
    `GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, "Connection: Upgrade", "Upgrade: websocket",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]), "", "",
  ].join("\r\n");
}
