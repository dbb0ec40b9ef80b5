/**
 * Receipts to the server: watermarks per room, gathered for a moment so that a burst of messages is one receipt.
 *
 * Room: client/chat.
 */
import type { Transport } from "./transport.js";

export interface Watermarks { readonly deliveredSeq: number; readonly readSeq: number }

/** Milliseconds that watermarks gather. */
const GATHER_MS = 120;

export class Receipts {
  readonly #transport: Transport;
  readonly #noted: Map<string, Watermarks> = new Map<string, Watermarks>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  note(roomId: string, { deliveredSeq, readSeq }: Watermarks): void {
    const known = this.#noted.get(roomId);
    this.#noted.set(roomId, { deliveredSeq: Math.max(known?.deliveredSeq ?? 0, deliveredSeq), readSeq: Math.max(known?.readSeq ?? 0, readSeq) });
    this.#timer ??= setTimeout(() => { this.#send(); }, GATHER_MS);
  }

  /** Offline, nothing is kept: the next connect notes the newest watermarks again. */
  #send(): void {
    this.#timer = undefined;
    const noted = [...this.#noted];
    this.#noted.clear();
    if (!this.#transport.isConnected) return;
    for (const [roomId, watermarks] of noted) this.#transport.ask("receipt", { roomId, ...watermarks }).catch(() => undefined);
  }
}
