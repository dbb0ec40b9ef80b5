/**
 * One keep-alive HTTP connection of the generator: a request, then its answer, one at a time. Raw `node:net`; answers must tell their length.
 */
import { connect, type Socket } from "node:net";

export class HttpLink {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #onBody: ((body: Buffer) => void) | undefined;

  constructor(port: number, onLost: (error: Error) => void) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", onLost);
    this.socket.on("close", () => onLost(new Error("The server closed the connection")));
    this.socket.on("data", (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      try {
        this.#read();
      } catch (error) {
        onLost(error as Error);
      }
    });
  }

  ask(request: Buffer | string, onBody: (body: Buffer) => void): void {
    this.#onBody = onBody;
    this.socket.write(request);
  }

  asked(request: Buffer | string): Promise<Buffer> {
    return new Promise((resolve) => this.ask(request, resolve));
  }

  #read(): void {
    const headEnd = this.#received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = this.#received.toString("latin1", 0, headEnd + 2);
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
    if (!head.startsWith("HTTP/1.1 200 ") || length === undefined) throw new Error(`Answered ${head.slice(0, 400)}`);
    const end = headEnd + 4 + Number(length);
    if (this.#received.length < end) return;
    if (this.#received.length > end) throw new Error("More than one answer came");
    const body = this.#received.subarray(headEnd + 4);
    this.#received = Buffer.alloc(0);
    const onBody = this.#onBody;
    this.#onBody = undefined;
    if (onBody === undefined) throw new Error("An answer came that nobody asked for");
    onBody(body);
  }
}

export function getRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
}

export function postRequest(path: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
}

/** Path of a session's requests, from the answer that opened it. */
export function sessionPath(opened: Buffer): string {
  const { sid } = JSON.parse(opened.subarray(1).toString()) as { readonly sid: string };
  return `${POLLING_PATH}&sid=${encodeURIComponent(sid)}`;
}

export const POLLING_PATH = "/engine.io/?EIO=4&transport=polling";
