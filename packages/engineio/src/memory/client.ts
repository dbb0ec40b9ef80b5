/**
 * The client of a pair in memory.
 *
 * Room: engineio memory.
 */
import { ConnectionError } from "@x/errors/engineio";
import { Connection, type ConnectOptions } from "../shell/connection.js";
import type { ClientPlatform } from "../shell/ports.js";

/** What `connect` gives, on a network in memory. Keeps messages until somebody listens or receives. */
export class MemoryClientSocket extends Connection {
  /** @throws {EngineIOError} `engineio/invalid-option`. */
  constructor(options: ConnectOptions, platform: ClientPlatform) {
    super(undefined, options, platform);
  }

  /** Resolves when the session is open. @throws {ConnectionError} when it ends instead; the cause says why. */
  whenOpen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.once("open", () => resolve());
      this.once("close", (reason, cause) => reject(new ConnectionError(`Cannot connect: ${reason}`, { cause })));
    });
  }
}
