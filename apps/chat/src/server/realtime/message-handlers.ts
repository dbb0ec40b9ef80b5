/**
 * Requests about messages: sending, history, catching up, receipts, typing.
 *
 * Room: server/realtime. The answer to `message:send` is the "sent" tick; receipts carry "delivered" and "read".
 */
import type { KeyedBuckets } from "@x/app-base/token-bucket";
import type { User } from "../../shared/contract.js";
import { RequestRefused } from "../storage/refused.js";
import type { Handlers } from "./answering.js";
import { type ChatSocket, groupOfRoom, groupOfUser, type RealtimeContext } from "./types.js";

type MessageHandlers = Pick<Handlers, "message:send" | "message:history" | "message:since" | "receipt" | "typing">;

export function messageHandlers({ io, storage }: RealtimeContext, socket: ChatSocket, me: User, sending: KeyedBuckets): MessageHandlers {
  return {
    "message:send": async ({ roomId, clientId, text }) => {
      const retryAfterMs = sending.take(me.id);
      if (retryAfterMs > 0) throw new RequestRefused("rate-limited", { retryAfterMs });
      const { message, isNew } = await storage.messages.append({ roomId, authorId: me.id, clientId, text });
      if (isNew) socket.to(groupOfRoom(roomId)).emit("message", message);
      return message;
    },
    "message:history": async ({ roomId, beforeSeq }) => {
      await storage.rooms.requireMember(roomId, me.id);
      return storage.messages.before(roomId, beforeSeq);
    },
    "message:since": async ({ roomId, afterSeq }) => {
      await storage.rooms.requireMember(roomId, me.id);
      return storage.messages.after(roomId, afterSeq);
    },
    receipt: async ({ roomId, ...watermarks }) => {
      const changed = await storage.messages.advance(roomId, me.id, watermarks);
      if (changed !== undefined) io.to([groupOfRoom(roomId), groupOfUser(me.id)]).except(socket.id).emit("receipt", { roomId, userId: me.id, ...changed });
      return null;
    },
    typing: async ({ roomId, isTyping }) => {
      if (!socket.rooms.has(groupOfRoom(roomId))) throw new RequestRefused("not-a-member");
      socket.to(groupOfRoom(roomId)).except(groupOfUser(me.id)).emit("typing", { roomId, user: me, isTyping });
      return Promise.resolve(null);
    },
  };
}
