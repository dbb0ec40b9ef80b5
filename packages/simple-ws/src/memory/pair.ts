/**
 * `pair`: a client and a server connection, joined in memory. Everything but the network is real: frames, masks, limits,
 * closing handshake, keepalive, back pressure.
 *
 * Room: simple-ws memory. For tests of applications: no ports, and time moves only by hand.
 */
import { parseConnectionOptions, type ConnectionOptions } from "../core/options.js";
import { neutralText } from "@x/wsframe";
import { Driver } from "../shell/driver.js";
import type { Random } from "@x/errors/clock";
import { createRuntime, type ByteDuplex } from "../shell/ports.js";
import { profileOf } from "../shell/profile.js";
import { WebSocketConnection } from "../shell/socket.js";
import { safeTrace, traced, type TraceSink } from "../shell/trace.js";
import { FaultyDuplex, type WireFaults } from "./faulty-link.js";
import { MemoryDuplex } from "./link.js";
import { ManualClock } from "./manual-clock.js";

export interface PairOptions extends ConnectionOptions {
  /** Default a new one: see {@link MemoryPair.clock}. Share one to move several pairs together. */
  readonly clock?: ManualClock;
  /** The subprotocol that both ends report. Default "". */
  readonly protocol?: string;
  /** Is told what the client sends and receives; see `enableTrace`. */
  readonly trace?: TraceSink;
  /** What goes wrong with what the client sends, and with what the server sends; see {@link MemoryPair.faults}. */
  readonly faults?: { readonly client?: Partial<WireFaults>; readonly server?: Partial<WireFaults> };
  /** For jitter and masks. Default `Math.random`. */
  readonly random?: Random;
  /** Options of one end that differ. */
  readonly client?: ConnectionOptions;
  /** See {@link client}. */
  readonly server?: ConnectionOptions;
}

/** `[client, server]`, and how to move them. */
export interface MemoryPair extends Iterable<WebSocketConnection> {
  readonly client: WebSocketConnection;
  readonly server: WebSocketConnection;
  readonly clock: ManualClock;
  [Symbol.iterator](): ArrayIterator<WebSocketConnection>;
  /** By who sends; changing them changes the wire at once. */
  readonly faults: { readonly client: WireFaults; readonly server: WireFaults };
  /** Breaks the link without a Close, as a lost network does. */
  readonly cut: () => void;
  /** @returns once nothing travels between the two any more (without moving the clock). */
  readonly settle: () => Promise<void>;
}

/**
 * @returns two open connections: `const [client, server] = pair()`.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`.
 */
export function pair(options: PairOptions = {}): MemoryPair {
  const { clock = new ManualClock(), protocol = "", random = Math.random } = options;
  const [clientLink, serverLink] = MemoryDuplex.pair();
  const clientWire = new FaultyDuplex(clientLink, options.faults?.client ?? {}, clock, random);
  const serverWire = new FaultyDuplex(serverLink, options.faults?.server ?? {}, clock, random);
  const end = (role: "client" | "server", link: ByteDuplex, url: string | undefined): WebSocketConnection => {
    const runtime = createRuntime({ clock, random, text: neutralText, defer: queueMicrotask, allocate: (bytes) => new Uint8Array(bytes) });
    const driver = new Driver(profileOf(role, parseConnectionOptions({ ...options, ...options[role] }), runtime), traced(link, role === "client" ? safeTrace(options.trace) : undefined, false));
    driver.start();
    return new WebSocketConnection(driver, { protocol, extensions: "", ...(url !== undefined && { url, headers: {} }) });
  };
  const client = end("client", clientWire, "ws://memory/");
  const server = end("server", serverWire, undefined);
  return {
    client,
    server,
    clock,
    faults: { client: clientWire.faults, server: serverWire.faults },
    [Symbol.iterator]: () => [client, server][Symbol.iterator](),
    cut: () => clientLink.destroy(),
    settle,
  };
}

/** Generous: a message takes a few turns per hop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}
