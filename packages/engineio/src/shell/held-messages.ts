/**
 * What a session receives before anybody says how to have it: a socket that is handed over by a promise is open by then.
 *
 * Room: engineio shell.
 */
import { EngineIOError } from "@x/errors/engineio";
import type { MessageHandler } from "./ports.js";

/** What a message costs besides its length: an empty one is not free. */
const MESSAGE_BYTES = 8;

/** A handler that keeps messages for the one that takes its place. */
export class HeldMessages implements MessageHandler {
  readonly #limitBytes: number;
  /** Ends the session. */
  readonly #overflow: (error: EngineIOError) => void;
  readonly #messages: (string | Uint8Array)[] = [];
  #bytes = 0;

  constructor(limitBytes: number, overflow: (error: EngineIOError) => void) {
    this.#limitBytes = limitBytes;
    this.#overflow = overflow;
  }

  onMessage(data: string | Uint8Array): void {
    this.#messages.push(data);
    this.#bytes += data.length + MESSAGE_BYTES;
    if (this.#bytes > this.#limitBytes) this.#overflow(new EngineIOError("Session ended: nobody listens to its messages", { code: "engineio/queue-full" }));
  }

  onClose(): void {
    // whoever comes late hears of it from the session
  }

  /** @returns all that is kept, which is kept no longer. */
  take(): readonly (string | Uint8Array)[] {
    return this.#messages.splice(0);
  }
}
