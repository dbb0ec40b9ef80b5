/**
 * How much a client may send per second, over all of its namespaces, so that joining more of them gains nothing.
 *
 * Room: socketio shell. Nothing is kept for a connection unless a rate is limited. Acknowledgements are paid for, but never refused. Nor is
 * the first CONNECT for a namespace, of which `maxNamespacesPerConnection` limits the number: a page asks for all of its namespaces at once.
 */
import { invalidOption } from "../../core/faults.js";
import type { Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { type Rate, TokenBucket } from "../../core/token-bucket.js";

export interface RateOptions {
  /** Events of one connection per second; to ask for a namespace again is one, too. `{ perSecond, burst }`; default: no limit. */
  readonly eventRate?: Rate;
  /** Bytes of messages of one connection per second. `{ perSecond, burst }`; default: no limit. */
  readonly byteRate?: Rate;
  /** Events that may be refused until the client has been quiet for long enough to have its whole burst again; one more disconnects it.
   *  Count; default 100. */
  readonly maxRefusedEvents?: number;
}

/** What a client is told of an event that was refused: as the acknowledgement where it wants one, else as an event `rate-limited`; of a CONNECT, as the error's `data`. */
export interface RateLimited {
  readonly code: "socketio/rate-limited";
  readonly message: string;
  readonly limit: "eventRate" | "byteRate";
  /** The event that was refused, its first 64 characters; `connect` for a CONNECT. */
  readonly event: string;
  /** When one like it would be taken. Milliseconds from now. */
  readonly retryAfterMs: number;
}

export interface RateVerdict {
  readonly answer: RateLimited;
  /** Whether the client has had enough of them. */
  readonly isLast: boolean;
}

interface Account {
  readonly events: TokenBucket | undefined;
  readonly bytes: TokenBucket | undefined;
  /** Of messages since the last packet was complete. */
  pendingBytes: number;
  refused: number;
}

const MAX_REFUSED_EVENTS = 100;
const MAX_NAME = 64;

export class Rates {
  readonly #options: RateOptions;
  readonly #maxRefused: number;
  readonly #byteLength: (text: string) => number;
  readonly #accounts = new WeakMap<object, Account>();

  constructor(options: RateOptions, byteLength: (text: string) => number) {
    this.#options = options;
    this.#maxRefused = options.maxRefusedEvents ?? MAX_REFUSED_EVENTS;
    this.#byteLength = byteLength;
  }

  /** A message of `connection` arrived. */
  received(connection: object, message: string | Uint8Array, nowMs: number): void {
    this.#account(connection, nowMs).pendingBytes += typeof message === "string" ? this.#byteLength(message) : message.length;
  }

  /** A packet of `connection` is complete. @param isLeft whether it is for a namespace that the client has been in, or was refused. @returns why it is not taken. */
  judge(connection: object, packet: Packet, isLeft: boolean, nowMs: number): RateVerdict | undefined {
    const account = this.#account(connection, nowMs);
    const { events, bytes, pendingBytes } = account;
    account.pendingBytes = 0;
    const isEvent = packet.type === PacketType.EVENT || (packet.type === PacketType.CONNECT && isLeft);
    const waits = { eventRate: isEvent ? (events?.waitMs(1, nowMs) ?? 0) : 0, byteRate: isEvent ? (bytes?.waitMs(pendingBytes, nowMs) ?? 0) : 0 };
    if (waits.eventRate === 0 && waits.byteRate === 0) {
      if (events?.isFull(nowMs) !== false && bytes?.isFull(nowMs) !== false) account.refused = 0;
      if (isEvent) events?.take(1, nowMs);
      bytes?.take(pendingBytes, nowMs);
      return undefined;
    }
    const limit = waits.eventRate >= waits.byteRate ? "eventRate" : "byteRate";
    return { answer: answer(limit, packet, waits[limit]), isLast: ++account.refused > this.#maxRefused };
  }

  #account(connection: object, nowMs: number): Account {
    let account = this.#accounts.get(connection);
    if (account === undefined) {
      const { eventRate, byteRate } = this.#options;
      account = { events: bucket(eventRate, nowMs), bytes: bucket(byteRate, nowMs), pendingBytes: 0, refused: 0 };
      this.#accounts.set(connection, account);
    }
    return account;
  }
}

/** @returns what a client is told of a packet that is not taken. */
export function refusalOf({ type, nsp, id }: Packet, answer: RateLimited): Packet {
  if (type === PacketType.CONNECT) return { type: PacketType.CONNECT_ERROR, nsp, data: { message: answer.message, data: answer } };
  return id === undefined ? { type: PacketType.EVENT, nsp, data: ["rate-limited", answer] } : { type: PacketType.ACK, nsp, id, data: [answer] };
}

/**
 * @param byteLength of text as UTF-8.
 * @returns nothing where nothing is limited.
 * @throws {SocketIOError} `socketio/invalid-option`.
 */
export function readRates(options: RateOptions, byteLength: (text: string) => number): Rates | undefined {
  const { eventRate, byteRate, maxRefusedEvents = MAX_REFUSED_EVENTS } = options;
  for (const [name, rate] of Object.entries({ eventRate, byteRate })) {
    if (rate !== undefined && !(rate.perSecond > 0 && (rate.burst ?? 1) >= 1)) throw invalidOption(`${name} must have perSecond above 0 and burst of 1 or above`);
  }
  if (eventRate !== undefined && eventRate.burst === undefined && eventRate.perSecond < 1) throw invalidOption("eventRate must have a burst where perSecond is below 1");
  if (!(maxRefusedEvents >= 0)) throw invalidOption("maxRefusedEvents must be 0 or above");
  return eventRate === undefined && byteRate === undefined ? undefined : new Rates(options, byteLength);
}

function bucket(rate: Rate | undefined, nowMs: number): TokenBucket | undefined {
  return rate === undefined ? undefined : new TokenBucket(rate, nowMs);
}

function answer(limit: RateLimited["limit"], { type, data }: Packet, waitMs: number): RateLimited {
  const isConnect = type === PacketType.CONNECT;
  const message = `Too much per second: ${isConnect ? "ask again later" : "the event was dropped"}`;
  const event = isConnect ? "connect" : String((data as readonly unknown[])[0]).slice(0, MAX_NAME);
  return { code: "socketio/rate-limited", message, limit, event, retryAfterMs: Math.ceil(waitMs) };
}
