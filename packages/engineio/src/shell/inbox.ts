/**
 * Messages that nobody has asked for yet, and callers whose messages have not come yet. Never both.
 *
 * Room: engineio shell. Bounded in bytes and messages: whoever asks too slowly loses the session, as nothing in the protocol
 * holds a server back.
 */
import type { Clock } from "@x/errors/clock";
import { ConnectionError, EngineIOError, QueueEmpty } from "@x/errors/engineio";
import type { CloseReason } from "../core/session-config.js";
import { type Ending, closedError, isOrderly, lostError } from "./ending.js";
import type { MessageHandler } from "./ports.js";
import { after } from "./timer.js";

export interface InboxLimits {
  readonly maxInboxBytes: number;
  readonly maxInboxMessages: number;
  readonly maxReceivers: number;
}

export interface ReceiveOptions {
  /** Default for ever; 0 asks only for what is there. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** Answers one caller in waiting. */
type Settle = (outcome: string | Uint8Array | Error | null) => void;

export class Inbox implements MessageHandler {
  readonly #limits: InboxLimits;
  readonly #clock: Clock;
  /** Ends the session. */
  readonly #overflow: (error: EngineIOError) => void;
  readonly #receivers = new Set<Settle>();
  #messages: (string | Uint8Array)[] = [];
  #head = 0;
  #bytes = 0;
  #ending: Ending | undefined;

  constructor(limits: InboxLimits, clock: Clock, overflow: (error: EngineIOError) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#overflow = overflow;
  }

  onMessage(data: string | Uint8Array): void {
    for (const settle of this.#receivers) {
      settle(data);
      return;
    }
    const { maxInboxBytes, maxInboxMessages } = this.#limits;
    if (this.#bytes + data.length > maxInboxBytes || this.#messages.length - this.#head >= maxInboxMessages) {
      this.#overflow(new EngineIOError(`Session ended: more than ${maxInboxBytes} bytes or ${maxInboxMessages} messages wait to be received`, { code: "engineio/inbox-full" }));
      return;
    }
    this.#messages.push(data);
    this.#bytes += data.length;
  }

  onClose(reason: CloseReason, description: unknown): void {
    const ending = this.#ending = { reason, description };
    for (const settle of this.#receivers) settle(lostError(ending));
  }

  /** See {@link Connection.receive}. */
  receive({ timeoutMs = Infinity, signal }: ReceiveOptions = {}): Promise<string | Uint8Array | null> {
    if (signal?.aborted === true) return Promise.reject(aborted(signal));
    const message = this.#shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#ending !== undefined) return Promise.reject(closedError(this.#ending));
    if (timeoutMs <= 0) return Promise.resolve(null);
    if (this.#receivers.size >= this.#limits.maxReceivers) return Promise.reject(tooManyReceivers(this.#limits));
    return this.#wait(timeoutMs, signal);
  }

  /** See {@link Connection.receiveNow}. */
  receiveNow(): string | Uint8Array {
    const message = this.#shift();
    if (message !== undefined) return message;
    throw this.#ending === undefined ? new QueueEmpty("Cannot receive: no message has arrived") : closedError(this.#ending);
  }

  /** Ends with a session that ended in good order, throws {@link lostError} after any other end. */
  async *iterate(): AsyncGenerator<string | Uint8Array, void, undefined> {
    for (;;) {
      const message = this.#shift() ?? await this.#next();
      if (message === undefined) return;
      yield message;
    }
  }

  async #next(): Promise<string | Uint8Array | undefined> {
    const ending = this.#ending;
    if (ending === undefined) {
      return await this.#wait(Infinity, undefined).then((message) => message ?? undefined, () => this.#next()); // nothing but the end rejects
    }
    if (isOrderly(ending)) return undefined;
    throw lostError(ending);
  }

  #wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<string | Uint8Array | null> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(aborted(signal));
      const settle: Settle = (outcome) => {
        this.#receivers.delete(settle);
        stop?.();
        signal?.removeEventListener("abort", onAbort);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const stop = timeoutMs < Infinity ? after(this.#clock, timeoutMs, () => settle(null)) : undefined;
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#receivers.add(settle);
    });
  }

  #shift(): string | Uint8Array | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#head++;
    this.#bytes -= message.length;
    if (this.#head * 2 > this.#messages.length) { // each message is moved at most once on average
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }
}

function tooManyReceivers({ maxReceivers }: InboxLimits): EngineIOError {
  return new EngineIOError(`Cannot receive: ${maxReceivers} calls wait already, must be fewer`, { code: "engineio/too-many-receivers" });
}

function aborted(signal: AbortSignal | undefined): ConnectionError {
  return new ConnectionError("Cannot receive: the signal is aborted", { code: "engineio/aborted", cause: signal?.reason, retryable: false });
}
