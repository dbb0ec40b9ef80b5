/**
 * Where messages go: to a handler that somebody attached, or into an inbox that somebody reads; and when reading must pause.
 *
 * Room: simple-ws shell.
 */
import type { Clock } from "@x/errors/clock";
import { callSafely, isThenable, reportHandlerError } from "@x/errors/handlers";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { closedError } from "../core/closed-error.js";
import type { CloseInfo } from "../core/closing.js";
import type { ConnectionHandler, ReceiveOptions } from "./contract.js";
import { handled } from "./deferred.js";
import { Inbox, type InboxLimits, type InboxOwner } from "./inbox.js";

export interface IntakeOwner {
  readonly limits: InboxLimits;
  readonly clock: Clock;
  /** Reading stops or goes on. */
  onHold(isHeld: boolean): void;
  /** The inbox is over a limit, and the policy is to end the connection. */
  onOverflow(): void;
}

export class Intake implements InboxOwner {
  readonly #owner: IntakeOwner;
  #handler: ConnectionHandler | undefined;
  #inbox: Inbox | undefined;
  #isPaused = false;
  #isDiscarding = false;
  #wasAsked = false;
  #isIterated = false;
  #settled: CloseInfo | undefined;
  #isClosed = false;

  /** @param handler somebody who is attached already. @param end set where the connection has ended; `handler` has been told, as far as it has. */
  constructor(owner: IntakeOwner, handler?: ConnectionHandler, end?: { readonly info: CloseInfo; readonly isClosed: boolean }) {
    this.#owner = owner;
    this.#handler = handler;
    if (end === undefined) return;
    this.settle(end.info);
    this.#isClosed = end.isClosed;
  }

  /** Whether messages must not come now. */
  get isHeld(): boolean {
    return !this.#isDiscarding && (this.#isPaused || this.#inbox?.isFull === true);
  }

  get handler(): ConnectionHandler | undefined {
    return this.#handler;
  }

  /** Messages lost to the inbox's policy. */
  get dropped(): number {
    return this.#inbox?.dropped ?? 0;
  }

  deliver(data: string | Uint8Array): void {
    const handler = this.#handler;
    if (handler !== undefined && this.#inbox === undefined && !this.#isPaused) hand(handler, data);
    else this.#keep(this.#openInbox(), data);
  }

  #keep(inbox: Inbox, data: string | Uint8Array): void {
    if (this.#isDiscarding && (this.#isPaused || inbox.isAtLimit)) return; // closing: nobody asks for it any more
    inbox.push(data);
    if (inbox.isFull) this.#owner.onHold(true);
  }

  /** We are closing: what nobody has room for is dropped, so that the peer's Close can be read. */
  discard(wasAsked: boolean): void {
    this.#isDiscarding = true;
    this.#wasAsked ||= wasAsked;
  }

  settle(info: CloseInfo): void {
    this.#isDiscarding = true;
    this.#settled = info;
    this.#inbox?.settle(info);
  }

  /** After {@link settle}. */
  close(): void {
    this.#isClosed = true;
    this.#tellClosed();
  }

  drain(): void {
    if (this.#handler !== undefined) tellDrained(this.#handler);
  }

  attach(handler: ConnectionHandler): void {
    if (this.#handler !== undefined || this.#isIterated || this.#inbox?.hasReceivers === true) throw alreadyAttached("attach");
    this.#handler = handler;
    this.#handOver(handler);
    this.#tellClosed();
  }

  setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    if (this.#handler !== undefined) this.#handOver(this.#handler);
    if (!this.#isDiscarding) this.#owner.onHold(this.isHeld);
  }

  receive(options: ReceiveOptions): Promise<string | Uint8Array | null> {
    if (this.#handler !== undefined) return handled(Promise.reject(alreadyAttached("receive")));
    return this.#openInbox().receive(options);
  }

  /** @returns `null` while there is none. @throws {ConnectionClosed} there will be none. */
  receiveNowait(): string | Uint8Array | null {
    if (this.#handler !== undefined) throw alreadyAttached("receive");
    const message = this.#inbox?.shift();
    if (message === undefined && this.#settled !== undefined) throw closedError(this.#settled);
    return message ?? null;
  }

  iterate(): AsyncGenerator<string | Uint8Array, void, undefined> {
    if (this.#handler !== undefined) throw alreadyAttached("iterate");
    this.#isIterated = true;
    return this.#openInbox().iterate(() => this.#wasAsked);
  }

  onRoom(): void {
    this.#owner.onHold(this.isHeld);
  }

  onOverflow(): void {
    this.#owner.onOverflow();
  }

  #openInbox(): Inbox {
    if (this.#inbox !== undefined) return this.#inbox;
    this.#inbox = new Inbox(this.#owner.limits, this.#owner.clock, this);
    if (this.#settled !== undefined) this.#inbox.settle(this.#settled);
    return this.#inbox;
  }

  /** What came before the handler, or while it paused, comes first. New messages queue behind until the inbox is empty. */
  #handOver(handler: ConnectionHandler): void {
    while (!this.#isPaused) {
      const message = this.#inbox?.shift();
      if (message === undefined) {
        this.#inbox = undefined;
        return;
      }
      hand(handler, message);
    }
  }

  #tellClosed(): void {
    if (this.#isClosed && this.#settled !== undefined && this.#handler !== undefined) tellClosed(this.#handler, this.#settled);
  }
}

/** Hands a message over; what the handler makes of it goes no further. */
export function hand(handler: ConnectionHandler, data: string | Uint8Array): void {
  try {
    const result = handler.onMessage(data);
    if (result !== undefined) watch(handler, result);
  } catch (error) {
    report(handler, error);
  }
}

export function tellDrained(handler: ConnectionHandler): void {
  if (handler.onDrain !== undefined) callSafely(() => handler.onDrain?.(), [], (error) => report(handler, error));
}

/** Calls back for a Ping or a Pong. */
export function tellControl(handler: ConnectionHandler, name: "onPing" | "onPong", payload: Uint8Array): void {
  if (handler[name] !== undefined) callSafely(() => handler[name]?.(payload), [], (error) => report(handler, error));
}

/** Calls back for a piece of a message. */
export function tellFragment(handler: ConnectionHandler, ...fragment: Parameters<NonNullable<ConnectionHandler["onFragment"]>>): void {
  callSafely(() => handler.onFragment?.(...fragment), [], (error) => report(handler, error));
}

/** Told of every connection, so no function is made for it. */
export function tellClosed(handler: ConnectionHandler, info: CloseInfo): void {
  try {
    const result: unknown = handler.onClose(info);
    if (result !== undefined) watch(handler, result);
  } catch (error) {
    report(handler, error);
  }
}

function watch(handler: ConnectionHandler, result: unknown): void {
  if (isThenable(result)) Promise.resolve(result).catch((error: unknown) => report(handler, error));
}

function report(handler: ConnectionHandler, error: unknown): void {
  if (handler.onError === undefined) reportHandlerError(error, { event: "message" });
  else callSafely(() => handler.onError?.(error), []);
}

function alreadyAttached(action: string): SimpleWebsocketError {
  return new SimpleWebsocketError(`Cannot ${action}: the connection is read by somebody else already`, { code: "simple-ws/already-attached" });
}
