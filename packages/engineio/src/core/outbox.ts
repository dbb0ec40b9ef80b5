/**
 * Packets that wait for their transport, in order, bounded by their owner.
 *
 * Room: engineio core. Sizes are the bytes that packets take in a polling payload.
 */
import { type PreparedPacket, Wire, type WirePacket } from "./packet.js";
import { SEPARATOR, payloadBytes, payloadPart } from "./payload.js";
import type { TextPort } from "./text.js";

/** A packet in waiting, in either form. */
export type QueuedPacket = WirePacket | PreparedPacket;

const empty: readonly QueuedPacket[] = [];

/** A first-in first-out queue of packets that can be taken one by one or as a payload. An empty one holds no memory. */
export class Outbox {
  bytes = 0;
  readonly #text: TextPort;
  #packets: QueuedPacket[] | undefined;
  #head = 0;

  constructor(text: TextPort) {
    this.#text = text;
  }

  get length(): number {
    return this.#packets === undefined ? 0 : this.#packets.length - this.#head;
  }

  push(packet: QueuedPacket): void {
    if (this.#packets === undefined) this.#packets = [packet];
    else this.#packets.push(packet);
    this.bytes += payloadBytes(packet, this.#text);
  }

  /** @returns the packets in waiting, oldest first. */
  peekAll(): readonly QueuedPacket[] {
    return this.#packets?.slice(this.#head) ?? empty;
  }

  /** @returns the oldest packet, now gone from the queue. */
  shift(): QueuedPacket | undefined {
    const packet = this.#packets?.[this.#head];
    if (packet === undefined) return undefined;
    this.#head++;
    this.bytes -= payloadBytes(packet, this.#text);
    this.#compact();
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
    for (let count = 0; count < maxPackets; count++) {
      const next = this.#packets?.[this.#head];
      if (next === undefined || (next === Wire.close && count > 0)) break;
      bytes += payloadBytes(next, this.#text) + (count > 0 ? 1 : 0);
      if (count > 0 && bytes > maxBytes) break;
      payload += (count > 0 ? SEPARATOR : "") + payloadPart(next, this.#text);
      this.shift();
    }
    return payload;
  }

  clear(): void {
    this.#packets = undefined;
    this.#head = 0;
    this.bytes = 0;
  }

  /** Each packet is moved at most once on average. */
  #compact(): void {
    if (this.#packets === undefined || this.#head * 2 <= this.#packets.length) return;
    this.#packets = this.#head < this.#packets.length ? this.#packets.slice(this.#head) : undefined;
    this.#head = 0;
  }
}
