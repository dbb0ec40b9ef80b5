/**
 * The outgoing half of a client's session: what waits, how long a message may be, and those who wait until less waits.
 *
 * Room: engineio core. Sizes are bytes. The server's half is `Sender`.
 */
import { ContentTooLongError, type SocketIsClosedError } from "@x/errors/engineio";
import { type Carrier, type StreamCarrier, isStream } from "./carrier.js";
import { Outbox, type QueuedPacket } from "./outbox.js";
import { type SendOptions, type WirePacket, messageWire } from "./packet.js";
import { payloadBytes } from "./payload.js";
import { sessionClosed } from "./session-closed.js";
import type { ClientSessionConfig, CloseReason, ReadyState } from "./session-config.js";
import { SharedWait } from "./shared-wait.js";

/** What a sender needs to know of its session. */
export interface ClientSenderOwner {
  readonly config: ClientSessionConfig;
  readonly state: ReadyState;
  readonly carrier: Carrier | undefined;
  /** @returns whether somebody wants to see packets one by one, and has been shown this one. */
  packetCreated(wire: WirePacket): boolean;
  fail(reason: CloseReason, description: unknown): void;
}

const ready: Promise<void> = Promise.resolve();

/** A queue with a way out. */
export class ClientSender extends Outbox {
  /** Most bytes in one polling payload, and in one message. */
  maxPayloadBytes: number;
  readonly #owner: ClientSenderOwner;
  #closeReason: CloseReason | undefined;
  #pressure: SharedWait | undefined;

  constructor(owner: ClientSenderOwner) {
    super(owner.config.text);
    this.#owner = owner;
    this.maxPayloadBytes = owner.config.maxBufferedBytes;
  }

  get isCongested(): boolean {
    const { carrier, config } = this.#owner;
    return this.bytes > config.highWaterMarkBytes || (isStream(carrier) && carrier.isCongested);
  }

  /** See `ClientSession#send`. */
  send(data: string | Uint8Array, options?: Pick<SendOptions, "compress">): Promise<void> {
    const owner = this.#owner;
    const { state, carrier } = owner;
    if (state !== "open" && state !== "opening") throw this.closedError();
    const wire = messageWire(data);
    this.#checkLength(wire);
    const isShown = owner.packetCreated(wire);
    const isPlain = options?.compress === false; // what only the queue can say of a packet
    if (!isShown && !isPlain && state === "open" && this.length === 0 && isStream(carrier)) return this.#write(carrier, wire);
    const written = this.enqueue(isPlain ? { data, wire, compress: false } : wire);
    if (owner.state === "closed") throw this.closedError(); // it did not fit
    if (written !== undefined || this.bytes <= owner.config.highWaterMarkBytes) return written ?? ready;
    this.#pressure ??= new SharedWait();
    return this.#pressure.promise;
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
    return owner.state === "opening" ? undefined : owner.carrier?.flush();
  }

  /** The queue is empty: those who waited go on. */
  relieve(): void {
    this.#pressure?.resolve();
    this.#pressure = undefined;
  }

  /** Nothing more is sent. */
  stop(reason: CloseReason, description: unknown): void {
    this.#closeReason = reason;
    this.clear();
    this.#pressure?.reject(this.closedError(description));
    this.#pressure = undefined;
  }

  /** @returns what every operation on a session that is not open throws. */
  closedError(cause?: unknown): SocketIsClosedError {
    return sessionClosed(this.#owner.state, this.#closeReason, cause);
  }

  #write(stream: StreamCarrier, wire: WirePacket): Promise<void> {
    try {
      return stream.write(wire);
    } catch (cause) {
      throw this.closedError(cause);
    }
  }

  /** As the transport of the moment counts: a stream carries bytes as they are, polling as base64. */
  #checkLength(wire: WirePacket): void {
    const { carrier, config: { text, maxBufferedBytes } } = this.#owner;
    const limitBytes = Math.min(this.maxPayloadBytes, maxBufferedBytes);
    if ((wire.length + 1) * 3 < limitBytes) return; // nothing is longer than that in UTF-8 or base64
    const isRaw = typeof wire !== "string" && isStream(carrier);
    const actualBytes = isRaw ? wire.length : payloadBytes(wire, text);
    if (actualBytes > limitBytes) throw new ContentTooLongError(`Cannot send: message has ${actualBytes} bytes, at most ${limitBytes} are allowed`, { limitBytes, actualBytes });
  }
}
