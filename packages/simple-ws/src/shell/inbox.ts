/**
 * Messages that nobody has asked for yet, and callers whose messages have not come yet. Never both.
 *
 * Room: simple-ws shell; shared by the connections of all platforms. Bounded in bytes and messages by telling its owner when
 * it is full; bounded in waiting callers by refusing.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import type { InboxPolicy } from "../core/options.js";
import { closedError } from "../core/closed-error.js";
import { endsQuietly, type CloseInfo } from "../core/closing.js";
import type { ReceiveOptions } from "./contract.js";
import { handled } from "./deferred.js";

export interface InboxLimits {
  readonly maxInboxBytes: number;
  readonly maxInboxMessages: number;
  readonly maxReceivers: number;
  readonly inboxPolicy: InboxPolicy;
}

export interface InboxOwner {
  /** An inbox that was full has room again: less than half of its limits. */
  onRoom(): void;
  /** A message came over a limit, and the policy is "error". The message is lost. */
  onOverflow(): void;
}

interface Receiver {
  resolve(message: string | Uint8Array | null): void;
  reject(error: unknown): void;
  /** Timer and signal. */
  release(): void;
}

export class Inbox {
  readonly #limits: InboxLimits;
  readonly #clock: Clock;
  readonly #owner: InboxOwner;
  #messages: (string | Uint8Array | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #isFull = false;
  readonly #receivers: Receiver[] = [];
  /** Messages lost to the policy. */
  dropped = 0;
  #end: CloseInfo | undefined;

  constructor(limits: InboxLimits, clock: Clock, owner: InboxOwner) {
    this.#limits = limits;
    this.#clock = clock;
    this.#owner = owner;
  }

  get hasReceivers(): boolean {
    return this.#receivers.length > 0;
  }

  /** A limit is reached and the policy is "pause": nothing more should be pushed until `onRoom`. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** A limit is reached, whatever that means. */
  get isAtLimit(): boolean {
    return this.#bytes >= this.#limits.maxInboxBytes || this.#length >= this.#limits.maxInboxMessages;
  }

  push(message: string | Uint8Array): void {
    const receiver = this.#receivers.shift();
    if (receiver !== undefined) {
      receiver.release();
      receiver.resolve(message);
      return;
    }
    if (this.#limits.inboxPolicy !== "pause" && this.isAtLimit && !this.#makesRoom()) return;
    this.#messages.push(message);
    this.#bytes += sizeOf(message);
    if (this.#limits.inboxPolicy === "pause") this.#isFull = this.isAtLimit;
  }

  /** The next message, or `undefined` where there is none now. */
  shift(): string | Uint8Array | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#messages[this.#head++] = undefined;
    this.#bytes -= sizeOf(message);
    if (this.#head === this.#messages.length) this.#compact([]);
    else if (this.#head >= 1_024 && this.#head * 2 >= this.#messages.length) this.#compact(this.#messages.slice(this.#head));
    if (this.#isFull && this.#bytes * 2 < this.#limits.maxInboxBytes && this.#length * 2 < this.#limits.maxInboxMessages + 1) {
      this.#isFull = false;
      this.#owner.onRoom();
    }
    return message;
  }

  /** No message will follow: what is there can still be received, everybody else gets {@link closedError}. */
  settle(info: CloseInfo): void {
    this.#end = info;
    for (const receiver of this.#receivers.splice(0)) {
      receiver.release();
      receiver.reject(closedError(info));
    }
  }

  /** See {@link MessageConnection.receive}. */
  receive(options: ReceiveOptions): Promise<string | Uint8Array | null> {
    const { timeoutMs = Infinity, signal } = options;
    if (signal?.aborted === true) return handled(Promise.reject(aborted(signal)));
    const message = this.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#end !== undefined) return handled(Promise.reject(closedError(this.#end)));
    if (!(timeoutMs > 0)) return Promise.resolve(null);
    if (this.#receivers.length >= this.#limits.maxReceivers) return handled(Promise.reject(tooManyReceivers(this.#limits.maxReceivers)));
    return handled(new Promise((resolve, reject) => this.#wait(resolve, reject, timeoutMs, signal)));
  }

  /** Ends after a clean close or our own, throws {@link closedError} after any other. */
  async *iterate(wasAsked: () => boolean): AsyncGenerator<string | Uint8Array, void, undefined> {
    for (;;) {
      const message = this.shift();
      if (message !== undefined) yield message;
      else if (this.#end !== undefined && endsQuietly(this.#end, wasAsked())) return;
      else {
        const next = await this.#next(wasAsked);
        if (next === undefined) return;
        yield next;
      }
    }
  }

  async #next(wasAsked: () => boolean): Promise<string | Uint8Array | undefined> {
    try {
      return await this.receive({}) ?? undefined;
    } catch (error) {
      if (this.#end !== undefined && endsQuietly(this.#end, wasAsked())) return undefined;
      throw error;
    }
  }

  /** @returns whether there is room now. */
  #makesRoom(): boolean {
    if (this.#limits.inboxPolicy === "dropOldest") {
      for (; this.isAtLimit; this.dropped++) this.shift();
      return true;
    }
    this.dropped++;
    if (this.#limits.inboxPolicy === "error") this.#owner.onOverflow();
    return false;
  }

  #wait(resolve: (message: string | Uint8Array | null) => void, reject: (error: unknown) => void, timeoutMs: number, signal: AbortSignal | undefined): void {
    const leave = (): void => {
      receiver.release();
      this.#receivers.splice(this.#receivers.indexOf(receiver), 1);
    };
    const onAbort = (): void => {
      leave();
      reject(aborted(signal));
    };
    const receiver: Receiver = {
      resolve,
      reject,
      release: () => {
        if (timer !== undefined) this.#clock.clearTimer(timer);
        signal?.removeEventListener("abort", onAbort);
      },
    };
    const onTimeout = (): void => {
      leave();
      resolve(null);
    };
    const timer: Timer | undefined = timeoutMs === Infinity ? undefined : this.#clock.setTimer(onTimeout, timeoutMs);
    this.#receivers.push(receiver);
    signal?.addEventListener("abort", onAbort, { once: true });
  }

  get #length(): number {
    return this.#messages.length - this.#head;
  }

  #compact(messages: (string | Uint8Array | undefined)[]): void {
    this.#messages = messages;
    this.#head = 0;
  }
}

/** Memory, not wire: V8 and its like hold at least one byte per unit. */
function sizeOf(message: string | Uint8Array): number {
  return message.length;
}

function aborted(signal: AbortSignal | undefined): SimpleWebsocketError {
  return new SimpleWebsocketError("Cannot receive: the signal is aborted", { code: "simple-ws/aborted", cause: signal?.reason });
}

function tooManyReceivers(limit: number): SimpleWebsocketError {
  return new SimpleWebsocketError(`Cannot receive: ${limit} calls wait already, must be fewer`, { code: "simple-ws/too-many-receivers" });
}
