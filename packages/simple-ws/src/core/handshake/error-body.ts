/**
 * The beginning of the body of a refused handshake (RFC 9112 §6, §7.1), so that errors can show what the server said.
 *
 * Room: simple-ws core. Keeps a bounded prefix; a chunked body is decoded. Sizes are bytes.
 */
import { badHandshake, type ResponseHead } from "./headers.js";

/** Where a chunked body is: in a chunk-size line, in its data, in the CRLF after the data, or in the trailers. */
type ChunkPart = "size" | "data" | "separator" | "end";

export class ErrorBody {
  readonly #limit: number;
  readonly #kept: number[] = [];
  readonly #isChunked: boolean;
  /** Bytes still to come: of the body, or of the current chunk. */
  #remaining: number;
  #part: ChunkPart = "size";
  #sizeLine = "";

  constructor(head: ResponseHead, maxBytes: number) {
    this.#limit = maxBytes;
    this.#isChunked = head.headers["transfer-encoding"]?.toLowerCase() === "chunked";
    const length = head.headers["content-length"];
    const hasBody = head.statusCode >= 200 && head.statusCode !== 204 && head.statusCode !== 304; // RFC 9112 §6.3
    if (!hasBody) this.#remaining = 0;
    else if (length === undefined || this.#isChunked) this.#remaining = Infinity; // until the end of the connection
    else if (/^\d{1,15}$/.test(length)) this.#remaining = Number(length);
    else throw badHandshake("Content-Length is not a number");
  }

  /** @returns whether nothing more is wanted: the body is complete, or as much of it as is kept. */
  receive(chunk: Uint8Array): boolean {
    for (const byte of chunk) {
      if (this.#isOver()) break;
      if (this.#isChunked) this.#receiveChunked(byte);
      else this.#keep(byte);
    }
    return this.#isOver();
  }

  /** What was kept, read as UTF-8; bytes that are not become U+FFFD. */
  text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#kept));
  }

  #isOver(): boolean {
    return this.#kept.length >= this.#limit || (this.#isChunked ? this.#part === "end" : this.#remaining === 0);
  }

  #keep(byte: number): void {
    this.#kept.push(byte);
    this.#remaining--;
  }

  #receiveChunked(byte: number): void {
    switch (this.#part) {
      case "size":
        this.#receiveSize(byte);
        return;
      case "data":
        this.#keep(byte);
        if (this.#remaining === 0) this.#part = "separator";
        return;
      case "separator":
        if (byte === 0x0a) this.#part = "size";
        return;
      case "end": return;
    }
  }

  #receiveSize(byte: number): void {
    if (byte !== 0x0a) {
      if (this.#sizeLine.length >= 64) throw badHandshake("a chunk-size line is over 64 bytes");
      this.#sizeLine += String.fromCharCode(byte);
      return;
    }
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\r$/.exec(this.#sizeLine)?.[1];
    if (size === undefined) throw badHandshake("a chunk size is malformed");
    this.#sizeLine = "";
    this.#remaining = parseInt(size, 16);
    this.#part = this.#remaining === 0 ? "end" : "data"; // trailers do not matter here
  }
}
