/**
 * Unsent messages outlive a reload of their tab, and only of their tab: another one must not send them again.
 *
 * Room: client/chat.
 */
import type { Pending } from "./state.js";

export interface OutboxStorage { load(userId: string): Pending[]; save(userId: string, outbox: readonly Pending[]): void }

export function tabStorage(storage: Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">): OutboxStorage {
  const key = (userId: string): string => `chat-outbox-${userId}`;
  return {
    load: (userId) => {
      try {
        const saved: unknown = JSON.parse(storage.getItem(key(userId)) ?? "[]");
        return Array.isArray(saved) ? saved.filter(isPending) : [];
      } catch {
        return []; // unreadable or forbidden: start empty
      }
    },
    save: (userId, outbox) => {
      try {
        if (outbox.length === 0) storage.removeItem(key(userId));
        else storage.setItem(key(userId), JSON.stringify(outbox));
      } catch {
        // full or forbidden: the messages still live in memory
      }
    },
  };
}

function isPending(value: unknown): value is Pending {
  if (typeof value !== "object" || value === null) return false;
  const { clientId, roomId, text, queuedAtMs } = value as Record<string, unknown>;
  return typeof clientId === "string" && typeof roomId === "string" && typeof text === "string" && typeof queuedAtMs === "number";
}
