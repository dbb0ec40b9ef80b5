/**
 * The realtime side: who may connect, what a connection joins, and what its end means.
 *
 * Room: server/realtime; on @x/socketio, attached to the HTTP server.
 */
import type { Server as HttpServer } from "node:http";
import { type HostCheck, UNKNOWN_HOST } from "@x/app-base/hosts";
import { KeyedBuckets } from "@x/app-base/token-bucket";
import { ConnectionRefusedError } from "@x/errors/socketio";
import { Server } from "@x/socketio/server";
import type { Logger } from "pino";
import type { ClientEvents, ServerEvents, User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import type { Sessions } from "../sessions/sessions.js";
import type { Storage } from "../storage/storage.js";
import { answerRequests } from "./answering.js";
import { messageHandlers } from "./message-handlers.js";
import { Presence } from "./presence.js";
import { announceArrival, announceDeparture, roomHandlers } from "./room-handlers.js";
import { Seats } from "./seats.js";
import { type ChatServer, type ChatSocket, groupOfRoom, groupOfUser, type RealtimeContext, type ServerToServerEvents, type SocketData } from "./types.js";

export interface RealtimeOptions {
  readonly httpServer: HttpServer;
  readonly storage: Storage;
  readonly sessions: Sessions;
  readonly logger: Logger;
  readonly isKnownHost: HostCheck;
  /** Milliseconds between the last tab's end and "offline". Default 3000. */
  readonly presenceGraceMs?: number;
  /** Milliseconds that HTTP connections have to end when it closes; those that are left are cut off. */
  readonly closeGraceMs: number;
}

export interface Realtime {
  /** A new user is in their first rooms: tells those who are there. */
  readonly arrive: (user: User) => Promise<void>;
  /** Ends every connection of a user and tells the rooms they were in. */
  readonly signOut: (user: User, rooms: readonly string[]) => Promise<void>;
  /** Ends the connections, and the HTTP server. */
  readonly close: () => Promise<void>;
}

export function startRealtime(options: RealtimeOptions): Realtime {
  const { storage, sessions, logger } = options;
  const io: ChatServer = new Server<ClientEvents, ServerEvents, ServerToServerEvents, SocketData>(options.httpServer, {
    maxHttpBufferSize: limits.packetBytes,
    httpCloseTimeout: options.closeGraceMs,
    allowRequest: ({ headers }, decide) => { decide(options.isKnownHost(headers.host) ? undefined : UNKNOWN_HOST, true); },
    onError: (error, where) => { logger.error({ err: error, where }, "Realtime error"); },
  });
  const presence: Presence = new Presence({
    ...(options.presenceGraceMs === undefined ? {} : { graceMs: options.presenceGraceMs }),
    onChange: (userId, isOnline) => { announcePresence(context, userId, isOnline); },
  });
  const context: RealtimeContext = { io, storage, presence, logger };
  const sending = new KeyedBuckets({ burst: limits.messageBurst, perSecond: limits.messagesPerSecond });
  const seats = new Seats(limits.connectionsPerUser);
  io.use((socket, next) => {
    admit(socket, sessions, seats).then(() => { next(); }, (error: unknown) => {
      if (!(error instanceof ConnectionRefusedError)) logger.error({ err: error }, "Handshake failed");
      next(error instanceof ConnectionRefusedError ? error : new ConnectionRefusedError("Something went wrong", { data: { code: "internal" } }));
    });
  });
  io.on("connection", (socket) => { welcome(context, socket, sending); });
  return {
    arrive: async (user) => {
      for (const roomId of await storage.rooms.idsOf(user.id)) await announceArrival(context, roomId, user);
    },
    signOut: async (user, rooms) => {
      io.to(groupOfUser(user.id)).emit("session:ended");
      io.in(groupOfUser(user.id)).disconnectSockets(true);
      for (const roomId of rooms) await announceDeparture(context, roomId, user.id);
    },
    close: async () => {
      await io.close();
      presence.close(); // after the last departure
    },
  };
}

/** Who it is, and a seat for them. */
async function admit(socket: ChatSocket, sessions: Sessions, seats: Seats): Promise<void> {
  const user = await sessions.user(socket.handshake.headers.cookie);
  if (user === undefined) throw new ConnectionRefusedError("You are signed out", { data: { code: "signed-out" } });
  if (!seats.take(user.id, socket.conn)) {
    throw new ConnectionRefusedError(`You have ${limits.connectionsPerUser} windows open; close one`, { data: { code: "too-many-connections" } });
  }
  socket.data.user = user;
}

function welcome(context: RealtimeContext, socket: ChatSocket, sending: KeyedBuckets): void {
  const { user } = socket.data;
  const joining = joinGroups(context, socket, user);
  const handlers = { ...roomHandlers(context, user), ...messageHandlers(context, socket, user, sending) };
  answerRequests(socket, { ...handlers, "state:load": async (data) => { await joining; return handlers["state:load"](data); } }, context.logger);
  socket.on("disconnect", () => { context.presence.depart(user.id); });
  joining.catch((error: unknown) => {
    context.logger.error({ err: error }, "Rooms could not be joined");
    socket.disconnect(true);
  });
}

async function joinGroups({ storage, presence }: RealtimeContext, socket: ChatSocket, user: User): Promise<void> {
  presence.arrive(user.id);
  await socket.join(groupOfUser(user.id));
  await socket.join((await storage.rooms.idsOf(user.id)).map(groupOfRoom));
}

/** Told to those who share a room with the user. */
function announcePresence({ io, storage, logger }: RealtimeContext, userId: string, isOnline: boolean): void {
  storage.rooms.idsOf(userId).then((rooms) => {
    if (rooms.length > 0) io.to(rooms.map(groupOfRoom)).emit("presence", { userId, isOnline });
  }, (error: unknown) => { logger.error({ err: error }, "Presence could not be told"); });
}
