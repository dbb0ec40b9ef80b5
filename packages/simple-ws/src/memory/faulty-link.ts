/**
 * A link in memory that behaves as networks do: late, in pieces, silent, cut, corrupted. For tests of applications.
 *
 * Room: simple-ws memory. Times are milliseconds of the pair's clock; randomness comes in.
 */
import type { Clock, Random } from "@x/errors/clock";
import { DuplexDecorator } from "../shell/duplex-decorator.js";
import type { ByteDuplex, DuplexHandler } from "../shell/ports.js";

/** What happens to the bytes that one end sends. All can be changed while the connection is open. */
export interface WireFaults {
  /** How long bytes are on their way. Default 0. */
  latencyMs: number;
  /** So much longer at most, by chance; order is kept. Default 0. */
  jitterMs: number;
  /** Bytes arrive in pieces of at most so many. Default Infinity. */
  maxChunkBytes: number;
  /** Nothing arrives any more, not even the end: a cable pulled, a laptop asleep. Default false. */
  isSilent: boolean;
  /** The link breaks after so many bytes more, without a Close. Default Infinity. */
  cutAfterBytes: number;
  /** The byte so many bytes from now is changed. Default none. */
  corruptByteIn: number | undefined;
}

export const NO_FAULTS: Readonly<WireFaults> = { latencyMs: 0, jitterMs: 0, maxChunkBytes: Infinity, isSilent: false, cutAfterBytes: Infinity, corruptByteIn: undefined };

export class FaultyDuplex extends DuplexDecorator {
  readonly faults: WireFaults;
  readonly #clock: Clock;
  readonly #random: Random;
  #handler: DuplexHandler | undefined;
  #onTheWayBytes = 0;
  /** When the last delivery is due: none may overtake it. */
  #lastDueMs = 0;

  constructor(inner: ByteDuplex, faults: Partial<WireFaults>, clock: Clock, random: Random) {
    super(inner);
    this.faults = { ...NO_FAULTS, ...faults };
    this.#clock = clock;
    this.#random = random;
  }

  override get bufferedBytes(): number {
    return this.#onTheWayBytes + this.inner.bufferedBytes;
  }

  override start(handler: DuplexHandler): void {
    this.#handler = handler;
    super.start(handler);
  }

  override write(chunk: Uint8Array): void {
    if (this.faults.isSilent) return;
    const bytes = Uint8Array.from(chunk);
    this.#corrupt(bytes);
    const { cutAfterBytes } = this.faults;
    this.faults.cutAfterBytes -= bytes.length;
    this.#pass(bytes.subarray(0, Math.max(0, cutAfterBytes)));
    if (cutAfterBytes <= bytes.length) this.#deliver(() => this.inner.destroy());
  }

  override end(): void {
    if (!this.faults.isSilent) this.#deliver(() => this.inner.end());
  }

  #corrupt(bytes: Uint8Array): void {
    const { corruptByteIn } = this.faults;
    if (corruptByteIn === undefined) return;
    this.faults.corruptByteIn = corruptByteIn < bytes.length ? undefined : corruptByteIn - bytes.length;
    if (corruptByteIn < bytes.length) bytes[corruptByteIn] = (bytes[corruptByteIn] ?? 0) ^ 0xff;
  }

  #pass(bytes: Uint8Array): void {
    const { maxChunkBytes } = this.faults;
    for (let at = 0; at < bytes.length; at += maxChunkBytes) {
      const piece = bytes.subarray(at, Math.min(bytes.length, at + maxChunkBytes));
      this.#onTheWayBytes += piece.length;
      this.#deliver(() => {
        this.#onTheWayBytes -= piece.length;
        if (!this.faults.isSilent) this.inner.write(piece);
      });
    }
  }

  #deliver(delivery: () => void): void {
    const { latencyMs, jitterMs } = this.faults;
    const nowMs = this.#clock.now();
    const dueMs = Math.max(this.#lastDueMs, nowMs + latencyMs + jitterMs * this.#random());
    this.#lastDueMs = dueMs;
    if (dueMs <= nowMs) delivery();
    else this.#clock.setTimer(() => this.#arrive(delivery), dueMs - nowMs);
  }
  /** What was on its way was waiting, too: whoever waits for its end is told. */
  #arrive(delivery: () => void): void {
    delivery();
    if (this.#onTheWayBytes === 0) this.#handler?.onDrain();
  }
}
