/**
 * A request that the chat's rules refuse, with the code and the sentence the user gets.
 *
 * Room: server/storage, thrown by repositories and handlers, answered in one place (realtime/answering).
 */
import type { Refusal, RefusalCode } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";

const sentences: Record<RefusalCode, string> = {
  invalid: "That does not look right. Please check it and try again.",
  "rate-limited": "You are going a little fast. Please wait a moment.",
  "not-a-member": "You are not in this room (any more). Join it to take part.",
  "room-unknown": "This room does not exist.",
  "room-name-taken": "There is already a room with this name.",
  "room-full": `This room is full: it has room for ${limits.membersPerRoom} people.`,
  "room-is-default": "Everybody stays in this room.",
  "too-many-rooms": "No more rooms can be created for now.",
  "too-many-joined": `You are in ${limits.roomsJoined} rooms already. Leave one to join another.`,
  "signed-out": "You are signed out. Please sign in again.",
  internal: "Something went wrong on our side. Please try again.",
};

export class RequestRefused extends Error {
  readonly code: RefusalCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: RefusalCode, options: { message?: string; retryAfterMs?: number } = {}) {
    super(options.message ?? sentences[code]);
    this.name = "RequestRefused";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  toRefusal(): Refusal {
    const { code, message, retryAfterMs } = this;
    return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs };
  }
}
