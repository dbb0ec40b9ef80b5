/**
 * The client's Engine.IO socket of a connection in memory: opens by itself, as a real one does.
 *
 * Room: socketio testing.
 */
import type { MemoryPair, MemoryServerSocket } from "@x/engineio/testing";
import { Emitter } from "@x/errors/emitter";
import { ConnectionError } from "@x/errors/socketio";
import type { EngineClient, EngineHandler } from "../shell/client/ports.js";

interface LinkEvents {
  open: readonly [];
  heartbeat: readonly [];
  error: readonly [error: Error];
}

/** Where a link leads. */
export interface LinkNetwork {
  /** @returns a new session; rejects when the server cannot be reached. */
  readonly dial: () => Promise<MemoryPair>;
  /** The server's end of a session that is open. */
  readonly welcome: (server: MemoryServerSocket) => void;
  /** Something was sent or received. */
  readonly moved: () => void;
}

export class MemoryLink extends Emitter<LinkEvents> implements EngineClient {
  readonly transport: { readonly name: string } = { name: "memory" };
  readonly #network: LinkNetwork;
  #pair: MemoryPair | undefined;
  #handler: EngineHandler | undefined;
  #isClosed = false;

  constructor(network: LinkNetwork) {
    super();
    this.#network = network;
    void network.dial().then((pair) => this.#opened(pair), (error: unknown) => this.#failed(error));
  }

  get id(): string | undefined {
    return this.#pair?.server.id;
  }

  get writeBuffer(): readonly unknown[] {
    return this.#pair?.client.writeBuffer ?? [];
  }

  attach(handler: EngineHandler): void {
    this.#handler = handler;
  }

  send(data: string | Uint8Array): Promise<void> {
    this.#network.moved();
    return this.#pair?.client.send(data) ?? Promise.reject(new ConnectionError("Cannot send: the connection is opening, must be open"));
  }

  close(): void {
    this.#isClosed = true;
    this.#pair?.client.close();
  }

  #opened(pair: MemoryPair): void {
    const { client, server } = pair;
    this.#pair = pair;
    if (this.#isClosed) {
      client.close();
      return;
    }
    client.on("heartbeat", () => this.emit("heartbeat"));
    this.#network.welcome(server);
    this.emit("open");
    client.attach({
      onMessage: (data) => {
        this.#network.moved();
        this.#handler?.onMessage(data);
      },
      onClose: (reason, description) => this.#handler?.onClose(reason, description),
    });
  }

  #failed(error: unknown): void {
    if (!this.#isClosed) this.emit("error", error instanceof Error ? error : new ConnectionError(String(error)));
  }
}
