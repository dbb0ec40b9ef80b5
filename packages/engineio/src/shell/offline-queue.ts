/**
 * Messages that wait for a connection, in order, bounded in bytes.
 *
 * Room: engineio shell.
 */
import { EngineIOError } from "@x/errors/engineio";
import type { Connection } from "./connection.js";
import { toMessage } from "./message.js";
import type { MessageData } from "./ports.js";

/** What a message costs besides its length: an empty one is not free. */
const MESSAGE_BYTES = 8;

export class OfflineQueue {
  readonly #maxBytes: number;
  #messages: (string | Uint8Array)[] = [];
  #bytes = 0;

  /** @throws {EngineIOError} `engineio/invalid-option`. */
  constructor(maxBytes: number) {
    if (!(maxBytes >= 0)) throw new EngineIOError("Cannot use option maxOfflineBytes: must be a number from 0", { code: "engineio/invalid-option" });
    this.#maxBytes = maxBytes;
  }

  get isUsed(): boolean {
    return this.#maxBytes > 0;
  }

  /** @throws {EngineIOError} `engineio/queue-full`, `engineio/invalid-message`. */
  push(data: MessageData): void {
    const message = toMessage(data);
    const bytes = MESSAGE_BYTES + message.length; // memory, not wire: a string counts one byte per unit at least
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new EngineIOError(`Cannot send: more than ${this.#maxBytes} bytes would wait for a connection, must be fewer`, { code: "engineio/queue-full" });
    }
    this.#messages.push(message);
    this.#bytes += bytes;
  }

  /** Hands everything to `connection`; what that refuses is lost, and told. */
  sendBy(connection: Connection, failed: (error: Error) => void): void {
    const messages = this.#messages;
    this.clear();
    for (const data of messages) {
      try {
        void connection.send(data);
      } catch (error) {
        if (error instanceof Error) failed(error);
      }
    }
  }

  clear(): void {
    this.#messages = [];
    this.#bytes = 0;
  }
}
