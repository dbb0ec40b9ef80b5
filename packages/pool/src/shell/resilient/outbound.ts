/**
 * The way of a message to be sent: straight to the connection, or into the outbox until there is one, and until it is acknowledged.
 *
 * Room: pool shell. Order is that of `send`, over reconnects and renewals.
 */
import { BufferOverflowError, ConnectionClosedError, JetSocketError } from "@x/errors/pool";
import type { Emit, MessageId } from "../../core/resilient/events.js";
import type { AttemptReason } from "../../core/resilient/lifecycle.js";
import { Outbox } from "../../core/resilient/outbox.js";
import { serialize } from "./codec.js";
import type { OpenContext, OutboundSettings } from "./options.js";
import type { Link, Payload } from "./ports.js";

export interface OutboundHost {
  readonly emit: Emit<never>;
  /** What a hook of the application threw. */
  onHookFailed(error: unknown): void;
  /** Why nothing can be sent now; `undefined` where it may wait. */
  refusal(mayWait: boolean): JetSocketError | undefined;
  /** The outbox's deadline may have come nearer. */
  onDeadline(): void;
  lastSequenceId(): MessageId | undefined;
  now(): number;
  /** Runs code of the application's, once the state has settled. */
  tell(tell: () => void): void;
}

/** A connection, and what stands between it and the messages that wait. */
interface Line {
  readonly link: Link;
  readonly ended: AbortController;
  /** Hooks of the application run. */
  isGreeting: boolean;
  isFlushing: boolean;
}

/** Messages that are sent again. */
interface Again {
  readonly count: number;
  left: number;
  startedMs: number | undefined;
}

export class Outbound<Out> {
  readonly outbox: Outbox;
  readonly #settings: OutboundSettings<Out>;
  readonly #host: OutboundHost;
  #line: Line | undefined;
  /** The connection that was replaced may still acknowledge what it was sent. */
  #isHandingOver = false;
  #again: Again | undefined;
  messages = 0;
  bytes = 0;

  constructor(settings: OutboundSettings<Out>, host: OutboundHost) {
    this.#settings = settings;
    this.#host = host;
    this.outbox = new Outbox(settings.outbox);
  }

  /** See `ResilientSocket.send`. */
  send(data: Out): Promise<void> {
    const refusal = this.#host.refusal(this.#settings.hasOutbox);
    if (refusal !== undefined) throw refusal;
    const payload = serialize(this.#settings.serializer, data);
    const id = this.#settings.idOf?.(data);
    const line = this.#line;
    if (line !== undefined && id === undefined && (this.#isFree(line) || !this.#settings.hasOutbox)) return this.#transmit(line, payload);
    return this.#enqueue(payload, id);
  }

  /** See `ResilientSocket.trySend`. */
  trySend(data: Out): boolean {
    const line = this.#line;
    if (line === undefined || line.link.isCongested || !this.#isFree(line)) return false;
    try {
      void this.send(data);
      return true;
    } catch (error) {
      if (error instanceof ConnectionClosedError || error instanceof BufferOverflowError) return false;
      throw error;
    }
  }

  /** A connection took its place. */
  adopted(link: Link, reason: AttemptReason, isReplacement: boolean): void {
    this.#endLine();
    const line: Line = { link, ended: new AbortController(), isGreeting: false, isFlushing: false };
    this.#line = line;
    this.#isHandingOver = isReplacement && this.#settings.resends && this.outbox.unacknowledged > 0;
    const { onOpen, onReplay } = this.#settings;
    if (onOpen !== undefined || onReplay !== undefined) void this.#greet(line, reason);
    else this.#flush(line);
  }

  /** The connection that was replaced says nothing more: what it did not acknowledge goes to the new one. */
  retired(): void {
    if (!this.#isHandingOver) return;
    this.#isHandingOver = false;
    this.#requeue();
    if (this.#line !== undefined) this.#flush(this.#line);
  }

  dropped(error: JetSocketError): void {
    this.#endLine(error);
    this.#isHandingOver = false;
    if (this.#settings.resends) this.#requeue();
    else this.outbox.forsake(error);
  }

  over(error: JetSocketError): void {
    this.#again = undefined;
    this.outbox.clear(error);
  }

  acknowledge(id: MessageId): void {
    if (!this.outbox.acknowledge(id) || !this.#isHandingOver || this.outbox.unacknowledged > 0) return;
    this.#isHandingOver = false;
    if (this.#line !== undefined) this.#flush(this.#line);
  }

  #endLine(reason?: JetSocketError): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    this.#host.tell(() => line.ended.abort(reason));
  }

  #isFree({ isGreeting, isFlushing }: Line): boolean {
    return !isGreeting && !isFlushing && !this.#isHandingOver && this.outbox.queued === 0;
  }

  #transmit({ link }: Line, payload: Payload): Promise<void> {
    const sent = link.send(payload);
    this.messages++;
    this.bytes += payload.length;
    return sent;
  }

  #enqueue(payload: Payload, id: MessageId | undefined): Promise<void> {
    const { promise, resolve, reject } = settleable();
    const lost = this.outbox.push({ payload, bytes: payload.length, id, resolve, reject }, this.#host.now());
    const { capacity, policy } = this.#settings.outbox;
    if (lost > 0) this.#host.emit("bufferOverflow", { buffer: "outgoing", capacity, droppedCount: this.outbox.dropped, policy });
    this.#host.onDeadline();
    if (this.#line !== undefined) this.#flush(this.#line);
    return promise;
  }

  /** Lets the application speak first. */
  async #greet(line: Line, reason: AttemptReason): Promise<void> {
    line.isGreeting = true;
    await Promise.resolve(); // the application's code never runs inside the machine
    const { signal } = line.ended;
    const lastSequenceId = this.#host.lastSequenceId();
    const context: OpenContext = { reason, lastSequenceId, signal, send: (data) => this.#transmit(line, serialize(this.#settings.serializer, data)) };
    const { onOpen, onReplay } = this.#settings;
    await this.#call(onOpen, context);
    if (onReplay !== undefined && lastSequenceId !== undefined && !signal.aborted) await this.#replay(onReplay, context);
    line.isGreeting = false;
    if (this.#line === line) this.#flush(line);
  }

  async #replay(onReplay: (context: OpenContext) => unknown, context: OpenContext): Promise<void> {
    const startedMs = this.#host.now();
    const before = this.messages;
    this.#host.emit("replayStarted", { mode: "sequenceId", lastSequenceId: context.lastSequenceId, messageCount: 0 });
    if (!(await this.#call(onReplay, context))) return;
    this.#host.emit("replayCompleted", { mode: "sequenceId", replayedCount: this.messages - before, durationMs: this.#host.now() - startedMs });
  }

  /** @returns whether it went well. What fails because the connection ended is no news. */
  async #call(hook: ((context: OpenContext) => unknown) | undefined, context: OpenContext): Promise<boolean> {
    try {
      await hook?.(context);
      return true;
    } catch (error) {
      if (!context.signal.aborted) this.#host.onHookFailed(error);
      return false;
    }
  }

  #flush(line: Line): void {
    if (line.isFlushing || line.isGreeting || this.#isHandingOver || this.outbox.queued === 0) return;
    line.isFlushing = true;
    void this.#pump(line);
  }

  async #pump(line: Line): Promise<void> {
    this.#startAgain();
    while (this.#line === line && !this.#isHandingOver) {
      const message = this.outbox.peek();
      if (message === undefined) break;
      let sent: Promise<void>;
      try {
        sent = this.#transmit(line, message.payload);
      } catch (error) {
        if (error instanceof ConnectionClosedError) break; // the message stays where it is; the end will be told
        this.outbox.refuse(message, asError(error));
        continue;
      }
      this.outbox.sent(message);
      if (message.id === undefined) sent.then(message.resolve, message.reject);
      this.#sentAgain();
      if (line.link.isCongested) await sent.catch(() => undefined);
    }
    line.isFlushing = false;
  }

  #requeue(): void {
    const count = this.outbox.requeue();
    if (count > 0) this.#again = { count, left: count, startedMs: undefined };
  }

  #startAgain(): void {
    if (this.#again === undefined || this.#again.startedMs !== undefined) return;
    this.#again.startedMs = this.#host.now();
    this.#host.emit("replayStarted", { mode: "unacknowledged", lastSequenceId: undefined, messageCount: this.#again.count });
  }

  #sentAgain(): void {
    if (this.#again === undefined || (--this.#again.left > 0 && this.outbox.queued > 0)) return;
    const { count, left, startedMs = 0 } = this.#again;
    this.#again = undefined;
    this.#host.emit("replayCompleted", { mode: "unacknowledged", replayedCount: count - left, durationMs: this.#host.now() - startedMs });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new JetSocketError("Cannot send", { cause: error });
}

/** A promise and what settles it. Who does not await it does not want to know. */
function settleable(): { readonly promise: Promise<void>; readonly resolve: () => void; readonly reject: (error: Error) => void } {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = resolve;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
