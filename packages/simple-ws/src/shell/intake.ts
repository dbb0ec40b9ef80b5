/**
 * Where messages go: to a handler that somebody attached, or into an inbox that somebody reads; and when reading must pause.
 *
 * Room: simple-ws shell.
 */
import type { Clock } from "@x/errors/clock";
import { callSafely, isThenable, reportHandlerError } from "@x/errors/handlers";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import type { CloseInfo } from "../core/closing.js";
import type { ConnectionHandler, ReceiveOptions } from "./contract.js";
import { handled } from "./deferred.js";
import { Inbox, type InboxLimits } from "./inbox.js";

export interface IntakeOwner {
  /** Reading stops or goes on. */
  onHold(isHeld: boolean): void;
}

export class Intake {
  readonly #limits: InboxLimits;
  readonly #clock: Clock;
  readonly #owner: IntakeOwner;
  #handler: ConnectionHandler | undefined;
  #inbox: Inbox | undefined;
  #isPaused = false;
  #isDiscarding = false;
  #wasAsked = false;
  #isIterated = false;
  #settled: CloseInfo | undefined;
  #closed: CloseInfo | undefined;

  constructor(limits: InboxLimits, clock: Clock, owner: IntakeOwner) {
    this.#limits = limits;
    this.#clock = clock;
    this.#owner = owner;
  }

  get isFull(): boolean {
    return this.#inbox?.isFull === true;
  }

  /** Whether messages must not come now. */
  get isHeld(): boolean {
    return !this.#isDiscarding && (this.#isPaused || this.isFull);
  }

  deliver(data: string | Uint8Array): void {
    const handler = this.#handler;
    if (handler !== undefined && this.#inbox === undefined && !this.#isPaused) hand(handler, data);
    else this.#keep(this.#openInbox(), data);
  }

  #keep(inbox: Inbox, data: string | Uint8Array): void {
    if (this.#isDiscarding && (this.#isPaused || inbox.isFull)) return; // closing: nobody asks for it any more
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

  close(info: CloseInfo): void {
    this.#closed = info;
    this.#tellClosed(info);
  }

  drain(): void {
    const handler = this.#handler;
    if (handler?.onDrain === undefined) return;
    callSafely(() => handler.onDrain?.(), [], (error) => report(handler, error));
  }

  attach(handler: ConnectionHandler): void {
    if (this.#handler !== undefined || this.#isIterated || this.#inbox?.hasReceivers === true) throw alreadyAttached("attach");
    this.#handler = handler;
    this.#handOver(handler);
    if (this.#closed !== undefined) this.#tellClosed(this.#closed);
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

  iterate(): AsyncGenerator<string | Uint8Array, void, undefined> {
    if (this.#handler !== undefined) throw alreadyAttached("iterate");
    this.#isIterated = true;
    return this.#openInbox().iterate(() => this.#wasAsked);
  }

  #openInbox(): Inbox {
    if (this.#inbox !== undefined) return this.#inbox;
    this.#inbox = new Inbox(this.#limits, this.#clock, () => this.#owner.onHold(this.isHeld));
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

  #tellClosed(info: CloseInfo): void {
    const handler = this.#handler;
    if (handler !== undefined) callSafely(() => handler.onClose(info), [], (error) => report(handler, error));
  }
}

function hand(handler: ConnectionHandler, data: string | Uint8Array): void {
  try {
    const result = handler.onMessage(data);
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
