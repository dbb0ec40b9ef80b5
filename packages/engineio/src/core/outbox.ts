/**
 * Packets that wait for their transport, in order, bounded by their owner.
 *
 * Room: engineio core. Sizes are the bytes that packets take in a polling payload.
 */
import type { PreparedPacket, WirePacket } from "./packet.js";
import { SEPARATOR, payloadBytes, payloadPart } from "./payload.js";
import type { TextPort } from "./text.js";
import * as Wire from "./wire.js";

/** A packet in waiting, in either form. */
export type QueuedPacket = WirePacket | PreparedPacket;

const empty: readonly QueuedPacket[] = [];
const none: number[] = [];

/** A first-in first-out queue of packets that can be taken one by one or as a payload. An empty one holds no memory. */
export class Outbox {
  bytes = 0;
  readonly #text: TextPort;
  #packets: QueuedPacket[] | undefined;
  /** Of each packet, measured once. */
  #sizes: number[] = none;
  #head = 0;

  constructor(text: TextPort) {
    this.#text = text;
  }

  get length(): number {
    return this.#packets === undefined ? 0 : this.#packets.length - this.#head;
  }

  push(packet: QueuedPacket): void {
    const bytes = payloadBytes(packet, this.#text);
    this.bytes += bytes;
    if (this.#packets === undefined) {
      this.#packets = [packet];
      this.#sizes = [bytes];
    } else {
      this.#packets.push(packet);
      this.#sizes.push(bytes);
    }
  }

  /** @returns the packets in waiting, oldest first. */
  peekAll(): readonly QueuedPacket[] {
    return this.#packets?.slice(this.#head) ?? empty;
  }

  /** @returns the oldest packet, now gone from the queue. */
  shift(): QueuedPacket | undefined {
    const packet = this.#packets?.[this.#head];
    if (packet !== undefined) this.#drop(1);
    return packet;
  }

  /**
   * @returns a polling payload of at most `maxBytes` and `maxPackets`, but of at least one packet: a packet that is too
   * large by itself travels alone, as peers do it. CLOSE travels alone, too: official peers act on it before they have
   * handed out the messages of the same payload.
   */
  takePayload(maxBytes: number, maxPackets: number): string {
    let bytes = 0;
    let payload = "";
    let count = 0;
    for (; count < maxPackets; count++) {
      const next = this.#packets?.[this.#head + count];
      if (next === undefined || (next === Wire.close && count > 0)) break;
      bytes += (this.#sizes[this.#head + count] ?? 0) + (count > 0 ? 1 : 0);
      if (count > 0 && bytes > maxBytes) break;
      payload += (count > 0 ? SEPARATOR : "") + payloadPart(next, this.#text);
    }
    this.#drop(count);
    return payload;
  }

  clear(): void {
    this.#packets = undefined;
    this.#sizes = none;
    this.#head = 0;
    this.bytes = 0;
  }

  /** Forget the oldest `count`. */
  #drop(count: number): void {
    for (const end = this.#head + count; this.#head < end; this.#head++) this.bytes -= this.#sizes[this.#head] ?? 0;
    this.#compact();
  }

  /** Each packet is moved at most once on average. */
  #compact(): void {
    if (this.#packets === undefined || this.#head * 2 <= this.#packets.length) return;
    const isEmpty = this.#head === this.#packets.length;
    this.#packets = isEmpty ? undefined : this.#packets.slice(this.#head);
    this.#sizes = isEmpty ? none : this.#sizes.slice(this.#head);
    this.#head = 0;
  }
}
