/**
 * Sessions that an adapter keeps: `persistSession` and `restoreSession`, as socket.io's SessionAwareAdapter and the adapters over
 * Redis streams and MongoDB have them.
 *
 * Room: socketio shell. Such an adapter stores what is broadcast, and gives every event its offset; so events for one client are
 * broadcast to the room of its id. It hears of a session when the client goes.
 */
import { callSafely } from "@x/errors/handlers";
import type { Adapter } from "../../adapter/port.js";
import type { Room, SocketId } from "../../core/broadcast.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import type { RecoverySettings } from "../../core/recovery.js";
import type { Claim, Holder, MissedEvent, Recipient, Resumed, SessionKeeper } from "../../core/session-keeper.js";
import { broadcast } from "./broadcast.js";
import type { ServerContext } from "./ports.js";

/** As adapters store it. */
export interface StoredSession {
  readonly sid: SocketId;
  /** Known to server and client only. */
  readonly pid: string;
  readonly rooms: readonly Room[];
  readonly data: unknown;
}

/** As they give it back. */
export interface RestoredSession extends StoredSession {
  /** The name and arguments of each event, its offset at the end. */
  readonly missedPackets: readonly (readonly unknown[])[];
}

export interface SessionAwareAdapter extends Adapter {
  persistSession(session: StoredSession): unknown;
  /** @returns nothing when the session or the event of the offset is unknown; also as a promise. The adapter over Redis streams rejects with a text then. */
  restoreSession(pid: string, offset: string): unknown;
}

interface StoredClaim extends Claim {
  readonly session: RestoredSession | undefined;
  readonly missed: readonly MissedEvent[];
}

/** Longest id or offset that is handed to an adapter; theirs have fewer than 40 characters. */
const MAX_MARK_LENGTH = 128;
const LOST: StoredClaim = { session: undefined, missed: [], recovery: { outcome: "lost", reason: "expired" } };

/** Whether it keeps sessions. The base class of socket.io-adapter has both methods, too, and they do nothing. */
export function isSessionAware(adapter: Adapter): adapter is SessionAwareAdapter {
  const { persistSession, restoreSession } = adapter as Partial<SessionAwareAdapter>;
  if (typeof persistSession !== "function" || typeof restoreSession !== "function") return false;
  let owner: object | null = adapter;
  while (owner !== null && !Object.hasOwn(owner, "restoreSession")) owner = Object.getPrototypeOf(owner) as object | null;
  return owner?.constructor.name !== "Adapter";
}

export class AdapterSessions implements SessionKeeper {
  readonly skipsMiddlewares: boolean;
  /** Who is away is known to the adapter alone. */
  readonly awayCount = 0;
  readonly isAnnouncing = true;
  readonly #adapter: SessionAwareAdapter;
  readonly #context: Pick<ServerContext, "encoder" | "generateId" | "report">;
  readonly #holders = new Map<string, Holder>();
  readonly #pids = new Map<SocketId, string>();
  /** Sessions on their way to the store. */
  readonly #storing = new Map<string, Promise<unknown>>();

  constructor(adapter: SessionAwareAdapter, settings: Pick<RecoverySettings, "skipMiddlewares">, context: Pick<ServerContext, "encoder" | "generateId" | "report">) {
    this.skipsMiddlewares = settings.skipMiddlewares;
    this.#adapter = adapter;
    this.#context = context;
  }

  /** A client that is back proves that its last connection is gone: that ends first, so that the adapter hears of the session. */
  claim(pid: unknown, offset: unknown): Promise<Claim> | Claim | undefined {
    if (typeof pid !== "string") return undefined;
    if (typeof offset !== "string" || Math.max(pid.length, offset.length) > MAX_MARK_LENGTH) return LOST;
    this.#holders.get(pid)?.supersede();
    return this.#restore(pid, offset);
  }

  hold(holder: Holder, claim: StoredClaim | undefined): Resumed {
    const session = claim?.session;
    const pid = session?.pid ?? this.#context.generateId();
    this.#holders.get(pid)?.supersede(); // two connections, each with the session: the last one has it
    this.#holders.set(pid, holder);
    this.#pids.set(holder.id, pid);
    return { recovery: claim?.recovery, rooms: session?.rooms ?? [], missed: claim?.missed ?? [], answer: { pid, ...(claim !== undefined && { recovery: claim.recovery }) } };
  }

  leave(sid: SocketId, data: unknown): void {
    const pid = this.#pids.get(sid);
    const holder = pid === undefined ? undefined : this.#holders.get(pid);
    this.drop(sid);
    if (pid === undefined || holder === undefined) return;
    const stored = callSafely((session: StoredSession) => this.#adapter.persistSession(session), [{ sid, pid, rooms: [...holder.rooms], data: data ?? {} }], (error) => this.#failed(error));
    if (!(stored instanceof Promise)) return;
    this.#storing.set(pid, stored);
    void stored.then(() => {
      if (this.#storing.get(pid) === stored) this.#storing.delete(pid);
    });
  }

  drop(sid: SocketId): void {
    const pid = this.#pids.get(sid);
    this.#pids.delete(sid);
    if (pid !== undefined) this.#holders.delete(pid);
  }

  send(recipient: Recipient, packet: Packet, flags: EmitFlags): void {
    const { type, id, data } = packet;
    if (type !== PacketType.EVENT) {
      recipient.client.writeToEngine(this.#context.encoder.encode(packet), flags, packet.nsp);
      return;
    }
    broadcast(this.#adapter, this.#context, { type, data, ...(id !== undefined && { id }) }, { rooms: new Set([recipient.id]), except: new Set(), flags: flagsOf(flags) });
  }

  async #restore(pid: string, offset: string): Promise<StoredClaim> {
    try {
      await this.#storing.get(pid);
      const session: unknown = await this.#adapter.restoreSession(pid, offset);
      if (!isRestored(session)) return LOST;
      const missed = session.missedPackets.map((data): MissedEvent => ({
        packets: this.#context.encoder.encode({ type: PacketType.EVENT, nsp: this.#adapter.nsp.name, data }),
        compress: false, // adapters do not say which ones must not be
      }));
      return { session, missed, recovery: { outcome: "recovered", missed: missed.length } };
    } catch (error) {
      if (error instanceof Error) this.#failed(error);
    }
    return LOST;
  }

  #failed(error: unknown): void {
    this.#context.report(error, { event: "adapter", namespace: this.#adapter.nsp.name });
  }
}

/** Adapters take a flag that is there for one that is set. */
function flagsOf({ volatile, compress }: EmitFlags): Pick<EmitFlags, "volatile" | "compress"> {
  return { ...(volatile === true && { volatile }), ...(compress !== undefined && { compress }) };
}

function isRestored(session: unknown): session is RestoredSession {
  if (typeof session !== "object" || session === null) return false;
  const { sid, pid, rooms, missedPackets } = session as Partial<RestoredSession>;
  return typeof sid === "string" && typeof pid === "string" && Array.isArray(rooms) && Array.isArray(missedPackets);
}
