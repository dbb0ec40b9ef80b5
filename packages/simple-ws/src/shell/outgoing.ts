/**
 * A connection's way out: frames go into the shared {@link WriteBatch}, from there to the link; what waits is counted truly.
 *
 * Room: simple-ws shell. The base of {@link Driver}: one object per connection rather than two. Sizes are bytes.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { frameLength, type PreparedMessage } from "@x/wsframe";
import type { ByteOutput } from "../core/frames.js";
import type { ByteDuplex } from "./ports.js";
import type { ConnectionProfile } from "./profile.js";
import type { BatchMember } from "./write-batch.js";

export abstract class Outgoing implements ByteOutput, BatchMember {
  queue: Uint8Array | Uint8Array[] | undefined = undefined;
  queuedBytes = 0;
  readonly profile: ConnectionProfile;
  protected readonly duplex: ByteDuplex;
  /** What the link held after the last write to it; the truth may be less by now. */
  #lingeringBytes = 0;
  /** What waits for an extension, or behind a message that does. */
  #heldBytes = 0;
  /** Somebody has seen the congestion and waits for its end. */
  #isAwaited = false;

  constructor(profile: ConnectionProfile, duplex: ByteDuplex) {
    this.profile = profile;
    this.duplex = duplex;
  }

  /** A congestion that somebody has seen is over. */
  protected abstract onRelieved(): void;

  get target(): Uint8Array {
    return this.profile.runtime.batch.target;
  }

  reserve(bytes: number): number {
    return this.profile.runtime.batch.reserve(this, bytes);
  }

  commit(end: number): void {
    this.profile.runtime.batch.commit(this, end);
  }

  append(bytes: Uint8Array): void {
    this.profile.runtime.batch.append(this, bytes);
  }

  hold(bytes: number): void {
    this.#heldBytes += bytes;
    if (bytes < 0) this.flushed();
  }

  end(): void {
    if (this.queuedBytes > 0) this.profile.runtime.batch.flush(this);
    this.duplex.end();
  }

  destroy(): void {
    this.profile.runtime.batch.drop(this);
    this.duplex.destroy();
  }

  /** Written by us and not yet taken by the system. */
  get bufferedBytes(): number {
    return this.queuedBytes + this.#heldBytes + this.duplex.bufferedBytes;
  }

  /** Whether more waits than the high-water mark; who has seen it is told of its end. Cheap while nothing lingers in the link. */
  get isCongested(): boolean {
    const highWaterMarkBytes = Math.max(this.profile.settings.highWaterMarkBytes, this.duplex.highWaterMarkBytes);
    if (this.hasRoomFor(0, highWaterMarkBytes)) return false;
    this.#isAwaited = true;
    return true;
  }

  /** Whether the message is within `maxBufferedBytes`. Text is measured only where three bytes per unit might be too many. */
  protected hasRoomForMessage(data: string | Uint8Array): boolean {
    const { settings: { maxBufferedBytes }, codec, role } = this.profile;
    if (this.hasRoomFor(14 + data.length * 3, maxBufferedBytes)) return true;
    const payloadBytes = typeof data === "string" ? codec.text.byteLength(data) : data.length;
    return this.hasRoomFor(frameLength(payloadBytes, role === "client"), maxBufferedBytes);
  }

  /** {@link hasRoomForMessage} for a frame that is written already. */
  protected hasRoomForPrepared({ frame }: PreparedMessage): boolean {
    return this.hasRoomFor(frame.length, this.profile.settings.maxBufferedBytes);
  }

  protected bufferFull(): SimpleWebsocketError {
    const { bufferedBytes, profile: { settings: { maxBufferedBytes } } } = this;
    return new SimpleWebsocketError(`Cannot send: more than ${maxBufferedBytes} bytes would wait, must be fewer`, { code: "simple-ws/buffer-full", retryable: true, details: { maxBufferedBytes, bufferedBytes } });
  }

  /** Whether `bytes` more are within `limitBytes`. */
  protected hasRoomFor(bytes: number, limitBytes: number): boolean {
    const ours = this.queuedBytes + this.#heldBytes + bytes;
    if (ours + this.#lingeringBytes <= limitBytes) return true;
    this.#lingeringBytes = this.duplex.bufferedBytes;
    return ours + this.#lingeringBytes <= limitBytes;
  }

  /** For the {@link WriteBatch}, and when the link has drained. */
  flushed(): void {
    if (!this.#isAwaited || this.isCongested) return;
    this.#isAwaited = false;
    this.onRelieved();
  }

  /** For the {@link WriteBatch}. */
  get writesAtOnce(): boolean {
    return this.duplex.writesAtOnce && this.duplex.bufferedBytes === 0;
  }

  /** For the {@link WriteBatch}. */
  write(chunk: Uint8Array): boolean {
    this.duplex.write(chunk);
    this.#lingeringBytes = this.duplex.bufferedBytes;
    return this.#lingeringBytes === 0;
  }
}
