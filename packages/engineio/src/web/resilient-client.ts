/**
 * {@link Client} on the client of pages and every other platform.
 *
 * Room: engineio web.
 */
import { ResilientClient as Client } from "../shell/resilient-client.js";
import type { ResilientOptionsOf } from "../shell/resilient-options.js";
import type { ConnectOptions } from "../shell/connection.js";
import { connect } from "./client.js";
import { watch } from "./page.js";

export type ResilientOptions = ResilientOptionsOf<ConnectOptions>;

/** A client that connects again when it is not connected: its states and methods are {@link Client}'s. */
export class ResilientClient extends Client {
  /** @throws {TransportError} `errors/invalid-option`, {EngineIOError} `engineio/invalid-option`. */
  constructor(url: string | URL, options: ResilientOptions = {}) {
    super((own) => connect(url, { ...options, ...own }), watch, options);
  }
}
