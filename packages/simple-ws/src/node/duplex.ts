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

  constructor(stream: Duplex) {
    this.#stream = stream;
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
    this.#stream.on("data", onData);
    this.watch(handler);
  }

  /** {@link start} but for `data` events, where chunks come by {@link feed} alone: see `net.connect`'s `onread`. */
  protected watch(handler: DuplexHandler): void {
    const stream = this.#stream;
    stream[owner] = handler;
    stream.on("end", onEnd).on("error", onError).on("close", onClose);
    if (stream.destroyed) nextTick(() => onClose.call(stream)); // it has ended while nobody listened
    else if (stream.readableEnded) nextTick(() => onEnd.call(stream));
  }

  /** Takes bytes that came by another way than `data` events: with the handshake, or by `onread`. After {@link start}. */
  feed(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#stream[owner]?.onChunk(chunk);
  }

  write(chunk: Uint8Array): void {
    const stream = this.#stream;
    try {
      if (stream.writableEnded || stream.write(chunk)) return; // a destroyed stream ignores what is written
    } catch {
      stream.destroy(); // one that an application brought, and that fails otherwise than streams may
      return;
    }
    if (stream.listenerCount("drain") === 0) stream.once("drain", onDrain); // only while there is something to hear
  }

  end(): void {
    if (!this.#stream.writableEnded) this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#stream.resume();
    else this.#stream.pause();
  }
}

/** A link whose chunks come by {@link NodeDuplex.feed} alone. */
export class FedDuplex extends NodeDuplex {
  override start(handler: DuplexHandler): void {
    this.watch(handler);
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
  this[owner] = undefined; // the listeners stay, and have nobody to tell: a stream may fail late
  handler?.onLinkClosed();
}
