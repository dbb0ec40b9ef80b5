/**
 * The client of a pair in memory.
 *
 * Room: engineio memory.
 */
import { ConnectionError } from "@x/errors/engineio";
import { ClientSocket } from "../shell/client-socket.js";
import type { ClientOptions } from "../shell/client-options.js";
import type { ClientPlatform } from "../shell/ports.js";

/** The real client, on a network in memory. Keeps messages until somebody listens. */
export class MemoryClientSocket extends ClientSocket {
  /** @throws {EngineIOError} `engineio/invalid-option`. */
  constructor(options: ClientOptions, platform: ClientPlatform) {
    super(undefined, options, platform);
    this.holdMessages();
  }

  /** Resolves when the session is open. @throws {ConnectionError} when it ends instead; the cause says why. */
  whenOpen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.once("open", () => resolve());
      this.once("close", (reason, cause) => reject(new ConnectionError(`Cannot connect: ${reason}`, { cause })));
    });
  }
}
