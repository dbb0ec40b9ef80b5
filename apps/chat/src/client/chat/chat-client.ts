/**
 * The page's logic: joins the connection and the state; views call its methods and subscribe.
 *
 * Room: client/chat.
 */
import type { RequestInput, RequestName, Answers, Refusal, User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import { newClientId } from "./client-id.js";
import { listen } from "./listening.js";
import { Outbox } from "./outbox.js";
import type { OutboxStorage } from "./outbox-storage.js";
import { Receipts } from "./receipts.js";
import { type Action, reduce } from "./reduce.js";
import { type ChatState, initialState } from "./state.js";
import type { Transport } from "./transport.js";

/** A refusal as an exception, for the places that want one. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "Refused";
    this.refusal = refusal;
  }
}

const OFFLINE = "There is no connection right now. Please try again in a moment.";

export class ChatClient {
  readonly #transport: Transport;
  readonly #storage: OutboxStorage;
  readonly #listeners: Set<() => void> = new Set<() => void>();
  readonly #outbox: Outbox;
  readonly #receipts: Receipts;
  readonly #catchingUp: Set<string> = new Set<string>();
  #state: ChatState;
  #typingSentAtMs = -Infinity;

  constructor(me: User, transport: Transport, storage: OutboxStorage) {
    this.#transport = transport;
    this.#storage = storage;
    this.#state = initialState(me, storage.load(me.id));
    this.#outbox = new Outbox(transport, this, () => this.#state.outbox);
    this.#receipts = new Receipts(transport);
    listen(transport, this);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly getState = (): ChatState => this.#state;

  readonly dispatch = (action: Action): void => {
    const before = this.#state;
    this.#state = reduce(before, action);
    if (this.#state === before) return;
    if (this.#state.outbox !== before.outbox) this.#storage.save(this.#state.me.id, this.#state.outbox);
    for (const listener of this.#listeners) listener();
    if (action.type === "messages") void this.catchUp(action.roomId);
    if (action.type === "opened") void this.catchUp(action.open.room.id);
  };

  start(): void { this.#transport.connect(); }
  stop(): void { this.#transport.close(); }

  /** The value of an answer. @throws {Refused} for a refusal and for a missing connection alike. */
  async ask<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<Answers[Name]> {
    const answer = await this.#transport.ask(name, input).catch(() => undefined);
    if (answer === undefined) throw new Refused({ code: "internal", message: OFFLINE });
    if (!answer.ok) throw new Refused(answer.error);
    return answer.value;
  }

  /** After every connect: the list, then what was missed, then what was written meanwhile. */
  async resume(): Promise<void> {
    try {
      await this.reload();
      // A room that was left meanwhile is refused, and must not keep the others from being caught up.
      const loaded = [...this.#state.rooms.values()].filter(({ log }) => log !== undefined);
      await Promise.allSettled(loaded.map(async ({ room }) => this.#reopen(room.id)));
      if (!this.#transport.isConnected) return; // lost again: the next connect starts over
      this.dispatch({ type: "status", status: "online" });
      const { openRoomId } = this.#state;
      if (openRoomId !== undefined && this.#state.rooms.get(openRoomId)?.log === undefined) await this.#open(openRoomId);
      await this.#outbox.pump();
    } catch {
      if (this.#transport.isConnected) this.dispatch({ type: "notice", notice: "Your rooms could not be loaded. Reload the page to try again." });
    }
  }

  async reload(): Promise<void> {
    this.dispatch({ type: "loaded", state: await this.ask("state:load", {}) });
    for (const { room } of this.#state.rooms.values()) {
      if (room.lastSeq > room.readSeq) this.#receipts.note(room.id, { deliveredSeq: room.lastSeq, readSeq: 0 });
    }
  }

  select(roomId: string): void {
    this.dispatch({ type: "select", roomId });
    if (this.#state.rooms.get(roomId)?.log === undefined && this.#transport.isConnected) void this.#open(roomId);
  }

  async #open(roomId: string): Promise<void> {
    try {
      this.dispatch({ type: "opened", open: await this.ask("room:open", { roomId }) });
    } catch (error) {
      this.dispatch({ type: "open-failed", roomId, problem: messageOf(error) });
    }
  }

  /** Members and watermarks afresh, and the messages that were missed, unless they are too many: then the newest page. */
  async #reopen(roomId: string): Promise<void> {
    const before = this.#state.rooms.get(roomId)?.log;
    const open = await this.ask("room:open", { roomId });
    const last = before?.messages.at(-1)?.seq ?? 0;
    const firstOfPage = open.page.messages[0]?.seq ?? 1;
    const joins = before !== undefined && firstOfPage <= last + 1;
    this.dispatch({ type: "opened", open: !joins ? open : {
      ...open,
      page: { messages: [...before.messages.filter(({ seq }) => seq < firstOfPage), ...open.page.messages], hasMore: before.hasEarlier },
    } });
    this.#receipts.note(roomId, { deliveredSeq: open.room.lastSeq, readSeq: 0 });
  }

  /** Asks for what is missing when a message came out of order. */
  async catchUp(roomId: string): Promise<void> {
    const view = this.#state.rooms.get(roomId);
    const last = view?.log?.messages.at(-1)?.seq ?? 0;
    if (view?.log === undefined || last >= view.room.lastSeq || this.#catchingUp.has(roomId)) return;
    this.#catchingUp.add(roomId);
    try {
      const page = await this.ask("message:since", { roomId, afterSeq: last });
      this.#catchingUp.delete(roomId);
      if (page.hasMore) await this.#reopen(roomId);
      else this.dispatch({ type: "messages", roomId, messages: page.messages });
    } catch {
      this.#catchingUp.delete(roomId); // the next message, or the next connect, tries again
    }
  }

  async loadEarlier(roomId: string): Promise<void> {
    const log = this.#state.rooms.get(roomId)?.log;
    const first = log?.messages[0];
    if (log === undefined || first === undefined || !log.hasEarlier || log.isLoadingEarlier) return;
    this.dispatch({ type: "earlier-asked", roomId });
    try {
      this.dispatch({ type: "earlier", roomId, page: await this.ask("message:history", { roomId, beforeSeq: first.seq }) });
    } catch (error) {
      this.dispatch({ type: "earlier-failed", roomId });
      this.dispatch({ type: "notice", notice: messageOf(error) });
    }
  }

  send(roomId: string, text: string): void {
    this.dispatch({ type: "queued", pending: { clientId: newClientId(), roomId, text, queuedAtMs: Date.now() } });
    this.setTyping(roomId, false);
    void this.#outbox.pump();
  }

  sendAgain(clientId: string): void {
    this.dispatch({ type: "send-again", clientId });
    void this.#outbox.pump();
  }

  discard(clientId: string): void { this.dispatch({ type: "unqueued", clientId }); }

  /** Everything up to `seq` was shown to the user. */
  markRead(roomId: string, seq: number): void {
    const view = this.#state.rooms.get(roomId);
    // What was written before one came is never unread, but its authors still learn that it was read.
    const known = view?.log?.members.find(({ user }) => user.id === this.#state.me.id)?.readSeq ?? view?.room.readSeq ?? Infinity;
    if (known >= seq || !this.#transport.isConnected) return;
    this.dispatch({ type: "receipt", roomId, userId: this.#state.me.id, deliveredSeq: seq, readSeq: seq });
    this.#receipts.note(roomId, { deliveredSeq: seq, readSeq: seq });
  }

  markDelivered(roomId: string, seq: number): void { this.#receipts.note(roomId, { deliveredSeq: seq, readSeq: 0 }); }

  /** Call on every keystroke; tells the others now and then. */
  setTyping(roomId: string, isTyping: boolean): void {
    const nowMs = performance.now();
    const isDue = isTyping ? nowMs - this.#typingSentAtMs >= limits.typingRepeatMs : this.#typingSentAtMs > -Infinity;
    if (!isDue || !this.#transport.isConnected) return;
    this.#typingSentAtMs = isTyping ? nowMs : -Infinity;
    this.#transport.ask("typing", { roomId, isTyping }).catch(() => undefined); // the next keystroke tells again
  }

  async join(roomId: string): Promise<void> {
    await this.ask("room:join", { roomId });
    await this.reload();
    this.select(roomId);
  }

  async create(name: string, topic: string): Promise<void> {
    const room = await this.ask("room:create", { name, topic });
    await this.reload();
    this.select(room.id);
  }

  async leave(roomId: string): Promise<void> {
    await this.ask("room:leave", { roomId });
    await this.reload();
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Refused ? error.message : "Something went wrong. Please try again.";
}
