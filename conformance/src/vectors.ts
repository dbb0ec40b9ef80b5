/** The vectors of conformance/vectors, as they are to be played to a server over a real connection. */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { hex } from "@x/testkit";
import { Decoder, writeFrame } from "@x/wsframe";

/** `(xx)*n` repeats an octet. */
export function bytesOf(text: string): Uint8Array {
  return hex(text.replace(/\((\w\w)\)\*(\d+)/g, (_, octet: string, count: string) => `${octet} `.repeat(Number(count))));
}

export function vectorsOf(name: "rfc6455" | "rfc7692"): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
}

/** What a server did to a client that sent raw bytes. */
export interface Played {
  /** The code of its Close; 1006 if it sent none. */
  readonly close: number;
  /** Bytes that came after its Close: there must be none. */
  readonly bytesAfterClose: number;
}

/** A masked frame, as a client sends it. */
export function clientFrame(firstByte: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(payload.length + 14);
  return frame.slice(0, writeFrame(frame, 0, firstByte, payload, 0x0bad_cafe));
}

/** Opens a connection, sends `wire` in the pieces that `cuts` make of it, and listens until the server ends TCP. */
export async function play(port: number, wire: Uint8Array, cuts: readonly number[], extensions = ""): Promise<Played> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined); // the server may reset what it does not want to read
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${extensions}\r\n`);
  return await listen(socket, () => {
    for (const [at, start] of [0, ...cuts].entries()) socket.write(wire.subarray(start, cuts[at] ?? wire.length));
  });
}

function listen(socket: Socket, onOpen: () => void): Promise<Played> {
  let close = 1006;
  let bytesAfterClose = 0;
  let head: string | undefined = "";
  const decoder = new Decoder({ role: "client", reservedBits: 0x40, sink: {
    onMessage: () => undefined, onExtended: () => undefined, onPing: () => undefined, onPong: () => undefined,
    onClose: (code) => {
      close = code;
      socket.end();
    },
  } });
  const feed = (bytes: Uint8Array): void => {
    if (decoder.isEnded) bytesAfterClose += bytes.length;
    else decoder.push(bytes);
  };
  return new Promise((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      if (head === undefined) {
        feed(chunk);
        return;
      }
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const rest = Buffer.from(head.slice(end + 4), "latin1");
      head = undefined;
      onOpen();
      feed(rest);
    });
    socket.on("close", () => resolve({ close, bytesAfterClose }));
  });
}
