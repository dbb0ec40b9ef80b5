/**
 * Sends what is queued, one after the other, in order; each is stored once because the server knows its client id.
 *
 * Room: client/chat. A lost connection leaves the message in the queue; a rate limit is waited for; another refusal is shown.
 */
import type { Action } from "./reduce.js";
import type { Pending } from "./state.js";
import type { Transport } from "./transport.js";

/** Milliseconds before a try that failed on a living connection is repeated. */
const RETRY_MS = 1000;

export class Outbox {
  readonly #transport: Transport;
  readonly #dispatch: (action: Action) => void;
  readonly #queue: () => readonly Pending[];
  #isPumping = false;

  constructor(transport: Transport, { dispatch }: { dispatch: (action: Action) => void }, queue: () => readonly Pending[]) {
    this.#transport = transport;
    this.#dispatch = dispatch;
    this.#queue = queue;
  }

  /** Works until the queue holds nothing that can be sent; calling it meanwhile is harmless. */
  async pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#send(next);
    } finally {
      this.#isPumping = false;
    }
  }

  #next(): Pending | undefined {
    return this.#transport.isConnected ? this.#queue().find(({ problem }) => problem === undefined) : undefined;
  }

  async #send({ clientId, roomId, text }: Pending): Promise<void> {
    const answer = await this.#transport.ask("message:send", { clientId, roomId, text }).catch(() => undefined);
    if (answer === undefined) return this.#transport.isConnected ? pause(RETRY_MS) : undefined;
    if (answer.ok) {
      this.#dispatch({ type: "messages", roomId, messages: [answer.value] });
      return;
    }
    const { code, message, retryAfterMs } = answer.error;
    if (code === "rate-limited") {
      this.#dispatch({ type: "notice", notice: `${message} Your messages are sent one by one.` });
      await pause(retryAfterMs ?? RETRY_MS);
      return;
    }
    this.#dispatch({ type: "send-failed", clientId, problem: message });
  }
}

async function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, delayMs); });
}
