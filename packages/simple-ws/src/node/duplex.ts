/**
 * A {@link ByteDuplex} over a Node stream: `net.Socket`, `tls.TLSSocket`, or what an http server hands over on `upgrade`.
 *
 * Room: simple-ws node. Listeners are shared functions that find their duplex on the stream: no closures per connection.
 */
import { Socket } from "node:net";
import { nextTick } from "node:process";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { ByteDuplex, DuplexHandler } from "../shell/ports.js";

const owner: unique symbol = Symbol("owner");

interface Owned extends Duplex {
  [owner]?: DuplexHandler | undefined;
}

export class NodeDuplex implements ByteDuplex {
  readonly #stream: Owned;
  /** Chunks come by another way than `data` events: see `net.connect`'s `onread`. */
  readonly #isFed: boolean;
  #isOver = false;

  constructor(stream: Duplex, isFed = false) {
    this.#stream = stream;
    this.#isFed = isFed;
  }

  get writesAtOnce(): boolean {
    return this.#stream instanceof Socket && !(this.#stream instanceof TLSSocket);
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  get bytesSent(): number {
    return this.#stream instanceof Socket ? this.#stream.bytesWritten : 0;
  }

  get bytesReceived(): number {
    return this.#stream instanceof Socket ? this.#stream.bytesRead : 0;
  }

  get highWaterMarkBytes(): number {
    return this.#stream.writableHighWaterMark;
  }

  start(handler: DuplexHandler): void {
    const stream = this.#stream;
    stream[owner] = handler;
    if (!this.#isFed) stream.on("data", onData);
    stream.on("end", onEnd).on("error", onError).on("close", onClose);
    if (stream.destroyed) nextTick(() => onClose.call(stream)); // it has ended while nobody listened
  }

  /** Takes bytes that came by another way than `data` events: with the handshake, or by `onread`. After {@link start}. */
  feed(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#stream[owner]?.onChunk(chunk);
  }

  write(chunk: Uint8Array): void {
    if (this.#isOver || this.#stream.write(chunk)) return;
    if (this.#stream.listenerCount("drain") === 0) this.#stream.once("drain", onDrain); // only while there is something to hear
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.end();
  }

  destroy(): void {
    this.#isOver = true;
    this.#stream.destroy();
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#stream.resume();
    else this.#stream.pause();
  }
}

function onData(this: Owned, chunk: Uint8Array): void {
  this[owner]?.onChunk(chunk);
}

function onEnd(this: Owned): void {
  this[owner]?.onEnd();
}

function onDrain(this: Owned): void {
  this[owner]?.onDrain();
}

/** `close` follows and tells. */
function onError(): void {
  // a lost network is an end like others: 1006
}

function onClose(this: Owned): void {
  const handler = this[owner];
  this[owner] = undefined;
  this.off("data", onData).off("end", onEnd).off("drain", onDrain).off("close", onClose); // onError stays: a stream may fail late
  handler?.onLinkClosed();
}
