/**
 * A byte link that is another one, but for what a subclass changes on the way.
 *
 * Room: simple-ws shell.
 */
import type { ByteDuplex, DuplexHandler } from "./ports.js";

export abstract class DuplexDecorator implements ByteDuplex {
  protected readonly inner: ByteDuplex;

  constructor(inner: ByteDuplex) {
    this.inner = inner;
  }

  get bufferedBytes(): number {
    return this.inner.bufferedBytes;
  }

  get bytesSent(): number {
    return this.inner.bytesSent;
  }

  get bytesReceived(): number {
    return this.inner.bytesReceived;
  }

  get highWaterMarkBytes(): number {
    return this.inner.highWaterMarkBytes;
  }

  get writesAtOnce(): boolean {
    return this.inner.writesAtOnce;
  }

  start(handler: DuplexHandler): void {
    this.inner.start(handler);
  }

  write(chunk: Uint8Array): void {
    this.inner.write(chunk);
  }

  end(): void {
    this.inner.end();
  }

  destroy(): void {
    this.inner.destroy();
  }

  setReading(isReading: boolean): void {
    this.inner.setReading(isReading);
  }
}
