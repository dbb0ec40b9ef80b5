/**
 * `ChannelPool`: many channels over few WebSockets. Room: pool shell.
 *
 * Joins the {@link Switchboard} to connections, subscriptions and one timer; what functions of the application throw is told, and ends nothing.
 */
import { Sweep } from "@x/errors/clock";
import { Subscribable } from "@x/errors/emitter";
import { JetSocketError } from "@x/errors/pool";
import type { Line } from "../../core/channels/channel.js";
import { checkedTimeout } from "../../core/channels/options.js";
import { Switchboard, type SwitchboardSink } from "../../core/channels/switchboard.js";
import { ByteBudget } from "../../core/resilient/receive-buffer.js";
import type { UrlSource } from "../resilient/options.js";
import { Acknowledged } from "./acknowledged.js";
import { Connection, type ConnectionHost } from "./connection.js";
import type { ChannelPoolEvents, ChannelPoolStats } from "./events.js";
import { parseChannelBuffer, parseChannelOptions, type ChannelOptions, type ChannelSettings, type SubscribeOptions } from "./options.js";
import { ChannelSubscription, closedError, type SubscriptionHost } from "./subscription.js";

/** Subscriptions to channels, packed on as few connections as hold them. Opens nothing before somebody subscribes. Close it, or hold it with `await using`. */
export class ChannelPool<In = unknown, Out = unknown> extends Subscribable<ChannelPoolEvents<In>> {
  readonly #settings: ChannelSettings<In, Out>;
  readonly #board: Switchboard<In>;
  readonly #sweep: Sweep;
  readonly #budget: ByteBudget;
  readonly #connections = new Map<Line<In>, Connection<In, Out>>();
  readonly #subscriptions = new Set<ChannelSubscription<In>>();
  /** Those that want nothing more to be read. */
  readonly #holding = new Set<ChannelSubscription<In>>();
  readonly #subscriptionHost: SubscriptionHost<In>;
  readonly #connectionHost: ConnectionHost<In>;
  readonly #closed: Promise<void>;
  #onEmptied: () => void = () => undefined;

  /** @throws {JetSocketError} `pool/invalid-option`. @throws {TransportError} `errors/invalid-option`: the reconnect policy. */
  constructor(url: UrlSource, options: ChannelOptions<In, Out>) {
    super({ onError: options.onError });
    const settings = parseChannelOptions(url, options, (error) => this.#fail(undefined, error));
    const { limits, clock, wildcard, positionOf, gaps, ackOf, messages } = settings;
    this.#settings = settings;
    this.#budget = new ByteBudget(limits.maxBufferedBytes);
    this.#board = new Switchboard<In>({
      limits, wildcard, positionOf, gaps, hasAcks: ackOf !== undefined, canUnsubscribe: messages.unsubscribe !== undefined,
    }, this.#sink());
    this.#connectionHost = this.#hostOfConnections();
    this.#subscriptionHost = this.#hostOfSubscriptions();
    this.#closed = new Promise((resolve) => (this.#onEmptied = resolve));
    this.#sweep = new Sweep(clock, { granularityMs: 0 });
    this.#sweep.add(this.#board.seating);
  }

  /**
   * Holds a channel, and waits until the server has been told and, with `ackOf`, has said yes. Whoever subscribes to the same channel shares what the
   * server sends, from then on, and has a buffer of their own. A name with a wildcard is a pattern: the server is asked for it as it is, and what comes
   * for channels that match goes to it.
   *
   * @returns what to hold it by. Close it: `await using`, or `close()`.
   * @throws {ConnectionTimeoutError} `pool/connection-timeout`: not within `timeoutMs`. Or the failure that its connection ended with.
   * @throws {JetSocketError} `pool/too-many-channels`; `pool/subscription-refused`; `pool/invalid-option`. @throws {ConnectionError} `pool/aborted`.
   * @throws {InvalidStateError} `pool/invalid-state`: the pool is closed, or the channel is held and cannot go on `after` a position of its own.
   */
  async subscribe(channel: string, options: SubscribeOptions<In> = {}): Promise<ChannelSubscription<In>> {
    const { timeoutMs = this.#settings.limits.subscribeTimeoutMs } = options;
    const buffer = options.buffer === undefined ? this.#settings.buffer : parseChannelBuffer(options.buffer);
    const subscription = new ChannelSubscription<In>(channel, buffer, this.#subscriptionHost);
    await subscription.open(checkedTimeout(timeoutMs), options);
    return subscription;
  }

  /** Subscriptions that are active, the oldest first. */
  subscriptions(): readonly ChannelSubscription<In>[] {
    return [...this.#subscriptions];
  }

  /**
   * Packs channels on as few connections as hold them, now; `rebalanceBelow` does so when it is worth it. Each is asked for on its new connection after
   * its last position and then given up on the old one, so that nothing is lost or doubled; empty connections are closed.
   *
   * @returns how many channels begin to move. @throws {JetSocketError} `pool/invalid-option`: there is no `positionOf`.
   */
  rebalance(): number {
    return this.#board.seating.rebalance(this.#now());
  }

  stats(): ChannelPoolStats {
    const { channels, counts, seating: { pending: pendingRequests } } = this.#board;
    const connections = [...this.#connections.values()].map((connection) => ({
      connection: connection.line.number, url: connection.url, channels: connection.line.seats.size, ...connection.stats(),
    }));
    return { channels, subscriptions: this.#subscriptions.size, pendingRequests, bufferedBytes: this.#budget.bytes, ...counts, connections };
  }

  /** Ends all subscriptions and closes all connections, with their handshakes. Idempotent. Never rejects. */
  close(): Promise<void> {
    this.#board.close({ error: closedError(), isQuiet: true }, this.#now());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #sink(): SwitchboardSink<In> {
    const { url, socket, messages } = this.#settings;
    return {
      open: (line) => void this.#connections.set(line, new Connection(line, url, socket, this.#connectionHost)),
      close: (line) => this.#connections.get(line)?.close(),
      send: (line, kind, id, seats) => this.#connections.get(line)?.request(messages[kind], kind, id, seats) ?? "lost",
      unroutable: ({ number: connection }, data, channel, reason) => this.dispatch("unroutable", { connection, data, channel, reason }),
      report: (line, error) => this.#fail(line, error),
      wake: () => this.#sweep.touch(this.#board.seating),
      emptied: () => {
        this.#sweep.delete(this.#board.seating);
        this.#onEmptied();
      },
    };
  }

  #hostOfConnections(): ConnectionHost<In> {
    const { seating } = this.#board;
    return {
      onOpened: (line, url) => {
        seating.opened(line, this.#now());
        this.dispatch("connected", { connection: line.number, url });
      },
      onRenewed: (line) => seating.renewed(line, this.#now()),
      onDropped: (line, { code, reason }) => {
        seating.dropped(line, this.#now());
        this.dispatch("disconnected", { connection: line.number, code, reason });
      },
      onMessage: (line, data, bytes) => this.#receive(line, data, bytes),
      onError: (line, error, isFatal) => this.#fail(line, error, isFatal),
      onGone: (line, ending) => {
        this.#connections.delete(line);
        seating.gone(line, ending, this.#now());
        this.dispatch("closed", { connection: line.number, error: ending.isQuiet ? undefined : ending.error });
      },
    };
  }

  #hostOfSubscriptions(): SubscriptionHost<In> {
    const { clock, onError, maxReceivers } = this.#settings;
    return {
      clock, onError, maxReceivers, budget: this.#budget,
      join: (subscription, member, after) => {
        const channel = this.#board.subscribe(subscription.name, member, this.#now(), after);
        if (subscription.isActive) this.#subscriptions.add(subscription);
        return channel;
      },
      leave: (channel, member) => this.#board.leave(channel, member, this.#now()),
      onHold: (subscription) => this.#hold(subscription),
      onEnd: (subscription) => void this.#subscriptions.delete(subscription),
    };
  }

  #receive(line: Line<In>, data: In | Acknowledged, bytes: number): void {
    const { ackOf, channelOf } = this.#settings;
    if (data instanceof Acknowledged) {
      this.#board.seating.acknowledged(line, data.acknowledgement, this.#now());
      return;
    }
    const acknowledgement = ackOf?.(data);
    if (acknowledgement === undefined) this.#board.message(line, data, channelOf(data), bytes);
    else this.#board.seating.acknowledged(line, acknowledgement, this.#now());
  }

  /** Connections are read as long as every subscription on them wants more. */
  #hold(subscription: ChannelSubscription<In>): void {
    if (subscription.isHolding) this.#holding.add(subscription);
    else if (!this.#holding.delete(subscription)) return;
    const held = new Set<Line<In> | undefined>();
    for (const { channel } of this.#holding) held.add(channel?.home?.line).add(channel?.next?.line);
    for (const [line, connection] of this.#connections) connection.setPaused(held.has(line));
  }

  #now(): number {
    return this.#settings.clock.now();
  }

  #fail(line: Line<In> | undefined, error: unknown, fatal = false): void {
    this.dispatch("error", { connection: line?.number, error: error instanceof Error ? error : new JetSocketError("Cannot go on: a function of the application failed", { cause: error }), fatal });
  }
}
