/**
 * Kept-alive connections for polling, opened as `@x/simple-ws` opens them for a WebSocket: the same proxies, TLS, lookup, timeouts.
 *
 * Room: engineio node.
 */
import { Agent, type ClientRequest, type ClientRequestArgs } from "node:http";
import { Socket, isIPv6 } from "node:net";
import { Duplex } from "node:stream";
import { type DialOptions, dial } from "@x/simple-ws/client";

/**
 * Idle connections are dropped before servers do (2000 ms is the shortest in use), so that no request meets one that is just closing:
 * a POST that fails there must not be sent twice. Polls and bursts of POSTs follow each other faster.
 */
const IDLE_MS = 1500;

/** What a request hands to its agent. */
export interface DialArgs extends ClientRequestArgs {
  /** Gives up the connection while it opens. */
  readonly dialSignal: AbortSignal;
}

export class DialAgent extends Agent {
  readonly #scheme: "http" | "https";
  readonly #options: DialOptions;

  constructor(isSecure: boolean, options: DialOptions) {
    super({ keepAlive: true, timeout: IDLE_MS });
    this.#scheme = isSecure ? "https" : "http";
    this.#options = options;
  }

  override createConnection({ host, port, dialSignal }: DialArgs, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    const name = host ?? "";
    dial(`${this.#scheme}://${isIPv6(name) ? `[${name}]` : name}:${String(port)}`, { ...this.#options, signal: dialSignal }).then(
      (stream) => callback?.(null, stream),
      (error: unknown) => callback?.(error instanceof Error ? error : new Error("the connection did not open", { cause: error }), new Duplex()), // which Node does not look at
    );
  }

  /** @returns whether to keep it: not a stream of the caller's, which is no socket. */
  override keepSocketAlive(stream: Duplex): unknown {
    if (!(stream instanceof Socket)) return false;
    // eslint-disable-next-line @typescript-eslint/no-confusing-void-expression -- Node's documentation says what it returns, the types do not
    const isKept: unknown = super.keepSocketAlive(stream);
    return isKept;
  }

  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    super.reuseSocket(stream, request);
    if (this.#options.unref === true && stream instanceof Socket) stream.unref();
  }
}
