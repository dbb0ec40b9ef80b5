/**
 * The sessions of a namespace that can be recovered: kept from the moment of their CONNECT on, so that a client may come back
 * before the server has noticed that it went.
 *
 * Room: socketio core. The clock is a port; nothing is held for longer, or of more clients, than the settings allow.
 */
import type { Clock, Swept } from "@x/errors/clock";
import type { BroadcastOptions, Room, SocketId } from "./broadcast.js";
import type { PacketEncoder } from "./codec.js";
import type { EmitFlags } from "./outgoing.js";
import type { EncodedPacket, Packet } from "./packet.js";
import * as PacketType from "./packet-type.js";
import { formatOffset, type LossReason, parseOffset, type PartialReason, type Recovery, type RecoverySettings } from "./recovery.js";
import { RecoveryLog } from "./recovery-log.js";
import { Membership } from "./recovery-membership.js";
import type { Claim, Holder, MissedEvent, Recipient, Resumed, SessionKeeper } from "./session-keeper.js";

export interface Session {
  readonly sid: SocketId;
  /** Known to server and client only. */
  pid: string;
  /** The holder's, while it is away. */
  data: unknown;
  /** `undefined` while it is away. */
  holder: Holder | undefined;
  membership: Membership;
  /** It needs none of the events up to this one. */
  since: number;
  /** Since when it has had its holder. */
  heldAtMs: number;
  /** This event and all before reached it, or were not for it, before its last holder ended. */
  confirmed: number;
}

interface LogClaim extends Claim {
  readonly session: Session | undefined;
  readonly offset: unknown;
}

interface Missed {
  readonly recovery: Recovery;
  readonly missed: readonly MissedEvent[];
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

export class RecoverySessions implements Swept, SessionKeeper {
  readonly isAnnouncing = false;
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

  get skipsMiddlewares(): boolean {
    return this.settings.skipMiddlewares;
  }

  /** Sessions whose client is away. */
  get awayCount(): number {
    return this.#away.size;
  }

  /** Events and bytes kept. */
  get kept(): { readonly packets: number; readonly bytes: number } {
    return { packets: this.#log.size, bytes: this.#log.bytes };
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
   * Encodes a packet. An event ends in its offset, and is kept; a volatile one ends in that of the event before it and is not, so that
   * a last argument is never taken for an offset. Events that want an acknowledgement have none: whoever waits is told of the loss.
   */
  encode(packet: Packet, options: BroadcastOptions): EncodedPacket {
    const { encoder, clock, touch } = this.#ports;
    if (packet.type !== PacketType.EVENT || packet.id !== undefined) return encoder.encode(packet);
    const isKept = options.flags?.volatile !== true && this.#bySid.size > 0;
    const offset = formatOffset(this.#epoch, this.#log.last + (isKept ? 1 : 0));
    const packets = encoder.encode({ ...packet, data: [...(packet.data as readonly unknown[]), offset] });
    if (isKept) {
      this.#log.append(packets, options, clock.now());
      touch(this);
    }
    return packets;
  }

  send(recipient: Recipient, packet: Packet, flags: EmitFlags): void {
    recipient.client.writeToEngine(this.encode(packet, { rooms: new Set([recipient.id]), flags }), flags, packet.nsp);
  }

  /** Looks for the session of a client that says it is back; nothing changes yet. @returns `undefined` for one that does not. */
  claim(pid: unknown, offset: unknown): LogClaim | undefined {
    if (typeof pid !== "string") return undefined;
    this.tick(this.#ports.clock.now());
    const session = this.#byPid.get(pid);
    const recovery = session === undefined ? lost(pid.startsWith(`${this.#epoch}.`) ? "expired" : "other-epoch") : this.#missed(session, offset).recovery;
    return { session, offset, recovery };
  }

  /** A client is let in, with the session that it claims or a new one. Who holds that still, because nobody noticed that its client went, is ended. */
  hold(holder: Holder, claim: LogClaim | undefined): Resumed {
    const session = claim?.session;
    const resumed = session === undefined ? undefined : this.#resume(session, claim?.offset);
    const held = resumed?.session ?? this.#begin(holder.id);
    held.holder = holder;
    held.heldAtMs = this.#ports.clock.now();
    this.joined(holder.id, holder.rooms);
    const recovery = resumed?.recovery ?? (session === undefined ? claim?.recovery : lost("expired"));
    return { recovery, rooms: held.membership.rooms, missed: resumed?.missed ?? [], answer: { pid: held.pid, ...(recovery !== undefined && { recovery }) } };
  }

  joined(sid: SocketId, rooms: Iterable<Room>): void {
    const session = this.#bySid.get(sid);
    if (session?.holder !== undefined) for (const room of rooms) session.membership.join(room, this.#log.last + 1);
  }

  left(sid: SocketId, room: Room): void {
    const session = this.#bySid.get(sid);
    if (session?.holder !== undefined) session.membership.leave(room, this.#log.last + 1, this.#log.expired + 1);
  }

  /** The connection of a session is gone; its client may come back. */
  leave(sid: SocketId, data: unknown): void {
    const session = this.#bySid.get(sid);
    if (session?.holder === undefined) return;
    session.confirmed = this.#confirmed(session);
    session.holder = undefined;
    session.data = data;
    this.#away.set(session, this.#ports.clock.now() + this.settings.maxDisconnectionDuration);
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

  #begin(sid: SocketId): Session {
    const { last } = this.#log;
    const session: Session = { sid, pid: this.#newPid(), data: undefined, holder: undefined, heldAtMs: 0, membership: new Membership(), since: last, confirmed: 0 };
    this.#byPid.set(session.pid, session);
    this.#bySid.set(sid, session);
    return session;
  }

  /** @returns `undefined` for a session that ended while middleware was asked. */
  #resume(session: Session, offset: unknown): (Missed & { readonly session: Session }) | undefined {
    session.holder?.supersede();
    if (this.#bySid.get(session.sid) !== session) return undefined;
    const missed = this.#missed(session, offset);
    this.#away.delete(session);
    if (missed.recovery.outcome !== "recovered") this.#renew(session);
    return { ...missed, session };
  }

  #missed(session: Session, given: unknown): Missed {
    const { membership, since } = session;
    const after = this.#place(given, since);
    if (after === undefined) return partly("unknown-offset");
    const needed = Math.max(after, this.#confirmed(session));
    if (needed < this.#log.expired) return partly("expired"); // it had many connections, all too short
    if (!this.#log.isComplete(needed, membership)) return partly("overflow");
    const { events, bytes } = this.#log.missed(after, membership);
    if (bytes > this.settings.maxMissedBytes) return partly("overflow"); // a connection that breaks under them would come back for more
    return { recovery: { outcome: "recovered", missed: events.length }, missed: events };
  }

  /** A connection that still answers its heartbeats has brought everything that it was given before the last. */
  #confirmed({ holder, heldAtMs, confirmed }: Session): number {
    const provenMs = this.#ports.clock.now() - this.#ports.heartbeatMs;
    return holder === undefined || heldAtMs > provenMs ? confirmed : this.#log.lastAt(provenMs);
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
    this.#byPid.delete(session.pid);
    session.pid = this.#newPid();
    session.since = this.#log.last;
    this.#byPid.set(session.pid, session);
  }

  #newPid(): string {
    return `${this.#epoch}.${this.#ports.generateId()}`;
  }
}

function lost(reason: LossReason): Recovery {
  return { outcome: "lost", reason };
}

function partly(reason: PartialReason): Missed {
  return { recovery: { outcome: "partial", reason }, missed: [] };
}
