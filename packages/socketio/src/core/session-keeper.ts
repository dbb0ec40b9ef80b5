/**
 * What keeps the sessions of a namespace, so that clients may come back to them: our log of events, an adapter over a store, or what a
 * durable engine has of its own.
 *
 * Room: socketio core. Who comes into which room, and what is broadcast, an adapter knows by its own methods.
 */
import type { Room, SocketId } from "./broadcast.js";
import type { EmitFlags } from "./outgoing.js";
import type { EncodedPacket, Packet } from "./packet.js";
import type { Recovery } from "./recovery.js";

/** What a session's live socket is to its keeper. */
export interface Holder {
  readonly id: SocketId;
  /** In which it is already. */
  readonly rooms: Iterable<Room>;
  /** The application's. */
  readonly data: unknown;
  /** Another connection has the session now: ends. */
  supersede(): void;
}

/** To whom a packet goes. */
export interface Recipient {
  readonly id: SocketId;
  readonly client: { writeToEngine(packets: EncodedPacket, options: Pick<EmitFlags, "volatile" | "compress">, nsp?: string): void };
}

/** A client that says it is back. */
export interface Claim {
  /** Its session; `undefined` when there is none. */
  readonly session: { readonly sid: SocketId; readonly data: unknown; readonly holder?: Pick<Holder, "data"> | undefined } | undefined;
  /** What would become of it now. */
  readonly recovery: Recovery;
}

/** An event that a client missed. */
export interface MissedEvent {
  readonly packets: EncodedPacket;
  /** `false`: it must not be compressed on its way, now as when it was sent. Default `true`. */
  readonly compress?: boolean | undefined;
}

/** A session that has a holder. */
export interface Resumed {
  /** `undefined` for a new one whose client asked for none. */
  readonly recovery: Recovery | undefined;
  readonly rooms: Iterable<Room>;
  readonly missed: readonly MissedEvent[];
  /** What the CONNECT answer tells: by the `pid` that it has shown a client knows that it has missed nothing, so it is another one where that is not so. */
  readonly answer: { readonly pid: string; readonly recovery?: Recovery };
}

/** An adapter's `recovery`. Its methods do not throw: a store's failures are its own to report. */
export interface SessionKeeper {
  /** Whether a client that comes back is let in without middleware. */
  readonly skipsMiddlewares: boolean;
  /** Sessions whose client is away, as far as that is known here. */
  readonly awayCount: number;
  /** Whether what {@link send} sends is told to the outgoing listeners on its way. */
  readonly isAnnouncing: boolean;
  /**
   * Looks for the session of a client that says it is back. What it shows may be anything.
   * @returns `undefined` for one that does not say so. Where it rejects, the client begins anew, and `onError` is told.
   */
  claim(pid: unknown, offset: unknown): Claim | undefined | Promise<Claim | undefined>;
  /**
   * A client is let in, with the session that it claims (by this keeper's {@link claim}) or a new one. Who holds that still is superseded
   * first, and the session may be over by then.
   */
  hold(holder: Holder, claim: Claim | undefined): Resumed;
  /** The connection of a session is gone; its client may come back. */
  leave(sid: SocketId, data: unknown): void;
  /** A session is over: its client will not be let back. */
  drop(sid: SocketId): void;
  /** Sends a packet to one client so that it can be repeated. */
  send(recipient: Recipient, packet: Packet, flags: EmitFlags): void;
}
