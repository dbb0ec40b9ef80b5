/**
 * Whoever waits for something of a connection: for room to send, for a Pong, for the last piece of a message, for its end.
 *
 * Room: simple-ws shell. Made when somebody waits first: idle connections have none.
 */
import { closedError } from "../core/closed-error.js";
import type { CloseInfo } from "../core/closing.js";
import { Deferred, handled } from "./deferred.js";
import { Pings } from "./pings.js";
import type { ConnectionProfile } from "./profile.js";

export class Waits {
  readonly #profile: ConnectionProfile;
  #room: Deferred<void> | undefined;
  #end: Deferred<CloseInfo> | undefined;
  #pings: Pings | undefined;
  /** `undefined` before the first. */
  #unfinished: Set<Deferred<void>> | undefined;

  constructor(profile: ConnectionProfile) {
    this.#profile = profile;
  }

  /** Resolves with {@link drained}, rejects with {@link settle}. */
  get room(): Promise<void> {
    return handled((this.#room ??= new Deferred()).promise);
  }

  /** Resolves with {@link close}. */
  get end(): Promise<CloseInfo> {
    return (this.#end ??= new Deferred()).promise;
  }

  get pings(): Pings {
    const { runtime, settings } = this.#profile;
    return this.#pings ??= new Pings(runtime.clock, settings.maxPings);
  }

  /** See {@link Pings.latencyMs}. */
  get latencyMs(): number | undefined {
    return this.#pings?.latencyMs;
  }

  answer(pong: Uint8Array): void {
    this.#pings?.answer(pong);
  }

  drained(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.resolve();
  }

  /** A message in pieces is under way. @returns its outcome, which {@link settle} rejects if nobody else has settled it. */
  unfinished(): Deferred<void> {
    const outcome = new Deferred<void>();
    const all = (this.#unfinished ??= new Set());
    const forget = (): void => void all.delete(outcome);
    all.add(outcome);
    outcome.promise.then(forget, forget);
    return outcome;
  }

  /** There will be no room and no Pong any more. */
  settle(info: CloseInfo): void {
    const room = this.#room;
    this.#room = undefined;
    room?.reject(closedError(info));
    this.#pings?.fail(closedError(info));
    for (const outcome of this.#unfinished ?? []) outcome.reject(closedError(info));
  }

  close(info: CloseInfo): void {
    this.#end?.resolve(info);
  }
}
