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

/** A place for a session. */
export interface Ticket {
  readonly id: string;
  /** The client's address, as `trustProxy` says. */
  readonly remoteAddress: string | undefined;
}

/** One session of a {@link Server}; its methods and events are {@link EngineSocket}'s. */
export class Socket extends EngineSocket implements Ticket {
  readonly id: string;
  /** The request that opened the session. */
  readonly request: IncomingMessage;
  /** The client's address, as its first request and the option `trustProxy` show it. */
  readonly remoteAddress: string | undefined;
  readonly protocol: number = protocol;
  /** WebSockets that have asked to take over. */
  upgradeAttempts = 0;

  constructor({ id, remoteAddress }: Ticket, request: IncomingMessage, config: SessionConfig, hooks: SocketHooks<EngineSocket>, maxPayloadBytes: number, onError: OnError) {
    super(config, hooks, maxPayloadBytes, config.maxBufferedBytes, onError);
    this.id = id;
    this.request = request;
    this.remoteAddress = remoteAddress;
  }
}
