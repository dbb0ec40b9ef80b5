/**
 * The typed server and socket of this chat, and what handlers share.
 *
 * Room: server/realtime.
 */
import type { Server, Socket } from "@x/socketio/server";
import type { Logger } from "pino";
import type { ClientEvents, ServerEvents, User } from "../../shared/contract.js";
import type { Storage } from "../storage/storage.js";
import type { Presence } from "./presence.js";

/** Nothing is sent between servers. */
export type ServerToServerEvents = Record<string, never>;
/** What a connection carries: who it is. */
export interface SocketData { user: User }

export type ChatServer = Server<ClientEvents, ServerEvents, ServerToServerEvents, SocketData>;
export type ChatSocket = Socket<ClientEvents, ServerEvents, ServerToServerEvents, SocketData>;

export interface RealtimeContext {
  readonly io: ChatServer;
  readonly storage: Storage;
  readonly presence: Presence;
  readonly logger: Logger;
}

/** Names of the broadcast groups: the members of a room who are connected, the tabs of a user. */
export const groupOfRoom = (roomId: string): string => `room:${roomId}`;
export const groupOfUser = (userId: string): string => `user:${userId}`;
