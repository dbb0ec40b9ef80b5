/** A server with numbered channels, on connections that a test opens and ends by hand. */
import { seededRandom, settle, FakeClock } from "@x/testkit";
import { ChannelPool, type Acknowledgement, type ChannelPoolOptions, type ChannelSubscription, type SubscribeOptions } from "../../src/channels.js";
import { FakeTransport, type FakeLink } from "../resilient/fake-transport.js";

export interface Tick {
  readonly channel: string;
  readonly seq: number;
}

export interface Asked {
  readonly op: "subscribe" | "unsubscribe";
  readonly id: number;
  readonly channels: readonly { readonly channel: string; readonly after?: number | undefined; readonly positions?: Readonly<Record<string, number>> }[];
}

/** What it does with requests. */
export interface Manners {
  acknowledges: boolean;
  /** Names that it refuses. */
  refuses: (channel: string) => boolean;
  /** It sends what was published after the position that it is given. */
  resumes: boolean;
}

export class Exchange {
  readonly transport: FakeTransport = new FakeTransport();
  readonly manners: Manners = { acknowledges: true, refuses: () => false, resumes: true };
  /** All requests, in the order in which they were read. */
  readonly asked: (Asked & { readonly link: FakeLink })[] = [];
  /** Names and patterns, by connection. */
  readonly #subscribed = new Map<FakeLink, Set<string>>();
  readonly #read = new Map<FakeLink, number>();
  /** How many messages each channel has had. */
  readonly #published = new Map<string, number>();

  /** Connections that both sides think open. */
  get links(): readonly FakeLink[] {
    return this.transport.links.filter((link) => !link.isOver && link.ended === undefined);
  }

  subscribedOn(link: FakeLink): readonly string[] {
    return [...(this.#subscribed.get(link) ?? [])];
  }

  /** Over all connections. */
  get subscribed(): readonly string[] {
    return this.links.flatMap((link) => this.subscribedOn(link)).sort();
  }

  publishedOf(channel: string): number {
    return this.#published.get(channel) ?? 0;
  }

  /** Reads what has come, and answers. */
  serve(): void {
    for (const link of this.transport.links) {
      const all = link.sentData as Asked[];
      for (const asked of all.slice(this.#read.get(link) ?? 0)) this.#answer(link, asked);
      this.#read.set(link, all.length);
    }
  }

  /** One message of the channel, to each connection that has subscribed to it. */
  publish(channel: string): Tick {
    const seq = this.publishedOf(channel) + 1;
    this.#published.set(channel, seq);
    for (const link of this.links) if (this.subscribedOn(link).some((name) => covers(name, channel))) link.deliver({ channel, seq });
    return { channel, seq };
  }

  /** One message of the channel that reaches nobody, though the server has it. */
  lose(channel: string): void {
    this.#published.set(channel, this.publishedOf(channel) + 1);
  }

  /** The channel's messages are numbered from 1 again. */
  restart(channel: string): void {
    this.#published.delete(channel);
  }

  #answer(link: FakeLink, asked: Asked): void {
    if (!("channels" in asked) || typeof asked.channels[0] !== "object") return; // of a test that reads for itself
    this.asked.push({ ...asked, link });
    if (link.isOver) return;
    const refused = asked.op === "subscribe" && asked.channels.some(({ channel }) => this.manners.refuses(channel));
    if (this.manners.acknowledges) link.deliver(refused ? { ack: asked.id, error: "no such channel" } : { ack: asked.id, positions: this.#positions(asked) });
    if (refused) return;
    const names = this.#subscribed.get(link) ?? new Set<string>();
    this.#subscribed.set(link, names);
    for (const { channel, after, positions } of asked.channels) {
      if (asked.op === "unsubscribe") names.delete(channel);
      else {
        names.add(channel);
        if (this.manners.resumes) this.#resume(link, channel, after, positions ?? {});
      }
    }
  }

  #positions({ channels }: Asked): Readonly<Record<string, number>> {
    const matching = [...this.#published].filter(([name]) => channels.some(({ channel }) => covers(channel, name)));
    return { ...Object.fromEntries(channels.filter(({ channel }) => !channel.endsWith("*")).map(({ channel }) => [channel, 0])), ...Object.fromEntries(matching) };
  }

  #resume(link: FakeLink, pattern: string, after: number | undefined, positions: Readonly<Record<string, number>>): void {
    if (after === undefined) return;
    for (const [channel, last] of this.#published) {
      if (!covers(pattern, channel)) continue;
      for (let seq = (pattern === channel ? after : positions[channel] ?? 0) + 1; seq <= last; seq++) link.deliver({ channel, seq });
    }
  }
}

function covers(pattern: string, channel: string): boolean {
  return pattern === channel || (pattern.endsWith("*") && channel.startsWith(pattern.slice(0, -1)));
}

export interface SetUp {
  readonly pool: ChannelPool<Tick>;
  readonly exchange: Exchange;
  readonly clock: FakeClock;
  /** Moves time on; the server reads and answers until nothing more happens. */
  readonly pass: (ms?: number) => Promise<void>;
}

export function ackOf(message: unknown): Acknowledgement | undefined {
  return typeof message === "object" && message !== null && "ack" in message ? { ...message, id: Number(message.ack) } : undefined;
}

export function setUp(options: Partial<ChannelPoolOptions<Tick>> = {}): SetUp {
  const exchange = new Exchange();
  const clock = new FakeClock();
  const pool = new ChannelPool<Tick>("ws://exchange/", {
    transport: exchange.transport, clock, random: seededRandom(1), reconnect: { jitter: 0, baseMs: 100 },
    channelOf: "channel", positionOf: ({ seq }) => seq, ackOf,
    subscribe: ({ id, channels }) => ({ op: "subscribe", id, channels: channels.map(({ channel, after, positions }) => ({ channel, after, positions: Object.fromEntries(positions) })) }),
    unsubscribe: ({ id, channels }) => ({ op: "unsubscribe", id, channels: channels.map(({ channel }) => ({ channel })) }),
    ...options,
  });
  const pass = async (ms = 0): Promise<void> => {
    clock.advance(ms);
    for (let round = 0; round < 3; round++) {
      await settle(2);
      exchange.serve();
    }
    await settle(2);
  };
  return { pool, exchange, clock, pass };
}

/** Subscribes, and lets the server answer. */
export async function subscribed({ pool, pass }: SetUp, channel: string, options?: SubscribeOptions<Tick>): Promise<ChannelSubscription<Tick>> {
  const subscribing = pool.subscribe(channel, options);
  await pass();
  return await subscribing;
}

/** Everything that can be taken at once. */
export async function taken(subscription: ChannelSubscription<Tick>): Promise<number[]> {
  const all: number[] = [];
  for (let tick = await subscription.receive({ timeoutMs: 0 }); tick !== null; tick = await subscription.receive({ timeoutMs: 0 })) all.push(tick.seq);
  return all;
}
