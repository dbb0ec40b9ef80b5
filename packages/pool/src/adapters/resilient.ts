/**
 * `ResilientSocket` over @x/simple-ws: `net` and `tls` on Node, the platform's WebSocket in browsers. Room: pool adapters.
 */
import type { ConnectOptions, SharedOptions, UrlSource } from "../shell/resilient/options.js";
import type { Transport } from "../shell/resilient/ports.js";
import { DEFAULT_SOCKET_LIMITS } from "../core/resilient/options.js";
import { ResilientSocket as Socket } from "../shell/resilient/socket.js";
import { simpleWsTransport, type SimpleWsOptions } from "./simple-ws-link.js";

export interface ResilientSocketOptions<In = unknown, Out = unknown> extends SharedOptions<In, Out> {
  /** How connections are opened; see `connect` of `@x/simple-ws`. In browsers only what `@x/simple-ws/web` takes counts. Default as there. */
  readonly connection?: SimpleWsOptions | undefined;
  /** Opens connections in another way. Default `@x/simple-ws`. */
  readonly transport?: Transport | undefined;
}

/**
 * A WebSocket that stays connected: it reconnects, renews, keeps alive, buffers, sends again.
 *
 * `In` is what is received, as the schema makes it; `Out` what is sent.
 */
export class ResilientSocket<In = unknown, Out = unknown> extends Socket<In, Out> {
  /** @param url `ws:` or `wss:` (or `http:`, `https:`), or a function that is called for each attempt.
   *  @throws {JetSocketError} `pool/invalid-option`. @throws {TransportError} `errors/invalid-option`: the reconnect policy. */
  constructor(url: UrlSource, options: ResilientSocketOptions<In, Out> = {}) {
    super(url, { ...options, transport: options.transport ?? transportOf(options) });
  }
}

/** Creates and connects: `await using socket = await connectResilient(url)`. @throws as the constructor and `connect` do; then nothing is left. */
export async function connectResilient<In = unknown, Out = unknown>(
  url: UrlSource, options: ResilientSocketOptions<In, Out> & ConnectOptions = {},
): Promise<ResilientSocket<In, Out>> {
  const { timeoutMs, signal, retry, ...rest } = options;
  const socket = new ResilientSocket<In, Out>(url, rest);
  await socket.connect({ timeoutMs, signal, retry });
  return socket;
}

/** The socket's heartbeat takes the place of the connection's own; its one deadline covers every phase of an attempt. */
export function transportOf({ connection, heartbeat, connectTimeoutMs = DEFAULT_SOCKET_LIMITS.connectTimeoutMs }: Pick<ResilientSocketOptions, "connection" | "heartbeat" | "connectTimeoutMs">): Transport {
  return simpleWsTransport({
    connectTimeoutMs, handshakeTimeoutMs: connectTimeoutMs,
    ...(heartbeat === undefined ? {} : { pingIntervalMs: 0 }),
    ...connection,
  });
}
