/**
 * A client as a server holds it.
 *
 * Room: engineio shell. The rules are {@link Session}'s.
 */
import type { OnError } from "@x/errors/handlers";
import type { SessionConfig } from "../core/session-config.js";
import { Session } from "../core/session.js";
import type { SocketHooks } from "./delivery.js";
import { SessionSocket } from "./session-socket.js";

/** {@link SessionSocket} with a server's session; the subclasses say how one comes to be. */
export abstract class EngineSocket extends SessionSocket<Session> {
  protected constructor(config: SessionConfig, hooks: SocketHooks<EngineSocket>, maxPayloadBytes: number, maxMessageBytes: number, onError?: OnError) {
    super((sink) => new Session(config, sink, maxPayloadBytes, maxMessageBytes), hooks, onError);
  }
}
