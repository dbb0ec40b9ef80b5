/**
 * A chat server of one room in memory, with a connection that tests can cut: {@link Transport} for tests of the page's logic.
 *
 * Room: client/chat, tests only; no part of the page imports it.
 */
import type { Answer, Answers, JoinedRoom, Member, Message, RequestInput, RequestName, ServerEvents, User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import type { ConnectionWatcher, Transport } from "./transport.js";

type Asked = readonly [name: RequestName, input: unknown];

export class MemoryServer implements Transport {
  isConnected = false;
  /** Everything that was asked, in order. */
  readonly asked: Asked[] = [];
  readonly stored: Message[] = [];
  /** Runs before a request is served: throw to lose the request, return an answer to give it instead. */
  before: (name: RequestName) => Answer<never> | undefined = () => undefined;
  /** Runs after a request was served: throw to lose the answer. */
  after: (name: RequestName) => void = () => undefined;
  readonly #me: User;
  readonly #listeners: Map<string, (event: never) => void> = new Map<string, (event: never) => void>();
  #watcher: ConnectionWatcher | undefined;

  constructor(me: User) {
    this.#me = me;
  }

  connect(): void {
    this.isConnected = true;
    this.#watcher?.onConnect();
  }

  close(): void { this.cut(); }

  cut(): void {
    this.isConnected = false;
    this.#watcher?.onDisconnect();
  }

  refuse(code: string, message: string): void { this.#watcher?.onRefused(code, message); }
  watch(watcher: ConnectionWatcher): void { this.#watcher = watcher; }
  on<Name extends keyof ServerEvents>(event: Name, listener: ServerEvents[Name]): void { this.#listeners.set(event, listener); }

  tell<Name extends keyof ServerEvents>(event: Name, ...args: Parameters<ServerEvents[Name]>): void {
    if (this.isConnected) (this.#listeners.get(event) as ((...args: Parameters<ServerEvents[Name]>) => void) | undefined)?.(...args);
  }

  /** Somebody writes; whoever is connected is told. */
  write(author: User, text: string, clientId: string = crypto.randomUUID()): Message {
    const known = this.stored.find((message) => message.clientId === clientId);
    if (known !== undefined) return known;
    const message: Message = { roomId: "lobby", seq: this.stored.length + 1, clientId, author, text, sentAtMs: 0 };
    this.stored.push(message);
    if (author.id !== this.#me.id) this.tell("message", message);
    return message;
  }

  async ask<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<Answer<Answers[Name]>> {
    await Promise.resolve();
    if (!this.isConnected) throw new Error("offline");
    this.asked.push([name, input]);
    const refusal = this.before(name);
    if (refusal !== undefined) return refusal;
    const value = this.#serve(name, input);
    this.after(name);
    return { ok: true, value: value as Answers[Name] };
  }

  #serve(name: RequestName, input: Readonly<Record<string, unknown>>): unknown {
    switch (name) {
      case "state:load": return { me: this.#me, joined: [this.#room()], others: [] };
      case "room:open": return { room: this.#room(), members: [this.#member()], page: { messages: this.stored.slice(-limits.pageSize), hasMore: this.stored.length > limits.pageSize } };
      case "message:since": {
        const missed = this.stored.slice(Number(input["afterSeq"]));
        return { messages: missed.slice(0, limits.catchUpSize), hasMore: missed.length > limits.catchUpSize };
      }
      case "message:history": {
        const earlier = this.stored.slice(0, Number(input["beforeSeq"]) - 1);
        return { messages: earlier.slice(-limits.pageSize), hasMore: earlier.length > limits.pageSize };
      }
      case "message:send": return this.write(this.#me, String(input["text"]), String(input["clientId"]));
      case "room:create": case "room:join": return this.#room();
      case "room:leave": case "receipt": case "typing": return null;
    }
  }

  #room(): JoinedRoom {
    return { id: "lobby", name: "Lobby", topic: "", memberCount: 1, isDefault: true, lastSeq: this.stored.length, readSeq: 0, lastMessage: this.stored.at(-1) ?? null };
  }

  #member(): Member {
    return { user: this.#me, isOnline: true, deliveredSeq: 0, readSeq: 0 };
  }
}
