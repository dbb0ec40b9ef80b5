/**
 * `memoryNetwork`: clients for a server under test, without ports and without waiting. Everything but HTTP and WebSocket framing
 * is real: packets, namespaces, acknowledgements, reconnection, heartbeats, limits, reasons.
 *
 * Room: socketio testing. Time moves only by hand.
 */
import { type ManualClock, type MemoryPair, type NetworkFaults, pair, type PairOptions } from "@x/engineio/testing";
import { Emitter } from "@x/errors/emitter";
import { ConnectionError } from "@x/errors/socketio";
import type { DefaultEventsMap } from "../core/event-types.js";
import { Manager } from "../shell/client/manager.js";
import type { ManagerOptions, SocketOptions } from "../shell/client/options.js";
import type { Socket } from "../shell/client/socket.js";
import { MemoryLink } from "./link.js";

/** A server, made with the clock of the network: `new Server({ clock })`. */
export interface ServerUnderTest {
  bind(engine: never): unknown;
}

export interface MemoryNetworkOptions {
  /** The one that the server was made with. */
  readonly clock: ManualClock;
  /** What connections begin with. Default `"websocket"`. */
  readonly transport?: PairOptions["transport"];
  /** Limits and times of the Engine.IO server. Defaults: the real ones'. */
  readonly server?: PairOptions["server"];
}

/** Options of a client: the manager's and the socket's. The clock is the network's. */
export interface MemoryClientOptions extends Omit<ManagerOptions, "clock">, SocketOptions {}

/** A client's socket; its `io` is a manager with a connection of its own. */
export type MemoryClient<Listen = DefaultEventsMap, Emit = DefaultEventsMap> = Socket<Listen, Emit, Manager<ManagerOptions, MemoryLink>>;

/** By who sends. */
export interface MemoryFaults {
  readonly client?: Partial<NetworkFaults>;
  readonly server?: Partial<NetworkFaults>;
}

interface EngineEvents {
  connection: readonly [server: MemoryPair["server"]];
}

export class MemoryNetwork implements AsyncDisposable {
  readonly clock: ManualClock;
  /** Whether new connections come about. */
  isUp = true;
  readonly #options: MemoryNetworkOptions;
  readonly #engine: Emitter<EngineEvents> & { close(): Promise<void> };
  readonly #clients = new Set<MemoryClient>();
  readonly #pairs = new Set<MemoryPair>();
  #faults: MemoryFaults = {};
  #dialled = 0;
  #opening = 0;
  #movements = 0;

  constructor(server: ServerUnderTest, options: MemoryNetworkOptions) {
    this.clock = options.clock;
    this.#options = options;
    this.#engine = Object.assign(new Emitter<EngineEvents>(), { close: () => this.#closeServer() });
    server.bind(this.#engine as never); // as much of an Engine.IO server as a Socket.IO server asks of one
  }

  /** @returns a client that connects, unless `autoConnect` is `false`. Await {@link settle} for the outcome. */
  client<Listen = DefaultEventsMap, Emit = DefaultEventsMap>(namespace = "/", options: MemoryClientOptions = {}): MemoryClient<Listen, Emit> {
    const manager = new Manager<ManagerOptions, MemoryLink>("memory", { random: () => 0, ...options, clock: this.clock }, () => this.#link());
    const socket = manager.socket<Listen, Emit>(namespace, options);
    this.#clients.add(socket);
    return socket;
  }

  /** What goes wrong from now on, in connections that there are and in those to come. What is left out stays as it is. */
  setFaults(faults: MemoryFaults): void {
    this.#faults = { client: { ...this.#faults.client, ...faults.client }, server: { ...this.#faults.server, ...faults.server } };
    for (const each of this.#pairs) this.#afflict(each);
  }

  /** Breaks every connection; both ends notice, and what is on its way is lost. */
  cut(): void {
    for (const each of this.#pairs) each.cut();
    this.#pairs.clear();
  }

  /** Resolves when nothing moves any more that needs no time. (A latency does: advance the clock.) */
  async settle(): Promise<void> {
    let before: number;
    do {
      before = this.#movements;
      while (this.#opening > 0) await Promise.resolve();
      await Promise.all([...this.#pairs].map((each) => each.settle()));
      await turns();
    } while (this.#opening > 0 || before !== this.#movements);
  }

  /** Disconnects every client. The server is its owner's. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    this.#clients.clear();
    await this.settle();
    this.cut();
  }

  #link(): MemoryLink {
    return new MemoryLink({
      dial: () => this.#dial(),
      welcome: (server) => void this.#engine.emit("connection", server),
      moved: () => {
        this.#movements++;
      },
    });
  }

  async #dial(): Promise<MemoryPair> {
    this.#opening++;
    try {
      await Promise.resolve(); // whoever dials listens first
      if (!this.isUp) throw new ConnectionError("Cannot connect: the network is down");
      const { clock, transport, server } = this.#options;
      const opened = await pair({ clock, transport, server, id: `memory-${this.#dialled++}` });
      this.#pairs.add(opened);
      opened.client.once("close", () => void this.#pairs.delete(opened));
      this.#afflict(opened);
      return opened;
    } finally {
      this.#movements++;
      this.#opening--;
    }
  }

  #afflict({ faults }: MemoryPair): void {
    Object.assign(faults.client, this.#faults.client);
    Object.assign(faults.server, this.#faults.server);
  }

  async #closeServer(): Promise<void> {
    for (const { server } of this.#pairs) void server.close();
    await this.settle();
  }
}

/** @returns a network of which the server is the only one. */
export function memoryNetwork(server: ServerUnderTest, options: MemoryNetworkOptions): MemoryNetwork {
  return new MemoryNetwork(server, options);
}

/** Turns of the microtask queue that an answer may take at most before it moves something. */
const QUIET_TURNS = 50;

async function turns(): Promise<void> {
  for (let turn = 0; turn < QUIET_TURNS; turn++) await Promise.resolve();
}
