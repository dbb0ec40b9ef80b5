/**
 * The exchange: markets and texts over WebSocket, with faults to switch on.
 *
 * Room: exchange. Both kinds of channels are on one port, so that one pool of sockets carries both.
 */
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { type HostCheck, knownHosts, UNKNOWN_HOST } from "@x/app-base/hosts";
import { type Clock, type Random, systemClock, type Timer } from "@x/errors/clock";
import { serve, type WebSocketConnection, type WebSocketServer } from "@x/simple-ws/server";
import { limits } from "../shared/limits.js";
import { NO_FAULTS, type Control, type Faults } from "../shared/protocol.js";
import { Hub } from "../server/hub.js";
import { Session, type Wire } from "../server/session.js";
import { answerControl } from "./control.js";
import { FaultyOutlet } from "./faulty-outlet.js";
import { Market } from "./market.js";
import { seeded } from "./random.js";
import { openTexts } from "./writer.js";

const RETRY_AFTER_SECONDS = "1";

export interface ExchangeOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** By which it may be called besides localhost, addresses and {@link host}. Others get 403. */
  readonly name?: string | undefined;
  /** Tells all prices. Default 1. */
  readonly seed?: number;
  /** How long channels, and with them texts, are kept for readers who come back. Default 60,000. */
  readonly lingerMs?: number;
  readonly clock?: Clock;
}

/** Milliseconds between looks at the age of connections. */
const AGE_CHECK_MS = 250;

interface Accepted {
  readonly session: Session;
  readonly bornMs: number;
}

export class Exchange {
  readonly #http: Server = createServer((request, response) => void answerControl(request, response, this));
  readonly isKnownHost: HostCheck;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #market: Market;
  readonly #hub: Hub;
  readonly #accepted = new Map<WebSocketConnection, Accepted>();
  #sockets: WebSocketServer | undefined;
  #ageTimer: Timer | undefined;
  #faults: Faults = NO_FAULTS;

  private constructor({ clock = systemClock, seed = 1, lingerMs = 60_000, host, name }: ExchangeOptions) {
    this.isKnownHost = knownHosts(host, name);
    this.#clock = clock;
    this.#random = seeded(seed);
    this.#market = new Market({ clock, seed, epochMs: () => Date.now() });
    const texts = openTexts(clock);
    this.#hub = new Hub({ clock, lingerMs, open: (name, publish) => this.#market.open(name, publish) ?? texts(name, publish) });
    this.#checkAges();
  }

  /** @throws {Error} the system's, when it cannot listen. */
  static async start(options: ExchangeOptions = {}): Promise<Exchange> {
    const exchange = new Exchange(options);
    try {
      await exchange.#listen(options);
      return exchange;
    } catch (error) {
      await exchange.close();
      throw error;
    }
  }

  /** Where its WebSocket is. */
  get url(): string {
    return this.#sockets?.url ?? "";
  }

  get faults(): Faults {
    return this.#faults;
  }

  get connections(): number {
    return this.#accepted.size;
  }

  control({ drop = false, ...faults }: Control): void {
    const wasSilent = this.#faults.silent;
    this.#faults = { ...this.#faults, ...defined(faults) };
    for (const connection of this.#accepted.keys()) {
      if (drop) connection.terminate();
      else if (this.#faults.silent) connection.pause();
      else if (wasSilent) connection.resume();
    }
  }

  async close(): Promise<void> {
    if (this.#ageTimer !== undefined) this.#clock.clearTimer(this.#ageTimer);
    this.#market.close();
    this.#hub.close();
    for (const connection of this.#accepted.keys()) connection.terminate();
    await this.#sockets?.close();
    const closed = this.#http.listening ? once(this.#http, "close") : undefined;
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  async #listen({ port = 0, host = "127.0.0.1" }: ExchangeOptions): Promise<void> {
    this.#http.listen(port, host);
    await once(this.#http, "listening");
    this.#sockets = await serve({
      server: this.#http, maxConnections: limits.connections, maxMessageBytes: limits.requestBytes, closeTimeoutMs: 1_000,
      verify: ({ headers }) => {
        if (!this.isKnownHost(headers.host)) return { statusCode: 403, body: `${UNKNOWN_HOST}\n` };
        return this.#faults.refuse ? { statusCode: 503, headers: { "Retry-After": RETRY_AFTER_SECONDS } } : undefined;
      },
      onConnection: (connection) => this.#accept(connection),
    });
  }

  #accept(connection: WebSocketConnection): void {
    const wire: Wire = { trySend: (text) => connection.state !== "open" || connection.trySend(text), close: (code, reason) => void connection.close(code, reason) };
    const outlet = new FaultyOutlet({ wire, faults: () => this.#faults, clock: this.#clock, random: this.#random, onDrain: () => session.resume() });
    const session = new Session(this.#hub, wire, this.#clock, outlet);
    this.#accepted.set(connection, { session, bornMs: this.#clock.now() });
    connection.attach({
      onMessage: (data) => session.receive(data),
      onDrain: () => session.resume(),
      onClose: () => {
        this.#accepted.delete(connection);
        session.end();
        outlet.close();
      },
    });
    if (this.#faults.silent) connection.pause();
  }

  #checkAges(): void {
    this.#ageTimer = this.#clock.setTimer(() => {
      const { maxAgeMs } = this.#faults;
      const bornBeforeMs = this.#clock.now() - maxAgeMs;
      if (maxAgeMs > 0) for (const [connection, { bornMs }] of this.#accepted) if (bornMs <= bornBeforeMs) void connection.close(1001, "Maximum age");
      this.#checkAges();
    }, AGE_CHECK_MS);
  }
}

/** What is given, and only that: `undefined` changes nothing. */
function defined(faults: Omit<Control, "drop">): Partial<Faults> {
  return Object.fromEntries(Object.entries(faults).filter(([, value]) => value !== undefined));
}
