/**
 * The client on Node.
 *
 * Room: engineio node.
 */
import { ClientSocket } from "../shell/client-socket.js";
import { Connection, openConnection } from "../shell/connection.js";
import type { ClientOptions, ConnectOptions } from "./client-options.js";
import { NodePlatform } from "./client-platform.js";

/** A connection to an Engine.IO server; opens itself. Its methods and events are `engine.io-client`'s. */
export class Socket extends ClientSocket {
  /** @throws {EngineIOError} `engineio/invalid-option`, {ConnectionError} `engineio/connection-failed` for a bad URL. */
  constructor(url: string | URL, options: ClientOptions = {}) {
    super(String(url), options, new NodePlatform(options));
  }
}

/** {@link Socket} that stays with its first transport. */
export class SocketWithoutUpgrade extends Socket {
  constructor(url: string | URL, options: ClientOptions = {}) {
    super(url, { ...options, upgrade: false });
  }
}

/**
 * Connect to `url`, e.g. `http://localhost:3000`.
 * @returns an open connection; messages are kept until somebody receives, listens, or attaches.
 * @throws {ConnectionError} when no session opens; `httpStatus`, `headers` and `body` are the server's answer, `cause` says why.
 * @throws {EngineIOError} `engineio/invalid-option`.
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<Connection> {
  return await openConnection(new Connection(String(url), options, new NodePlatform(options)), options.signal);
}
