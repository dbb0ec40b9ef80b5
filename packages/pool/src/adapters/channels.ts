/**
 * `ChannelPool` over @x/simple-ws: `net` and `tls` on Node, the platform's WebSocket in browsers. Room: pool adapters.
 */
import type { SharedChannelOptions } from "../shell/channels/options.js";
import { ChannelPool as Pool } from "../shell/channels/pool.js";
import type { UrlSource } from "../shell/resilient/options.js";
import type { Transport } from "../shell/resilient/ports.js";
import { transportOf } from "./resilient.js";
import type { SimpleWsOptions } from "./simple-ws-link.js";

export interface ChannelPoolOptions<In = unknown, Out = unknown> extends SharedChannelOptions<In, Out> {
  /** How connections are opened; see `connect` of `@x/simple-ws`. In browsers only what `@x/simple-ws/web` takes counts. Default as there. */
  readonly connection?: SimpleWsOptions | undefined;
  /** Opens connections in another way. Default `@x/simple-ws`. */
  readonly transport?: Transport | undefined;
}

/**
 * Many channels of one server over few WebSockets that stay connected.
 *
 * `In` is what is received, as the schema makes it; `Out` what is sent.
 */
export class ChannelPool<In = unknown, Out = unknown> extends Pool<In, Out> {
  /** @param url `ws:` or `wss:` (or `http:`, `https:`), or a function that is called for each attempt.
   *  @throws {JetSocketError} `pool/invalid-option`. @throws {TransportError} `errors/invalid-option`: the reconnect policy. */
  constructor(url: UrlSource, options: ChannelPoolOptions<In, Out>) {
    super(url, { ...options, transport: options.transport ?? transportOf(options) });
  }
}
