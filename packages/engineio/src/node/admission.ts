/**
 * Who may open a session: room, `allowRequest`, and an id of its own.
 *
 * Room: engineio node.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Refusal, errorCodes, refusal } from "./refusal.js";
import type { ParsedServerOptions } from "./server-options.js";
import type { Socket } from "./server-socket.js";
import { askAllowRequest } from "./verify.js";

const ID_BYTES = 15; // 120 bits: a session id is all that a polling request proves
const POOLED_IDS = 256;

/** Admits handshakes one by one; a place is taken from the first question to the application on. */
export class Admission {
  isClosed = false;
  readonly #options: ParsedServerOptions;
  readonly #clients: Readonly<Record<string, Socket | undefined>>;
  readonly #pending = new Set<string>();
  #deciding = 0;
  #pool: Buffer = Buffer.alloc(0);

  constructor(options: ParsedServerOptions, clients: Readonly<Record<string, Socket | undefined>>) {
    this.#options = options;
    this.#clients = clients;
  }

  /** @returns the id of the session to be (call {@link settle} when it exists, or never will), or why there is none. */
  async admit(request: IncomingMessage, sessions: number): Promise<string | Refusal> {
    const { maxSessions } = this.#options;
    if (this.isClosed) return closing();
    if (sessions + this.#pending.size + this.#deciding >= maxSessions) {
      return refusal(errorCodes.badRequest, { name: "SESSION_LIMIT", maxSessions }, "Too many sessions", 503);
    }
    this.#deciding++;
    try {
      const id = await this.#decide(request);
      if (this.#hasClosed()) return closing();
      if (typeof id === "string") this.#pending.add(id);
      return id;
    } finally {
      this.#deciding--;
    }
  }

  settle(id: string): void {
    this.#pending.delete(id);
  }

  /** A method, because the compiler does not expect `isClosed` to change while we wait. */
  #hasClosed(): boolean {
    return this.isClosed;
  }

  async #decide(request: IncomingMessage): Promise<string | Refusal> {
    const { allowRequest, generateId } = this.#options;
    const refused = allowRequest === undefined ? undefined : await askAllowRequest(allowRequest, request);
    if (refused !== undefined) return refused;
    if (generateId === undefined) return this.#newId();
    try {
      const id: unknown = await generateId(request); // the application's: may be anything
      if (typeof id === "string" && id !== "" && this.#clients[id] === undefined && !this.#pending.has(id)) return id;
      return refusal(errorCodes.badRequest, { name: "ID_GENERATION_ERROR", id });
    } catch (error) {
      return refusal(errorCodes.badRequest, { name: "ID_GENERATION_ERROR", error });
    }
  }

  #newId(): string {
    if (this.#pool.length === 0) this.#pool = randomBytes(ID_BYTES * POOLED_IDS);
    const id = this.#pool.toString("base64url", 0, ID_BYTES);
    this.#pool = this.#pool.subarray(ID_BYTES);
    return id;
  }
}

function closing(): Refusal {
  return refusal(errorCodes.badRequest, { name: "SERVER_CLOSING" }, "Server is closing", 503);
}
