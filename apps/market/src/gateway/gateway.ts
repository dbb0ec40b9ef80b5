/**
 * The gateway: reads the exchange over few sockets, and gives what it reads to many pages.
 *
 * Room: gateway.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { knownHosts, UNKNOWN_HOST } from "@x/app-base/hosts";
import { type Clock, systemClock } from "@x/errors/clock";
import { serve, type WebSocketConnection, type WebSocketServer } from "@x/simple-ws/server";
import { STATUS_CHANNEL } from "../shared/channels.js";
import { limits } from "../shared/limits.js";
import { Hub } from "../server/hub.js";
import { Session } from "../server/session.js";
import { openChannels } from "../market/open-channels.js";
import { ChannelReader } from "../market/reader.js";
import { createApp } from "./app.js";
import { FaultSwitches } from "./faults.js";
import { relay } from "./relay.js";
import { StatusFeed } from "./status.js";

/** Few, so that there is more than one socket to look at. */
const CHANNELS_PER_CONNECTION = 8;
/** How long a channel is kept for a page that comes back. */
const LINGER_MS = 30_000;
/** What may wait for a slow page; beyond it the page is served from the tape when it has caught up. */
const HIGH_WATER_MARK_BYTES = 262_144;
/** Milliseconds that requests under way have to end when the gateway closes. */
const CLOSE_GRACE_MS = 2_000;

export interface GatewayOptions {
  /** Of the exchange's WebSocket. */
  readonly exchangeUrl: string;
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** The address users type, where it is a name. Others than this, the host's, localhost and addresses get 403. */
  readonly publicUrl?: URL | undefined;
  readonly clock?: Clock;
}

export class Gateway {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #reader: ChannelReader;
  readonly #hub: Hub;
  readonly #clock: Clock;

  private constructor(http: Server, sockets: WebSocketServer, reader: ChannelReader, hub: Hub, clock: Clock) {
    this.#http = http;
    this.#sockets = sockets;
    this.#reader = reader;
    this.#hub = hub;
    this.#clock = clock;
  }

  /** @throws {Error} the system's, when it cannot listen. */
  static async start({ exchangeUrl, pageFolder, port = 0, host = "127.0.0.1", publicUrl, clock = systemClock }: GatewayOptions): Promise<Gateway> {
    const switches = new FaultSwitches(exchangeUrl);
    const isKnownHost = knownHosts(host, publicUrl?.hostname);
    const handle = getRequestListener(createApp({ switches, pageFolder, publicUrl, isKnownHost }).fetch);
    const http = createServer((request, response) => void handle(request, response));
    http.listen(port, host);
    await once(http, "listening");
    const reader = new ChannelReader(openChannels(exchangeUrl, { channelsPerConnection: CHANNELS_PER_CONNECTION }));
    const relayed = relay(reader);
    const hub = new Hub({
      clock, lingerMs: LINGER_MS,
      open: (name, publish) => (name === STATUS_CHANNEL ? new StatusFeed({ reader, faults: () => switches.faults, clock }, publish) : relayed(name, publish)),
    });
    const sockets = await serve({
      server: http, path: "/feed", maxConnections: limits.connections, maxMessageBytes: limits.requestBytes, highWaterMarkBytes: HIGH_WATER_MARK_BYTES, closeTimeoutMs: 1_000,
      verify: ({ headers }) => (isKnownHost(headers.host) ? undefined : { statusCode: 403, body: `${UNKNOWN_HOST}\n` }),
      onConnection: (connection) => accept(hub, connection, clock),
    });
    await switches.refresh().catch(() => undefined); // it may come later
    return new Gateway(http, sockets, reader, hub, clock);
  }

  /** Of the page. */
  get url(): string {
    const { address, port } = this.#http.address() as AddressInfo;
    const name = address === "0.0.0.0" || address === "::" ? "localhost" : address.includes(":") ? `[${address}]` : address;
    return `http://${name}:${port}`;
  }

  /** Of the feed that pages read. */
  get feedUrl(): string {
    return `${this.url.replace("http", "ws")}/feed`;
  }

  async close(): Promise<void> {
    const closed = once(this.#http, "close");
    await Promise.all([this.#sockets.close(), this.#reader.close()]);
    this.#hub.close();
    this.#http.close();
    const force = this.#clock.setTimer(() => this.#http.closeAllConnections(), CLOSE_GRACE_MS); // also those that never sent a request
    await closed;
    this.#clock.clearTimer(force);
  }
}

function accept(hub: Hub, connection: WebSocketConnection, clock: Clock): void {
  const session = new Session(hub, {
    trySend: (text) => connection.state !== "open" || connection.trySend(text),
    close: (code, reason) => void connection.close(code, reason),
  }, clock);
  connection.attach({
    onMessage: (data) => session.receive(data),
    onDrain: () => session.resume(),
    onClose: () => session.end(),
  });
}
