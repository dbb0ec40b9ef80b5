/**
 * The events of a session, by the peers' names.
 *
 * Room: engineio shell.
 */
import type { Handshake } from "../core/open.js";
import type { Packet } from "../core/packet.js";
import type { CloseReason } from "../core/session-config.js";

/** What the peers' `transport` property shows: `polling`, `websocket`, or the name of a transport of yours. */
export interface TransportView {
  readonly name: string;
}

/** Events of both sides; `handshake`, `ping`, `pong` and `upgradeError` are the client's. */
export interface SocketEvents {
  open: readonly [];
  handshake: readonly [handshake: Handshake];
  message: readonly [data: string | Uint8Array];
  data: readonly [data: string | Uint8Array];
  packet: readonly [packet: Packet];
  packetCreate: readonly [packet: Packet];
  heartbeat: readonly [];
  ping: readonly [];
  pong: readonly [];
  upgrading: readonly [transport: TransportView];
  upgrade: readonly [transport: TransportView];
  upgradeError: readonly [error: Error];
  flush: readonly [];
  drain: readonly [];
  error: readonly [error: Error];
  close: readonly [reason: CloseReason, description: unknown];
}
