/**
 * The outgoing half of a session: past the outbox while a stream is open, through it otherwise, bounded either way.
 *
 * Room: engineio core. Sizes are bytes.
 */
import { ContentTooLongError, type SocketIsClosedError } from "@x/errors/engineio";
import { type Carrier, type StreamCarrier, isStream } from "./carrier.js";
import { Outbox, type QueuedPacket } from "./outbox.js";
import { type PreparedPacket, type SendOptions, type WirePacket, mayCompress, messageWire, prepareMessage } from "./packet.js";
import { payloadBytes } from "./payload.js";
import { sessionClosed } from "./session-closed.js";
import type { CloseReason, ReadyState, SessionConfig } from "./session-config.js";
import { SharedWait } from "./shared-wait.js";

/** What a sender needs to know of its session. */
export interface SenderOwner {
  readonly config: SessionConfig;
  readonly state: ReadyState;
  readonly carrier: Carrier | undefined;
  /** Is every packet to be shown? */
  readonly isObserved: boolean;
  fail(reason: CloseReason, description: unknown): void;
  packetCreated(wire: WirePacket): void;
}

const ready: Promise<void> = Promise.resolve();

/** A queue with a way out. */
export class Sender extends Outbox {
  /** Most bytes in one polling payload, and in one message. */
  maxPayloadBytes: number;
  maxMessageBytes: number;
  /** Why the session has ended, once it has. */
  closeReason: CloseReason | undefined;
  /** How many packets wait up to the last one that must not be compressed; none, where none must not. */
  #plain = 0;
  readonly #owner: SenderOwner;
  /** Where sends go past the queue. */
  #stream: StreamCarrier | undefined;
  #pressure: SharedWait | undefined;

  constructor(owner: SenderOwner, maxPayloadBytes: number, maxMessageBytes: number) {
    super(owner.config.text);
    this.#owner = owner;
    this.maxPayloadBytes = maxPayloadBytes;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** May the next payload be compressed? Not as long as a packet waits that must not be. */
  get mayCompress(): boolean {
    return this.#plain === 0;
  }

  override push(packet: QueuedPacket): void {
    super.push(packet);
    if (!mayCompress(packet)) this.#plain = this.length;
  }

  override takePayload(maxBytes: number, maxPackets: number): string {
    const waiting = this.length;
    const payload = super.takePayload(maxBytes, maxPackets);
    this.#plain = Math.max(0, this.#plain - (waiting - this.length));
    return payload;
  }

  /** The first packet, past the queue where a stream is there to take it. */
  begin(openWire: string): void {
    this.settle();
    const stream = this.#stream;
    if (stream === undefined) {
      void this.enqueue(openWire);
      return;
    }
    try {
      void stream.write(openWire);
    } catch {
      // the stream has ended, and is about to report it
    }
  }

  send(data: string | Uint8Array, options?: Pick<SendOptions, "compress">): Promise<void> {
    if (options?.compress === false) return this.sendPrepared(prepareMessage(data, options)); // which knows it as long as it waits
    this.#checkLength(data);
    const stream = this.#stream;
    if (stream === undefined) return this.#queue(messageWire(data));
    try {
      return stream.write(typeof data === "string" ? `4${data}` : data);
    } catch (cause) {
      throw this.closedError(cause);
    }
  }

  sendPrepared(packet: PreparedPacket): Promise<void> {
    this.#checkLength(packet.data);
    const stream = this.#stream;
    if (stream === undefined) return this.#queue(packet);
    try {
      return stream.writePrepared(packet);
    } catch (cause) {
      throw this.closedError(cause);
    }
  }

  /** Would a sender have to wait? */
  get isCongested(): boolean {
    const { carrier, config } = this.#owner;
    return this.bytes > config.highWaterMarkBytes || (carrier !== undefined && isStream(carrier) && carrier.isCongested);
  }

  /** Send a packet of the session's own. @returns what a stream answered, if one took it. */
  enqueue(packet: QueuedPacket): Promise<void> | undefined {
    const owner = this.#owner;
    const limitBytes = owner.config.maxBufferedBytes;
    this.push(packet);
    if (this.bytes > limitBytes) {
      owner.fail("transport error", new ContentTooLongError(`Session ended: more than ${limitBytes} bytes wait for the peer`, { limitBytes, actualBytes: this.bytes }));
      return undefined;
    }
    if (owner.state === "opening") return undefined;
    this.#stream = undefined; // order: what waits leaves first
    return owner.carrier?.flush();
  }

  /** Sends go past the queue exactly while the session is open, on a stream, with nothing in waiting and nobody looking on. */
  settle(): void {
    const { state, carrier, isObserved } = this.#owner;
    const isFree = !isObserved && state === "open" && this.length === 0;
    this.#stream = isFree && carrier !== undefined && isStream(carrier) ? carrier : undefined;
  }

  /** The queue is empty: those who waited go on. */
  relieve(): void {
    this.#pressure?.resolve();
    this.#pressure = undefined;
  }

  /** Nothing more is sent. */
  stop(reason: CloseReason, description: unknown): void {
    this.closeReason = reason;
    this.#stream = undefined;
    this.clear();
    this.#pressure?.reject(this.closedError(description));
    this.#pressure = undefined;
  }

  /** @returns what every operation on a session that is not open throws. */
  closedError(cause?: unknown): SocketIsClosedError {
    return sessionClosed(this.#owner.state, this.closeReason, cause);
  }

  #checkLength(data: string | Uint8Array): void {
    const limitBytes = this.maxMessageBytes;
    if ((data.length + 2) * 3 < limitBytes) return; // nothing is longer than that in UTF-8 or base64, type character included
    if (this.#owner.state !== "open") throw this.closedError(); // however long: a shorter one would not be taken either
    const actualBytes = this.#bytesOf(data);
    if (actualBytes <= limitBytes) return;
    throw new ContentTooLongError(`Cannot send: message has ${actualBytes} bytes, at most ${limitBytes} are allowed`, { limitBytes, actualBytes });
  }

  /** As the transport of the moment counts: a stream carries bytes as they are, polling as base64. */
  #bytesOf(data: string | Uint8Array): number {
    const { carrier, config } = this.#owner;
    const isRaw = typeof data !== "string" && carrier !== undefined && isStream(carrier);
    return isRaw ? data.length : payloadBytes(messageWire(data), config.text);
  }

  #queue(packet: QueuedPacket): Promise<void> {
    const owner = this.#owner;
    if (owner.state !== "open") throw this.closedError();
    if (owner.isObserved) owner.packetCreated(typeof packet === "object" && "wire" in packet ? packet.wire : packet);
    const written = this.enqueue(packet);
    if (this.closeReason !== undefined) throw this.closedError(); // it did not fit
    if (written !== undefined) return written;
    if (this.bytes <= owner.config.highWaterMarkBytes) return ready;
    this.#pressure ??= new SharedWait();
    return this.#pressure.promise;
  }
}
