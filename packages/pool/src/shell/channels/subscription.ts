/**
 * What a subscriber holds: the messages of one channel, over all reconnects. Room: pool shell.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { Subscribable } from "@x/errors/emitter";
import type { OnError } from "@x/errors/handlers";
import { ConnectionTimeoutError, InvalidStateError, JetSocketError } from "@x/errors/pool";
import type { Channel, Member } from "../../core/channels/channel.js";
import type { Gap } from "../../core/channels/trail.js";
import type { MessageId, SocketEvents } from "../../core/resilient/events.js";
import type { Ending } from "../../core/resilient/lifecycle.js";
import { ReceiveBuffer, type ByteBudget } from "../../core/resilient/receive-buffer.js";
import { aborted } from "../cancelling.js";
import { Inbox, type ReceiveOptions } from "../resilient/inbox.js";
import type { BufferSettings, SubscribeOptions } from "./options.js";

export interface SubscriptionEvents<In> {
  /** With a listener, messages come here and not to `receive`. */
  readonly message: readonly [payload: { readonly data: In }];
  /** Positions are missing: with `gaps: "tell"` they are lost, with `"resume"` the server is asked for them. */
  readonly gap: readonly [payload: Gap];
  /** What is missing is lost: the server could not go on where it was asked to, after a reconnect or a gap. */
  readonly missed: readonly [];
  /** The first loss since a message was last taken. `droppedCount` counts all losses of the buffer. */
  readonly bufferOverflow: readonly [payload: Omit<SocketEvents<In>["bufferOverflow"], "buffer">];
  /** Nothing follows; the error says why, unless it was closed. */
  readonly closed: readonly [payload: { readonly error: JetSocketError | undefined }];
}

export interface SubscriptionStats {
  readonly channel: string;
  readonly isActive: boolean;
  /** Of the channel's last message. */
  readonly position: MessageId | undefined;
  readonly received: number;
  /** Times that positions were missing. */
  readonly gaps: number;
  /** Times that the server could not go on where it was asked to. */
  readonly missed: number;
  readonly buffered: number;
  readonly bufferedBytes: number;
  /** Lost to the buffer's policy; replaced by newer ones of their key. */
  readonly dropped: number;
  readonly conflated: number;
}

/** What a subscription needs of its pool. */
export interface SubscriptionHost<In> {
  readonly clock: Clock;
  readonly onError: OnError | undefined;
  readonly maxReceivers: number;
  readonly budget: ByteBudget;
  join(subscription: ChannelSubscription<In>, member: Member<In>, after: MessageId | undefined): Channel<In>;
  leave(channel: Channel<In>, member: Member<In>): void;
  /** {@link ChannelSubscription.isHolding} may have changed. */
  onHold(subscription: ChannelSubscription<In>): void;
  onEnd(subscription: ChannelSubscription<In>): void;
}

/** One holder of a channel. Close it, or hold it with `await using`: the server is told when the last one has gone. */
export class ChannelSubscription<In> extends Subscribable<SubscriptionEvents<In>> implements AsyncIterable<In> {
  /** As it was subscribed to. */
  readonly name: string;
  readonly #host: SubscriptionHost<In>;
  readonly #settings: BufferSettings<In>;
  readonly #buffer: ReceiveBuffer<In>;
  readonly #inbox: Inbox<In>;
  readonly #member: Member<In>;
  /** `undefined` before {@link open} and at the end. */
  #channel: Channel<In> | undefined;
  #ending: Ending | undefined;
  readonly #counts = { received: 0, gaps: 0, missed: 0 };
  #position: MessageId | undefined;
  #onReady: (error?: Error) => void = nothing;

  /** @internal */
  constructor(name: string, settings: BufferSettings<In>, host: SubscriptionHost<In>) {
    super({ onError: host.onError });
    this.name = name;
    this.#host = host;
    this.#settings = settings;
    this.#buffer = new ReceiveBuffer(settings.limits, settings.keyOf, host.budget);
    this.#inbox = new Inbox(this.#buffer, host.maxReceivers, host.clock, () => host.onHold(this));
    this.#member = {
      ready: () => this.#onReady(),
      deliver: (message, bytes) => this.#deliver(message, bytes),
      gap: (gap) => this.#gap(gap),
      missed: () => this.#missed(),
      end: (ending) => this.#end(ending, false),
    };
  }

  /** False once closed, refused by the server, or ended with its connection. */
  get isActive(): boolean {
    return this.#ending === undefined;
  }

  /** Nothing more should be read for it.
   *  @internal */
  get isHolding(): boolean {
    return this.isActive && this.#buffer.isFull;
  }

  /** @internal */
  get channel(): Channel<In> | undefined {
    return this.#channel;
  }

  /** Begins, and waits until the server has been told, and has said yes where it says anything.
   *  @internal */
  open(timeoutMs: number, { signal, after }: Pick<SubscribeOptions<In>, "signal" | "after">): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#end({ error: aborted("subscribe", signal), isQuiet: false }, true);
      const onTimeout = (): void => this.#end({ error: timedOut(this.name, timeoutMs), isQuiet: false }, true);
      const timer: Timer | undefined = timeoutMs === Infinity ? undefined : this.#host.clock.setTimer(onTimeout, timeoutMs);
      this.#onReady = (error) => {
        this.#onReady = nothing;
        if (timer !== undefined) this.#host.clock.clearTimer(timer);
        signal?.removeEventListener("abort", onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const channel = this.#host.join(this, this.#member, after);
        if (this.isActive) this.#channel = channel;
      } catch (error) {
        this.#onReady(error instanceof Error ? error : new JetSocketError("Cannot subscribe", { cause: error }));
      }
      if (signal?.aborted === true) onAbort();
    });
  }

  /**
   * The next message. Those that have come are given out before the end is told, also while there is no connection.
   *
   * @returns `null` when `timeoutMs` has passed.
   * @throws {BufferOverflowError} here messages are missing; the ones after follow.
   * @throws {InvalidStateError} `pool/invalid-state`: it is closed. Or the failure that it ended with: `pool/subscription-refused`, or that of its connection.
   * @throws {ConnectionError} `pool/aborted`. @throws {JetSocketError} `pool/too-many-receivers`.
   */
  async receive(options: ReceiveOptions = {}): Promise<In | null> {
    const taken = await this.#inbox.receive(options);
    if (taken === undefined) return null;
    if ("error" in taken) throw taken.error;
    return taken.message;
  }

  /** Messages, over reconnects. Ends after {@link close} or a clean close by the peer; throws as {@link receive} for any other end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<In, void, undefined> {
    for (;;) {
      const taken = await this.#inbox.next();
      if (taken === undefined) return;
      if ("error" in taken) throw taken.error;
      yield taken.message;
    }
  }

  /** Ends it; what has not been taken is dropped. The server is told, in its turn, when nobody else holds the channel. Idempotent. */
  close(): Promise<void> {
    this.#inbox.clear();
    this.#end({ error: closedError(), isQuiet: true }, true);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  stats(): SubscriptionStats {
    const { size: buffered, bytes: bufferedBytes, dropped, conflated } = this.#buffer;
    return { channel: this.name, isActive: this.isActive, position: this.#channel?.after ?? this.#position, ...this.#counts, buffered, bufferedBytes, dropped, conflated };
  }

  #deliver(message: In, bytes: number): void {
    if (!this.isActive) return; // a listener before it has closed it
    this.#counts.received++;
    if (this.hasListeners("message")) {
      this.dispatch("message", { data: message });
      return;
    }
    const { capacity, policy } = this.#settings.limits;
    if (this.#inbox.put(message, bytes)) this.dispatch("bufferOverflow", { capacity, droppedCount: this.#buffer.dropped, policy });
    if (this.isHolding) this.#host.onHold(this);
  }

  #gap(gap: Gap): void {
    this.#counts.gaps++;
    this.dispatch("gap", gap);
  }

  #missed(): void {
    this.#counts.missed++;
    this.dispatch("missed");
  }

  /** @param leaves whether the channel goes on for others. */
  #end(ending: Ending, leaves: boolean): void {
    if (!this.isActive) return;
    const channel = this.#channel;
    this.#ending = ending;
    this.#channel = undefined;
    this.#position = channel?.after;
    this.#buffer.leaveBudget();
    this.#inbox.settle(ending);
    this.#onReady(ending.error);
    this.#host.onHold(this);
    this.#host.onEnd(this);
    if (leaves && channel !== undefined) this.#host.leave(channel, this.#member);
    this.dispatch("closed", { error: ending.isQuiet ? undefined : ending.error });
  }
}

/** How a subscription or a pool that was closed ends. */
export function closedError(): InvalidStateError {
  return new InvalidStateError("Cannot receive: subscription is closed, must be active", { currentState: "closed", allowedStates: ["active"] });
}

function timedOut(name: string, afterMs: number): ConnectionTimeoutError {
  return new ConnectionTimeoutError(`Cannot subscribe to ${JSON.stringify(name)}: not done within ${afterMs} ms`, { operation: "subscribe", afterMs });
}

function nothing(): void {
  // nobody waits for it to be ready
}
