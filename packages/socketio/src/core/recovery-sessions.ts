/**
 * The sessions of a namespace that can be recovered: kept from the moment of their CONNECT on, so that a client may come back
 * before the server has noticed that it went.
 *
 * Room: socketio core. The clock is a port; nothing is held for longer, or of more clients, than the settings allow.
 */
import type { Clock, Swept } from "@x/errors/clock";
import type { BroadcastOptions, Room, SocketId } from "./broadcast.js";
import type { PacketEncoder } from "./codec.js";
import { type EncodedPacket, type Packet, PacketType } from "./packet.js";
import { formatOffset, parseOffset, type PartialReason, type Recovery, type RecoverySettings } from "./recovery.js";
import { RecoveryLog } from "./recovery-log.js";
import { Membership } from "./recovery-membership.js";

/** What a session's live socket must be able to do. */
export interface Holder {
  /** Another connection has the session now. */
  supersede(): void;
}

export interface Session {
  readonly sid: SocketId;
  /** Known to server and client only. */
  pid: string;
  /** The application's. */
  data: unknown;
  /** `undefined` while it is away. */
  holder: Holder | undefined;
  membership: Membership;
  /** It needs none of the events up to this one. */
  since: number;
  /** When it went away, this event and all before were so old that they had reached it or were not for it. */
  confirmed: number;
}

/** A client that says it is back. */
export type Claim = { readonly session: Session; readonly offset: unknown } | { readonly session?: never; readonly lost: Recovery & { outcome: "lost" } };

/** A session given back. */
export interface Resumed {
  readonly recovery: Recovery;
  readonly missed: readonly EncodedPacket[];
}

export interface SessionPorts {
  readonly clock: Clock;
  readonly encoder: PacketEncoder;
  /** Unguessable text of at least 8 letters, digits, `-` and `_`. */
  readonly generateId: () => string;
  /** The longest silence of a connection that is still taken for alive. Milliseconds. */
  readonly heartbeatMs: number;
  /** Deadlines have come nearer. */
  readonly touch: (entry: Swept) => void;
  /** The last session that was away is gone. */
  readonly onEmpty: () => void;
}

export class RecoverySessions implements Swept {
  readonly settings: RecoverySettings;
  readonly #ports: SessionPorts;
  readonly #epoch: string;
  readonly #log: RecoveryLog;
  readonly #byPid = new Map<string, Session>();
  readonly #bySid = new Map<SocketId, Session>();
  /** With the times when they are given up; the first to go comes first. */
  readonly #away = new Map<Session, number>();

  constructor(settings: RecoverySettings, ports: SessionPorts) {
    this.settings = settings;
    this.#ports = ports;
    this.#epoch = ports.generateId().slice(0, 8);
    // an event may have been on its way for a whole silence before its client counts as away
    const retentionMs = settings.maxDisconnectionDuration + ports.heartbeatMs;
    this.#log = new RecoveryLog({ retentionMs, maxPackets: settings.maxPackets, maxBytes: settings.maxBytes });
  }

  /** Sessions whose client is away. */
  get awayCount(): number {
    return this.#away.size;
  }

  /** Events and bytes kept. */
  get kept(): { readonly packets: number; readonly bytes: number } {
    return { packets: this.#log.size, bytes: this.#log.bytes };
  }

  /** Where a client that has received nothing yet stands. */
  get offset(): string {
    return formatOffset(this.#epoch, this.#log.last);
  }

  get deadlineMs(): number {
    const [firstAway = Infinity] = this.#away.values();
    return Math.min(firstAway, this.#log.deadlineMs);
  }

  tick(nowMs: number): void {
    this.#log.expire(nowMs);
    for (const [session, untilMs] of this.#away) {
      if (untilMs > nowMs) return;
      this.drop(session.sid);
    }
  }

  /**
   * Encodes a packet, and keeps it if it is an event that can be repeated: it then ends in its offset. Events that are volatile
   * or want an acknowledgement are not repeated: whoever waits for an acknowledgement is told that it is lost.
   */
  encode(packet: Packet, options: BroadcastOptions): EncodedPacket {
    const { encoder, clock, touch } = this.#ports;
    if (packet.type !== PacketType.EVENT || packet.id !== undefined || options.flags?.volatile === true) return encoder.encode(packet);
    const offset = formatOffset(this.#epoch, this.#log.last + 1);
    const packets = encoder.encode({ ...packet, data: [...(packet.data as readonly unknown[]), offset] });
    this.#log.append(packets, options, clock.now());
    touch(this);
    return packets;
  }

  /** A client that has no session is let in. */
  begin(sid: SocketId, holder: Holder): Session {
    const { last } = this.#log;
    const session: Session = { sid, pid: this.#newPid(), data: undefined, holder, membership: new Membership(), since: last, confirmed: last };
    this.#byPid.set(session.pid, session);
    this.#bySid.set(sid, session);
    return session;
  }

  /** Looks for the session of a client that says it is back; nothing changes yet. @returns `undefined` for one that does not. */
  claim(pid: unknown, offset: unknown): Claim | undefined {
    if (typeof pid !== "string") return undefined;
    const session = this.#byPid.get(pid);
    if (session !== undefined) return { session, offset };
    return { lost: { outcome: "lost", reason: pid.startsWith(`${this.#epoch}.`) ? "expired" : "other-epoch" } };
  }

  /** Gives a session to another socket; one that holds it still, because nobody noticed that its client went, is ended. */
  resume(session: Session, offset: unknown, holder: Holder): Resumed {
    session.holder?.supersede();
    const resumed = this.#bySid.get(session.sid) === session ? this.#missed(session, offset) : gone;
    this.#away.delete(session);
    this.#byPid.delete(session.pid);
    session.holder = holder;
    if (resumed.recovery.outcome !== "recovered") this.#renew(session);
    if (resumed === gone) session.membership = new Membership();
    this.#byPid.set(session.pid, session);
    this.#bySid.set(session.sid, session);
    return resumed;
  }

  joined(sid: SocketId, rooms: Iterable<Room>): void {
    const membership = this.#bySid.get(sid)?.membership;
    if (membership !== undefined) for (const room of rooms) membership.join(room, this.#log.last + 1);
  }

  left(sid: SocketId, room: Room): void {
    const session = this.#bySid.get(sid);
    if (session?.holder !== undefined) session.membership.leave(room, this.#log.last + 1, this.#log.expired + 1);
  }

  /** The connection of a session is gone; its client may come back. */
  leave(sid: SocketId, data: unknown): void {
    const session = this.#bySid.get(sid);
    if (session?.holder === undefined) return;
    session.holder = undefined;
    session.data = data;
    const nowMs = this.#ports.clock.now();
    session.confirmed = this.#log.lastAt(nowMs - this.#ports.heartbeatMs);
    this.#away.set(session, nowMs + this.settings.maxDisconnectionDuration);
    for (const [{ sid: oldest }] of this.#away) {
      if (this.#away.size <= this.settings.maxAwaySessions) break;
      this.drop(oldest);
    }
    this.#ports.touch(this);
  }

  /** A session is over: its client will not be let back. */
  drop(sid: SocketId): void {
    const session = this.#bySid.get(sid);
    if (session === undefined) return;
    this.#bySid.delete(sid);
    this.#byPid.delete(session.pid);
    if (this.#away.delete(session) && this.#away.size === 0) this.#ports.onEmpty();
  }

  #missed(session: Session, given: unknown): Resumed {
    const { membership, since, confirmed } = session;
    const after = this.#place(given, since);
    if (after === undefined) return partly("unknown-offset");
    if (Math.max(after, confirmed) < this.#log.expired) return partly("expired"); // middleware took its time
    if (!this.#log.isComplete(after, membership)) return partly("overflow");
    const missed = this.#log.missed(after, membership);
    return { recovery: { outcome: "recovered", missed: missed.length }, missed };
  }

  /** Up to which event a client has received everything. */
  #place(given: unknown, least: number): number | undefined {
    if (given === undefined || given === null) return least;
    const offset = parseOffset(given);
    if (offset === undefined) return undefined;
    if (offset.epoch !== this.#epoch) return least; // of another session of its: it has received nothing in this one
    return offset.sequence > this.#log.last ? undefined : Math.max(least, offset.sequence);
  }

  /** A client that is shown its own pid believes that it has missed nothing. What it was told it has lost, it will not get. */
  #renew(session: Session): void {
    session.pid = this.#newPid();
    session.since = this.#log.last;
  }

  #newPid(): string {
    return `${this.#epoch}.${this.#ports.generateId()}`;
  }
}

/** Ended while middleware was asked. */
const gone: Resumed = { recovery: { outcome: "lost", reason: "expired" }, missed: [] };

function partly(reason: PartialReason): Resumed {
  return { recovery: { outcome: "partial", reason }, missed: [] };
}
