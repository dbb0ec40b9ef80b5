/**
 * A client as the server sees it.
 *
 * Room: engineio node.
 */
import type { IncomingMessage } from "node:http";
import type { OnError } from "@x/errors/handlers";
import { protocol } from "../core/packet.js";
import type { SessionConfig } from "../core/session-config.js";
import type { SocketHooks } from "../shell/delivery.js";
import { EngineSocket } from "../shell/socket.js";
import { KeptRequest, type RequestHead } from "./kept-request.js";

/** Sessions that are open. */
export interface SocketsById {
  get(id: string): Socket | undefined;
}

/** A place for a session. */
export interface Ticket {
  readonly id: string;
  /** The client's address, as `trustProxy` says. */
  readonly remoteAddress: string | undefined;
}

/** One session of a {@link Server}; its methods and events are {@link EngineSocket}'s. */
export class Socket extends EngineSocket implements Ticket {
  readonly id: string;
  /** The client's address, as its first request and the option `trustProxy` show it. */
  readonly remoteAddress: string | undefined;
  /** WebSockets that have asked to take over. */
  upgradeAttempts = 0;
  #request: IncomingMessage | KeptRequest;

  constructor({ id, remoteAddress }: Ticket, request: IncomingMessage | KeptRequest, config: SessionConfig, hooks: SocketHooks<EngineSocket>, maxPayloadBytes: number, onError: OnError) {
    super(config, hooks, maxPayloadBytes, config.maxBufferedBytes, onError);
    this.id = id;
    this.#request = request;
    this.remoteAddress = remoteAddress;
  }

  get protocol(): number {
    return protocol;
  }

  /**
   * The request that opened the session. The very object that middlewares, listeners and functions of yours have seen; where there are
   * none, one with the same content, made at the first call, and the same from then on.
   */
  get request(): IncomingMessage {
    if (this.#request instanceof KeptRequest) this.#request = this.#request.restore();
    return this.#request;
  }

  /** URL, headers and connection of {@link request}, where the rest of it would be memory for nothing. */
  get requestHead(): RequestHead {
    return this.#request instanceof KeptRequest ? this.#request.read() : this.#request;
  }
}
