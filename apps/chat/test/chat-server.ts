/**
 * A whole server for tests: embedded database, free port, and people who talk to it as the page does.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io, type Socket } from "@x/socketio/client";
import { pino } from "pino";
import { readConfig } from "../src/server/config.js";
import { type RunningServer, startServer } from "../src/server/server.js";
import type { Answer, Answers, ClientEvents, RequestInput, RequestName, ServerEvents, User } from "../src/shared/contract.js";
import type { FreshDatabase } from "./fresh-database.js";

export type ChatSocket = Socket<ServerEvents, ClientEvents>;

export class TestServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #server: RunningServer;
  readonly #people: Visitor[] = [];

  private constructor(folder: string, server: RunningServer) {
    this.#folder = folder;
    this.#server = server;
  }

  static async start({ folder: database }: FreshDatabase, environment: Record<string, string> = {}): Promise<TestServer> {
    const folder = mkdtempSync(join(tmpdir(), "chat-server-"));
    cpSync(database, join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>Chat</title>".padEnd(2000));
    const config = readConfig({ PORT: "0", DATA_DIR: join(folder, "data"), ...environment });
    const server = await startServer({ config, logger: pino({ level: "silent" }), clientFolder: folder, presenceGraceMs: 10, closeGraceMs: 50 });
    return new TestServer(folder, server);
  }

  get url(): string { return this.#server.url; }

  async fetch(path: string, init?: RequestInit): Promise<Response> { return fetch(`${this.url}${path}`, init); }

  async signIn(name: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch("/api/session", { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify({ name }) });
  }

  /** Signs in and connects. */
  async enter(name: string): Promise<Visitor> {
    const response = await this.signIn(name);
    const { user } = (await response.json()) as { user: User };
    return this.connect(user, cookieOf(response));
  }

  async connect(user: User, cookie: string): Promise<Visitor> {
    const visitor = new Visitor(user, cookie, this.socket(cookie));
    this.#people.push(visitor);
    visitor.socket.connect();
    await visitor.next("connect");
    return visitor;
  }

  /** Not connected yet. */
  socket(cookie: string, headers: Record<string, string> = {}): ChatSocket {
    return io(this.url, { autoConnect: false, forceNew: true, reconnection: false, extraHeaders: { ...(cookie === "" ? {} : { Cookie: cookie }), ...headers } });
  }

  async close(): Promise<void> { return this.#server.close(); }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.#people) socket.disconnect();
    await this.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The name and value of a Set-Cookie, as a browser sends it back. */
export function cookieOf(response: Response): string {
  return response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
}

export class Visitor {
  readonly user: User;
  readonly cookie: string;
  readonly socket: ChatSocket;

  constructor(user: User, cookie: string, socket: ChatSocket) {
    this.user = user;
    this.cookie = cookie;
    this.socket = socket;
  }

  async answer<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<Answer<Answers[Name]>> {
    const untyped = this.socket.timeout(30_000) as unknown as { emitWithAck(event: string, input: unknown): Promise<Answer<Answers[Name]>> };
    return untyped.emitWithAck(name, input);
  }

  /** @throws Error when it is refused. */
  async ask<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<Answers[Name]> {
    const answer = await this.answer(name, input);
    if (!answer.ok) throw new Error(`${name} was refused: ${answer.error.code}`);
    return answer.value;
  }

  async lobby(): Promise<string> {
    const { joined } = await this.ask("state:load", {});
    return joined.find(({ isDefault }) => isDefault)?.id ?? "";
  }

  /** The next event of a name. Ask for it before doing what causes it. */
  async next<Told>(event: keyof ServerEvents | "connect" | "connect_error" | "disconnect", isWanted: (told: Told) => boolean = () => true): Promise<Told> {
    return nextOf(this.socket, event, isWanted);
  }
}

export async function nextOf<Told>(socket: ChatSocket, event: string, isWanted: (told: Told) => boolean = () => true): Promise<Told> {
  const untyped = socket as unknown as { on(event: string, listener: (told: Told) => void): void; off(event: string, listener: (told: Told) => void): void };
  return new Promise((resolve) => {
    const listener = (told: Told): void => {
      if (!isWanted(told)) return;
      untyped.off(event, listener);
      resolve(told);
    };
    untyped.on(event, listener);
  });
}
