/**
 * What keeps the sessions of a namespace, so that clients may come back to them: our log of events, or an adapter over a store.
 *
 * Room: socketio core.
 */
import type { Room, SocketId } from "./broadcast.js";
import type { EmitFlags } from "./outgoing.js";
import type { EncodedPacket, Packet } from "./packet.js";
import type { Recovery } from "./recovery.js";

/** What a session's live socket must be able to do. */
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
  /** What the CONNECT answer tells. */
  readonly answer: { readonly pid: string; readonly recovery?: Recovery };
}

export interface SessionKeeper {
  /** Whether a client that comes back is let in without middleware. */
  readonly skipsMiddlewares: boolean;
  /** Sessions whose client is away, as far as that is known here. */
  readonly awayCount: number;
  /** Whether what {@link send} sends is told to the outgoing listeners on its way. */
  readonly isAnnouncing: boolean;
  /** Looks for the session of a client that says it is back. @returns `undefined` for one that does not. Never rejects. */
  claim(pid: unknown, offset: unknown): Claim | undefined | Promise<Claim | undefined>;
  /** A client is let in, with the session that it claims (by this keeper's {@link claim}) or a new one. */
  hold(holder: Holder, claim: Claim | undefined): Resumed;
  /** The connection of a session is gone; its client may come back. */
  leave(sid: SocketId, data: unknown): void;
  /** A session is over: its client will not be let back. */
  drop(sid: SocketId): void;
  /** Sends a packet to one client so that it can be repeated. */
  send(recipient: Recipient, packet: Packet, flags: EmitFlags): void;
}
