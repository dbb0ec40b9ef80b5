/**
 * {@link Client} on Node's client.
 *
 * Room: engineio node.
 */
import { ResilientClient as Client } from "../shell/resilient-client.js";
import type { ResilientOptionsOf } from "../shell/resilient-options.js";
import type { ConnectOptions } from "./client-options.js";
import { connect } from "./client.js";

export type ResilientOptions = ResilientOptionsOf<ConnectOptions>;

/** A client that connects again when it is not connected: its states and methods are {@link Client}'s. */
export class ResilientClient extends Client {
  /** @throws {TransportError} `errors/invalid-option`, {EngineIOError} `engineio/invalid-option`. */
  constructor(url: string | URL, options: ResilientOptions = {}) {
    super((own) => connect(url, { ...options, ...own }), () => nothing, options);
  }
}

function nothing(): void {
  // there is no page to watch
}
