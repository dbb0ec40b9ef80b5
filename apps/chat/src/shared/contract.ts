/**
 * The contract between server and page: schemas of what clients send, types of what the server answers and tells.
 *
 * Room: shared. The server validates with the schemas; the page imports types only.
 * Numbering: messages of a room are numbered 1, 2, 3 … without gaps (`seq`), so unread counts are subtractions,
 * receipts are watermarks (cumulative, like TCP's acknowledgements), and a gap shows that something was missed.
 */
import { z } from "zod";
import { limits } from "./limits.js";

/** Control characters, line separators and characters that reverse or hide text have no place in a name. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

const printable = (least: number, most: number) =>
  z.string().transform((text) => text.normalize("NFC").replace(/\s+/gu, " ").trim())
    .pipe(z.string().min(least).max(most).refine((text) => !unprintable.test(text), "Contains invisible characters"));

const roomId = z.uuid();
const seq = z.int().min(0);

export const signInSchema = z.object({ name: printable(limits.nameChars.min, limits.nameChars.max) });

/** One schema per event a client may send; the keys are the event names. */
export const requests = {
  "state:load": z.object({}),
  "room:create": z.object({
    name: printable(limits.roomNameChars.min, limits.roomNameChars.max),
    topic: printable(0, limits.topicChars).default(""),
  }),
  "room:join": z.object({ roomId }),
  "room:leave": z.object({ roomId }),
  "room:open": z.object({ roomId }),
  "message:send": z.object({
    roomId,
    /** Chosen by the client; sending the same id again stores nothing and answers the stored message. */
    clientId: z.uuid(),
    text: z.string().max(limits.messageChars).refine((text) => text.trim() !== "", "Is empty").refine((text) => !text.includes("\u0000"), "Contains a NUL"),
  }),
  "message:history": z.object({ roomId, beforeSeq: seq.min(1) }),
  "message:since": z.object({ roomId, afterSeq: seq }),
  receipt: z.object({ roomId, deliveredSeq: seq, readSeq: seq }),
  typing: z.object({ roomId, isTyping: z.boolean() }),
} as const;

export type RequestName = keyof typeof requests;
/** What a client sends with an event, before validation. */
export type RequestInput<Name extends RequestName> = z.input<(typeof requests)[Name]>;
/** What a handler gets, after validation. */
export type RequestData<Name extends RequestName> = z.output<(typeof requests)[Name]>;

export interface User { readonly id: string; readonly name: string }

export interface Message {
  readonly roomId: string;
  readonly seq: number;
  readonly clientId: string;
  readonly author: User;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly sentAtMs: number;
}

export interface Room {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly memberCount: number;
  /** Nobody can leave it, everybody is in it from the start. */
  readonly isDefault: boolean;
}

/** A room as one of its members sees it. Unread messages: `lastSeq - readSeq`. */
export interface JoinedRoom extends Room {
  readonly lastSeq: number;
  readonly readSeq: number;
  readonly lastMessage: Message | null;
}

/** A member and how far messages have come to them: watermarks. */
export interface Member {
  readonly user: User;
  readonly isOnline: boolean;
  readonly deliveredSeq: number;
  readonly readSeq: number;
}

export interface Page {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** Are there more in the direction of reading (older for history, newer for a catch-up)? */
  readonly hasMore: boolean;
}

export interface State { readonly me: User; readonly joined: readonly JoinedRoom[]; readonly others: readonly Room[] }
export interface OpenRoom { readonly room: JoinedRoom; readonly members: readonly Member[]; readonly page: Page }

/** Why a request was refused; the page has a sentence for each. */
export type RefusalCode =
  | "invalid" | "rate-limited" | "not-a-member" | "room-unknown" | "room-name-taken" | "room-full" | "room-is-default"
  | "too-many-rooms" | "too-many-joined" | "signed-out" | "internal";

export interface Refusal {
  readonly code: RefusalCode;
  /** One kind English sentence for the user. */
  readonly message: string;
  /** Set with "rate-limited": milliseconds until the same request has a chance. */
  readonly retryAfterMs?: number;
}

export type Answer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Refusal };

/** What each request is answered with. */
export interface Answers {
  "state:load": State;
  "room:create": JoinedRoom;
  "room:join": JoinedRoom;
  "room:leave": null;
  "room:open": OpenRoom;
  "message:send": Message;
  "message:history": Page;
  "message:since": Page;
  receipt: null;
  typing: null;
}

export type ClientEvents = {
  readonly [Name in RequestName]: (input: RequestInput<Name>, answer: (answer: Answer<Answers[Name]>) => void) => void;
};

/** What the server tells without being asked. */
export interface ServerEvents {
  message: (message: Message) => void;
  receipt: (receipt: { roomId: string; userId: string; deliveredSeq: number; readSeq: number }) => void;
  typing: (typing: { roomId: string; user: User; isTyping: boolean }) => void;
  presence: (presence: { userId: string; isOnline: boolean }) => void;
  "member:joined": (change: { roomId: string; member: Member }) => void;
  "member:left": (change: { roomId: string; userId: string }) => void;
  /** A room was created or its public face changed; sent to everybody. */
  "room:changed": (room: Room) => void;
  /** The same user joined or left a room in another tab: load the state again. */
  "state:stale": () => void;
  /** The session ended (signed out in another tab): do not reconnect. */
  "session:ended": () => void;
}
