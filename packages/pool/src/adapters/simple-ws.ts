/**
 * A pool of WebSocket connections to one server, by path. Room: pool adapters.
 */
import { isTransportError } from "@x/errors";
import { JetSocketError } from "@x/errors/pool";
import { connect, type ConnectOptions, type WebSocketConnection } from "@x/simple-ws/client";
import type { PoolStats } from "../core/pool-stats.js";
import type { AcquireOptions, CloseOptions, ConnectContext, DrainOptions, PoolOptions, WarmOptions } from "../shell/options.js";
import { Pool } from "../shell/pool.js";
import { PooledWebSocket } from "./pooled-web-socket.js";
import { translated } from "./translate.js";

export interface WebSocketPoolOptions extends Omit<PoolOptions<WebSocketConnection>, "connect" | "close" | "validate" | "validateAfterIdleMs" | "defaultKey" | "leasesPerConnection"> {
  /** How connections are opened; see `connect` of @x/simple-ws. */
  readonly connection?: Omit<ConnectOptions, "signal">;
  /**
   * What becomes of a connection on which messages arrived that its last borrower did not take. `close` (default) never shows
   * one borrower's messages to the next; `discard` drops them and keeps the connection, for servers that talk unasked.
   */
  readonly unread?: "close" | "discard";
  /** A connection idle for this long answers a ping before it is lent, in milliseconds. Default `Infinity`: its state is asked, no peer. */
  readonly pingAfterIdleMs?: number;
  /** A ping that is not answered within this time closes the connection; the borrower gets another. In milliseconds. Default 2,000. */
  readonly pingTimeoutMs?: number;
}

export type WebSocketAcquireOptions = Omit<AcquireOptions, "key">;

/**
 * @param baseUrl `ws:` or `wss:` (or `http:`, `https:`).
 * @throws {JetSocketError} `pool/invalid-option`.
 */
export function webSocketPool(baseUrl: string | URL, options: WebSocketPoolOptions = {}): WebSocketPool {
  return new WebSocketPool(baseUrl, options);
}

/** Lends WebSocket connections; {@link webSocketPool} makes it. */
export class WebSocketPool {
  readonly #baseUrl: URL;
  readonly #pool: Pool<WebSocketConnection>;

  /** @internal */
  constructor(baseUrl: string | URL, { connection, unread = "close", pingAfterIdleMs = Infinity, pingTimeoutMs = 2_000, ...options }: WebSocketPoolOptions) {
    this.#baseUrl = parseUrl(String(baseUrl), undefined);
    if (!(pingAfterIdleMs >= 0 && pingTimeoutMs >= 1)) {
      throw new JetSocketError("Cannot create pool: pingAfterIdleMs must be at least 0 and pingTimeoutMs at least 1", { code: "pool/invalid-option" });
    }
    this.#pool = new Pool<WebSocketConnection>({
      ...options,
      defaultKey: this.#baseUrl.href,
      leasesPerConnection: 1, // a message belongs to one borrower
      connect: (context) => open(context, connection),
      close: (resource) => resource.close(),
      validate: async (resource, { idleMs }) => {
        if (resource.state !== "open") return false;
        if (idleMs >= pingAfterIdleMs && !(await answers(resource, pingTimeoutMs))) return false;
        return hasNothingUnread(resource, unread); // also of what the last borrower's requests still brought before the answer
      },
    });
  }

  /**
   * @param path relative to the base URL, e.g. `"/ws"`; connections are shared per resulting URL.
   * @returns a connection on loan. Give it back: `await using`, `release()` or `destroy()`.
   * @throws as `Pool.acquire`; {ConnectionRefusedError} at once for an answer that another attempt will not change, such as 401.
   * @throws {JetSocketError} `pool/invalid-option` for a path that leads to another server.
   */
  async acquire(path = "", options: WebSocketAcquireOptions = {}): Promise<PooledWebSocket> {
    const { href } = parseUrl(path, this.#baseUrl);
    return new PooledWebSocket(await this.#pool.acquire({ ...options, key: href }));
  }

  /** Lends a connection to `work` and takes it back when that has ended. An error of an @x package closes the connection. */
  async use<Result>(path: string, work: (connection: PooledWebSocket) => Result | Promise<Result>, options: WebSocketAcquireOptions = {}): Promise<Result> {
    const connection = await this.acquire(path, options);
    try {
      return await work(connection);
    } catch (error) {
      if (isTransportError(error)) connection.destroy();
      throw error;
    } finally {
      connection.release();
    }
  }

  /** Opens connections until there are `count` to the path. See `Pool.warm`; `minConnections` keeps some to the base URL. */
  async warm(path: string, count: number, options: Omit<WarmOptions, "key"> = {}): Promise<void> {
    return this.#pool.warm(count, { ...options, key: parseUrl(path, this.#baseUrl).href });
  }

  stats(): PoolStats {
    return this.#pool.stats();
  }

  /** See `Pool.close`. */
  /** As `Pool.drain`. */
  drain(options?: DrainOptions): Promise<void> {
    return this.#pool.drain(options);
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#pool.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool.close();
  }
}

async function open({ key, signal, ended }: ConnectContext, options: Omit<ConnectOptions, "signal"> | undefined): Promise<WebSocketConnection> {
  try {
    const connection = await connect(key, { ...options, signal });
    void connection.closed.then(ended);
    return connection;
  } catch (error) {
    throw translated(error);
  }
}

/** Cuts one that does not: a closing handshake would only hold its place in the pool for longer. */
async function answers(connection: WebSocketConnection, timeoutMs: number): Promise<boolean> {
  try {
    await connection.ping(undefined, { timeoutMs });
    return true;
  } catch {
    connection.terminate();
    return false;
  }
}

async function hasNothingUnread(connection: WebSocketConnection, unread: "close" | "discard"): Promise<boolean> {
  while ((await connection.receive({ timeoutMs: 0 })) !== null) if (unread === "close") return false;
  return connection.state === "open";
}

/** A path must not lead away from the server that the pool is for: paths may come from users. */
function parseUrl(text: string, base: URL | undefined): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  const parts = ["protocol", "host", "username", "password"] as const;
  if (url !== undefined && (base === undefined || parts.every((part) => url[part] === base[part]))) return url;
  throw new JetSocketError(`Cannot acquire ${JSON.stringify(text)}, must be a ${base === undefined ? "URL" : `path of ${base.host}`}`, { code: "pool/invalid-option" });
}
