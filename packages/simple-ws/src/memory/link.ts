/**
 * Two {@link ByteDuplex} joined back to back. Bytes travel in a microtask, in order; either end can be cut.
 *
 * Room: simple-ws memory.
 */
import type { ByteDuplex, DuplexHandler } from "../shell/ports.js";

type Signal = "end" | "destroy";

export class MemoryDuplex implements ByteDuplex {
  readonly highWaterMarkBytes: number;
  readonly writesAtOnce = false;
  bufferedBytes = 0;
  bytesSent = 0;
  bytesReceived = 0;
  #peer: MemoryDuplex | undefined;
  #handler: DuplexHandler | undefined;
  /** What has arrived here and was not read yet. */
  readonly #arrived: (Uint8Array | Signal)[] = [];
  #isReading = true;
  #isPumping = false;
  #hasEnded = false;
  #hasReceivedEnd = false;
  #isClosed = false;
  #isCongested = false;

  constructor(highWaterMarkBytes = 16_384) {
    this.highWaterMarkBytes = highWaterMarkBytes;
  }

  /** @returns a joined pair. */
  static pair(): [MemoryDuplex, MemoryDuplex] {
    const [one, other] = [new MemoryDuplex(), new MemoryDuplex()];
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  start(handler: DuplexHandler): void {
    this.#handler = handler;
    this.#pump();
  }

  write(chunk: Uint8Array): void {
    if (this.#hasEnded || this.#isClosed) return;
    this.bufferedBytes += chunk.length;
    this.bytesSent += chunk.length;
    if (this.bufferedBytes > this.highWaterMarkBytes) this.#isCongested = true;
    if (this.#peer !== undefined) this.#peer.#arrive(chunk.slice());
  }

  end(): void {
    if (this.#hasEnded || this.#isClosed) return;
    this.#hasEnded = true;
    if (this.#peer !== undefined) this.#peer.#arrive("end");
    this.#closeIfOver();
  }

  /** The link breaks: this end and, once it has read what was sent before, the other. */
  destroy(): void {
    if (this.#isClosed) return;
    this.#arrived.length = 0;
    if (!this.#hasEnded && this.#peer !== undefined) this.#peer.#arrive("destroy");
    this.#hasEnded = true;
    this.#close();
  }

  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    if (isReading) this.#pump();
  }

  #arrive(item: Uint8Array | Signal): void {
    if (this.#isClosed) return;
    this.#arrived.push(item);
    this.#pump();
  }

  #pump(): void {
    if (this.#isPumping || this.#handler === undefined) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      this.#deliver();
      if (this.#isReading && this.#arrived.length > 0) this.#pump();
    });
  }

  #deliver(): void {
    if (!this.#isReading || this.#isClosed) return;
    const item = this.#arrived.shift();
    if (item === undefined) return;
    if (item === "end") {
      this.#hasReceivedEnd = true;
      this.#handler?.onEnd();
      this.#closeIfOver();
    } else if (item === "destroy") {
      this.#close();
    } else {
      if (this.#peer !== undefined) this.#peer.#taken(item.length);
      this.bytesReceived += item.length;
      this.#handler?.onChunk(item);
    }
  }

  /** The other end has read this much. */
  #taken(bytes: number): void {
    this.bufferedBytes -= bytes;
    if (!this.#isCongested || this.bufferedBytes > 0) return;
    this.#isCongested = false;
    queueMicrotask(() => this.#handler?.onDrain());
  }

  #closeIfOver(): void {
    if (this.#hasEnded && this.#hasReceivedEnd) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.bufferedBytes = 0;
    queueMicrotask(() => this.#handler?.onLinkClosed());
  }
}
