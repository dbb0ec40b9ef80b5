/**
 * Who may open a session: a server that is open, room, pace, `allowRequest`, and an id of its own.
 *
 * Room: engineio node.
 */
import type { IncomingMessage } from "node:http";
import { isThenable } from "@x/errors/handlers";
import { addressKey, clientAddress } from "./client-address.js";
import { RETRY_MS, inTime } from "./in-time.js";
import type { ParsedServerOptions } from "./parse-options.js";
import { Places } from "./places.js";
import { RateLimit } from "./rate-limit.js";
import { type Refusal, errorCodes, refuseForNow, refusal } from "./refusal.js";
import type { SocketsById, Ticket } from "./server-socket.js";
import { askAllowRequest } from "./verify.js";

/** Admits handshakes one by one. */
export class Admission {
  /** When the server is to be gone, once it takes no new sessions. On its clock. */
  closingMs: number | undefined;
  readonly #options: ParsedServerOptions;
  readonly #sockets: SocketsById;
  readonly #newId: (request: IncomingMessage) => string | Promise<string>;
  readonly #places: Places;
  readonly #rate: RateLimit | undefined;
  /** Ids that are given out, and whose sessions will not exist before another turn. */
  readonly #pending = new Set<string>();

  constructor(options: ParsedServerOptions, sockets: SocketsById, newId: (request: IncomingMessage) => string | Promise<string>) {
    this.#options = options;
    this.#sockets = sockets;
    this.#newId = newId;
    this.#places = new Places(options.maxSessions, options.maxSessionsPerAddress);
    this.#rate = options.handshakeRate === undefined ? undefined : new RateLimit(options.handshakeRate);
  }

  get isClosing(): boolean {
    return this.closingMs !== undefined;
  }

  /**
   * @param opensLater whether the session of a ticket that is had at once is opened in a later turn.
   * @returns a ticket ({@link opened} or {@link leave} it), or why there is none; a promise only where the application is asked.
   */
  admit(request: IncomingMessage, opensLater = false): Ticket | Refusal | Promise<Ticket | Refusal> {
    const address = clientAddress(request, this.#options.trustProxy);
    const refused = this.#refuseAtOnce(address);
    if (refused !== undefined) return refused;
    const decided = this.#decide(request);
    if (!(decided instanceof Promise)) return this.#settled(decided, address, opensLater);
    // another handshake may have taken the id while this one was on its way here
    return inTime(decided, this.#options).then((decision) => this.#settled(typeof decision === "string" ? this.#checkId(decision) : decision, address, true));
  }

  /** To be asked last, once code of the application has seen the request. @returns why the ticket, which is given back then, holds no longer. */
  recheck(ticket: Ticket): Refusal | undefined {
    if (!this.isClosing) return undefined;
    this.leave(ticket);
    return this.#closing();
  }

  /** The session exists. */
  opened({ id }: Ticket): void {
    if (this.#pending.size > 0) this.#pending.delete(id);
  }

  /** The session has ended, or never came to be. */
  leave({ id, remoteAddress }: Ticket): void {
    if (this.#pending.size > 0) this.#pending.delete(id);
    this.#places.give(this.#keyOf(remoteAddress));
  }

  #refuseAtOnce(address: string | undefined): Refusal | undefined {
    const { clock, maxSessions, maxSessionsPerAddress } = this.#options;
    if (this.isClosing) return this.#closing();
    const waitMs = address === undefined ? 0 : (this.#rate?.take(addressKey(address), clock.now()) ?? 0);
    if (waitMs > 0) return refuseForNow("HANDSHAKE_RATE", "Too many handshakes", "engineio/rate-limited", 429, waitMs, { address });
    switch (this.#places.take(this.#keyOf(address))) {
      case "total":
        return refuseForNow("SESSION_LIMIT", "Too many sessions", "engineio/overloaded", 503, RETRY_MS, { maxSessions });
      case "address":
        return refuseForNow("ADDRESS_LIMIT", "Too many sessions", "engineio/rate-limited", 429, RETRY_MS, { address, maxSessionsPerAddress });
      case undefined:
        return undefined;
    }
  }

  /** Neither throws nor rejects: what the application's functions fail with refuses. */
  #decide(request: IncomingMessage): string | Refusal | Promise<string | Refusal> {
    const { allowRequest } = this.#options;
    if (allowRequest === undefined) return this.#chooseId(request);
    return askAllowRequest(allowRequest, request).then((refused) => refused ?? this.#chooseId(request));
  }

  #chooseId(request: IncomingMessage): string | Refusal | Promise<string | Refusal> {
    try {
      const id: unknown = this.#newId(request); // the application's: may be anything
      if (!isThenable(id)) return this.#checkId(id);
      return Promise.resolve(id).then((chosen) => this.#checkId(chosen), (error: unknown) => idFailed({ error }));
    } catch (error) {
      return idFailed({ error });
    }
  }

  #checkId(id: unknown): string | Refusal {
    return typeof id === "string" && id !== "" && this.#sockets.get(id) === undefined && !this.#pending.has(id) ? id : idFailed({ id });
  }

  #settled(decision: string | Refusal, address: string | undefined, opensLater: boolean): Ticket | Refusal {
    if (typeof decision === "string" && !this.isClosing) {
      if (opensLater) this.#pending.add(decision);
      return { id: decision, remoteAddress: address };
    }
    this.#places.give(this.#keyOf(address));
    return typeof decision === "string" ? this.#closing() : decision;
  }

  #keyOf(address: string | undefined): string | undefined {
    return address === undefined || !this.#places.countsAddresses ? undefined : addressKey(address);
  }

  #closing(): Refusal {
    const leftMs = (this.closingMs ?? 0) - this.#options.clock.now();
    return refuseForNow("SERVER_CLOSING", "Server is closing", "engineio/server-closing", 503, Math.max(RETRY_MS, leftMs));
  }
}

function idFailed(context: Readonly<Record<string, unknown>>): Refusal {
  return refusal(errorCodes.badRequest, { name: "ID_GENERATION_ERROR", ...context });
}
