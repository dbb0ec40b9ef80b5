/**
 * `pair`: a client and a server session, joined in memory. Everything but HTTP and WebSocket framing is real: payloads,
 * polling, upgrade, heartbeat, limits, back pressure, reasons.
 *
 * Room: engineio testing. For tests of applications: no ports, and time moves only by hand.
 */
import { Sweep } from "@x/errors/clock";
import type { OnError } from "@x/errors/handlers";
import { ManualClock } from "@x/simple-ws/memory";
import { neutralText } from "../core/text.js";
import { MemoryClientSocket } from "../memory/client.js";
import { MemoryNetwork, type WebSocketFate, memoryPlatform } from "../memory/network.js";
import { MemoryServer, type MemoryServerSettings, type MemoryServerSocket } from "../memory/server.js";
import { type End, MemoryWire, type NetworkFaults } from "../memory/wire.js";
import type { ConnectOptions } from "../shell/connection.js";

/** Settings of the server's half; names and defaults are the real server's. */
export interface MemoryServerOptions {
  /** Time between two heartbeats. Milliseconds, default 25000. */
  readonly pingInterval?: number | undefined;
  /** Time to answer a heartbeat. Milliseconds, default 20000. */
  readonly pingTimeout?: number | undefined;
  /** Time for an upgrade. Milliseconds, default 10000. */
  readonly upgradeTimeout?: number | undefined;
  /** How long `close` waits for the client to fetch what was sent. Milliseconds, default 30000. */
  readonly closeTimeout?: number | undefined;
  /** Largest POST body and largest WebSocket message from the client. Bytes, default 1000000. */
  readonly maxHttpBufferSize?: number | undefined;
  /** Most packets in one POST body. Default 65536. */
  readonly maxPacketsPerPayload?: number | undefined;
  /** Most packets in one answer to a poll. Default 16. */
  readonly maxOutgoingPackets?: number | undefined;
  /** Most PONGs between two PINGs that answer none. Default 100. */
  readonly maxUnaskedPongs?: number | undefined;
  /** Most bytes waiting for the client. Default 16777216. */
  readonly maxBufferedBytes?: number | undefined;
  /** From this many waiting bytes on, `send` answers with a pending promise. Default 65536. */
  readonly highWaterMarkBytes?: number | undefined;
}

/** What goes wrong, from the moment when both ends are connected. */
export interface PairFaults {
  /** With what the client sends. */
  readonly client?: Partial<NetworkFaults> | undefined;
  /** With what the server sends. */
  readonly server?: Partial<NetworkFaults> | undefined;
}

export interface PairOptions {
  /** Default a new one, at 0. Share one to move several pairs together. */
  readonly clock?: ManualClock | undefined;
  /** Of the session. Default `"memory"`. */
  readonly id?: string | undefined;
  /** What the session begins with. Default `"websocket"`. */
  readonly transport?: "polling" | "websocket" | undefined;
  /** With polling: does the client ask for a WebSocket as soon as it is open? Default `false`. */
  readonly upgrade?: boolean | undefined;
  /** What becomes of that WebSocket. Default `"opens"`. */
  readonly websocket?: WebSocketFate | undefined;
  /** What goes wrong. Default: nothing. */
  readonly faults?: PairFaults | undefined;
  /** Further options of the client. */
  readonly client?: Omit<ConnectOptions, "transports" | "upgrade" | "signal"> | undefined;
  /** Further options of the server. */
  readonly server?: MemoryServerOptions | undefined;
  /** Hears what handlers throw. Default: one line on the console. */
  readonly onError?: OnError | undefined;
}

/** Both ends, and how to move them. */
export interface MemoryPair extends AsyncDisposable {
  readonly client: MemoryClientSocket;
  readonly server: MemoryServerSocket;
  readonly clock: ManualClock;
  /** By who sends; changing them changes the network at once. */
  readonly faults: Readonly<Record<End, NetworkFaults>>;
  /** Breaks both transports, or one of them, for both ends; what is on its way is lost. */
  readonly cut: (transport?: "polling" | "websocket") => void;
  /** @returns once nothing moves any more that needs no time (a latency does: advance the clock). */
  readonly settle: () => Promise<void>;
}

/**
 * @returns both ends of an open session. Messages are kept until somebody listens.
 * @throws {EngineIOError} `engineio/invalid-option`.
 */
export async function pair(options: PairOptions = {}): Promise<MemoryPair> {
  const { clock = new ManualClock(), transport = "websocket", upgrade = false, faults = {}, onError } = options;
  const wire = new MemoryWire(clock);
  const sweep = new Sweep(clock, { granularityMs: 0 });
  const memory = new MemoryServer(serverSettings(options, sweep, clock));
  const network = new MemoryNetwork(wire, memory);
  network.websocket = options.websocket ?? "opens";
  const transports = transport === "websocket" ? (["websocket"] as const) : (["polling", "websocket"] as const);
  const client = new MemoryClientSocket({ onError, ...options.client, transports, upgrade }, memoryPlatform(network, clock, sweep));
  await client.whenOpen();
  Object.assign(wire.faults.client, faults.client);
  Object.assign(wire.faults.server, faults.server);
  return { client, server: opened(memory), clock, faults: wire.faults, cut: (which) => network.cut(which), settle: () => settle(wire), [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

function opened({ socket }: MemoryServer): MemoryServerSocket {
  if (socket === undefined) throw new TypeError("The client is open, so the server is");
  return socket;
}

function serverSettings({ server = {}, onError, id = "memory" }: PairOptions, sweep: Sweep, clock: ManualClock): MemoryServerSettings {
  return {
    id,
    sweep,
    onError,
    pingInterval: server.pingInterval ?? 25_000,
    pingTimeout: server.pingTimeout ?? 20_000,
    maxHttpBufferSize: server.maxHttpBufferSize ?? 1e6,
    maxPacketsPerPayload: server.maxPacketsPerPayload ?? 65_536,
    config: {
      clock,
      text: neutralText,
      upgradeTimeoutMs: server.upgradeTimeout ?? 10_000,
      closeTimeoutMs: server.closeTimeout ?? 30_000,
      maxOutgoingPackets: server.maxOutgoingPackets ?? 16,
      maxUnaskedPongs: server.maxUnaskedPongs ?? 100,
      maxBufferedBytes: server.maxBufferedBytes ?? 16_777_216,
      highWaterMarkBytes: server.highWaterMarkBytes ?? 65_536,
    },
  };
}

/** Turns of the microtask queue that an answer may take at most before it is on the wire. */
const QUIET_TURNS = 50;

async function settle(wire: MemoryWire): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS; quiet = wire.underway > 0 ? 0 : quiet + 1) await Promise.resolve();
}
