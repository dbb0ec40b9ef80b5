/**
 * `io(url, options)` and `connect(url, options)`: sockets from addresses, one connection per server.
 *
 * Room: socketio shell.
 */
import { Socket as EngineSocket, type ClientOptions as EngineOptions } from "@x/engineio/client";
import type { DefaultEventsMap } from "../../core/event-types.js";
import { abortedError } from "./bounded.js";
import { Manager as AnyManager } from "./manager.js";
import { opened } from "./opened.js";
import type { ManagerOptions, SocketOptions } from "./options.js";
import { Socket as AnySocket } from "./socket.js";
import { page, readAddress } from "./url.js";

/** Options of `io` and `connect`: the manager's, the socket's and all of Engine.IO's. */
export interface ClientOptions extends ManagerOptions, SocketOptions, Omit<EngineOptions, keyof ManagerOptions> {
  /** A connection of its own, even if there is one to the same server. Default `false`. */
  readonly forceNew?: boolean;
  /** Whether sockets of several namespaces share a connection. Default `true`. */
  readonly multiplex?: boolean;
}

/** A connection over Engine.IO's client. */
export class Manager extends AnyManager<ClientOptions, EngineSocket> {
  /** The Engine.IO socket. As socket.io-client's type has it: there while this connects or is connected, `undefined` between connections. */
  declare engine: EngineSocket;

  /** @param uri default: the page's. @throws {SocketIOError} `socketio/invalid-option`, also when there is neither an address nor a page. */
  constructor(uri?: string | ClientOptions, options?: ClientOptions) {
    const opts = (typeof uri === "object" ? uri : options) ?? {};
    super(typeof uri === "string" ? uri : readAddress("", page()).origin, opts, (address, settings) => new EngineSocket(address, settings));
  }
}

/** A socket as users hold it: its `io` is a {@link Manager}. */
export type Socket<Listen = DefaultEventsMap, Emit = DefaultEventsMap> = AnySocket<Listen, Emit, Manager>;
export const Socket: typeof AnySocket = AnySocket;

/** Managers by server, for multiplexing. */
const managers = new Map<string, Manager>();

type Lookup = <Listen = DefaultEventsMap, Emit = DefaultEventsMap>(uri?: string | ClientOptions, options?: ClientOptions) => Socket<Listen, Emit>;

/**
 * A socket for the namespace that the path of `uri` names. It connects by itself, and again when the connection is lost.
 * @throws {SocketIOError} `socketio/invalid-option`; {@link BadNamespaceError} `socketio/bad-namespace`.
 */
function lookup<Listen = DefaultEventsMap, Emit = DefaultEventsMap>(uri?: string | ClientOptions, options?: ClientOptions): Socket<Listen, Emit> {
  const opts = (typeof uri === "object" ? uri : options) ?? {};
  const { origin, namespace, query } = readAddress(typeof uri === "string" ? uri : "", page());
  const manager = managerFor(origin, query, namespace, opts);
  try {
    return manager.socket<Listen, Emit>(namespace, opts);
  } catch (error) {
    manager.release(); // nobody would
    throw error;
  }
}

function managerFor(origin: string, query: string, namespace: string, options: ClientOptions): Manager {
  const key = `${origin}${options.path ?? "/socket.io"}`;
  const uri = query === "" ? origin : `${origin}/?${query}`;
  const shared = managers.get(key);
  if (options.forceNew === true || options.multiplex === false || shared?.nsps.has(namespace) === true) return new Manager(uri, options);
  if (shared !== undefined) return shared;
  const manager = new Manager(uri, options);
  managers.set(key, manager);
  return manager;
}

/** {@link Lookup}; `io.connect` is the same, as with socket.io-client. */
export const io: Lookup & { readonly connect: Lookup } = /* @__PURE__ */ Object.assign(lookup, { connect: lookup });

export interface ConnectOptions extends ClientOptions {
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects to a namespace and waits for the server's answer.
 * @returns the connected socket, which stays connected from then on as one of `io` does.
 * @throws {ConnectionRefusedError} with what the server said; {@link BadNamespaceError} for a namespace it does not have, or a name that
 *   cannot be one; {@link ConnectionError} when the first attempt fails, opening the connection or the answer takes longer than `timeout`,
 *   or `signal` aborts.
 */
export async function connect<Listen = DefaultEventsMap, Emit = DefaultEventsMap>(uri: string, { signal, ...options }: ConnectOptions = {}): Promise<Socket<Listen, Emit>> {
  if (signal?.aborted === true) throw abortedError(signal, "connect");
  return await opened(io<Listen, Emit>(uri, { forceNew: true, ...options }), signal);
}
