/**
 * Connection state recovery as a client does it: who it was, and the last event that it has received.
 *
 * Room: socketio core. Wire-compatible with socket.io's servers: theirs end an event in an offset of no certain form, so that
 * listeners get it too; ours begin it with the epoch that their `pid` begins with, and it is taken off.
 */
import type { Packet } from "./packet.js";
import type { Recovery } from "./recovery.js";

export interface RecoverableSession {
  /** Known to server and client only. */
  readonly pid: string;
  /** How offsets of this session begin; `undefined` with a server of socket.io's. */
  readonly prefix: string | undefined;
  /** Of the last event. */
  offset: string | undefined;
}

/** The payload of a server's CONNECT. */
export interface ConnectAnswer {
  readonly sid?: unknown;
  readonly pid?: unknown;
  readonly recovery?: unknown;
}

/** @returns the payload of a CONNECT: the application's, and what the server needs to know a client that was here before. */
export function asking(session: RecoverableSession | undefined, auth: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (session === undefined) return auth;
  const { pid, offset } = session;
  return { pid, ...(offset !== undefined && { offset }), ...auth };
}

/** @returns what a client is after the server's answer, and what became of its session if it had one. */
export function settle(before: RecoverableSession | undefined, { pid, recovery }: ConnectAnswer): { session: RecoverableSession | undefined; recovery: Recovery | undefined } {
  const isBack = before !== undefined && pid === before.pid;
  return { session: isBack ? before : sessionOf(pid), recovery: before === undefined ? undefined : outcomeOf(isBack, recovery) };
}

/** Notes the offset at the end of an event. @returns the packet as listeners shall have it. */
export function takeOffset(session: RecoverableSession, packet: Packet): Packet {
  const data = packet.data as readonly unknown[];
  const last = data.at(-1);
  if (packet.id !== undefined || data.length < 2 || typeof last !== "string") return packet;
  const { prefix } = session;
  if (prefix !== undefined && !last.startsWith(prefix)) return packet;
  session.offset = last;
  return prefix === undefined ? packet : { ...packet, data: data.slice(0, -1) };
}

function sessionOf(pid: unknown): RecoverableSession | undefined {
  if (typeof pid !== "string") return undefined;
  return { pid, prefix: /^[\w-]{8}\./.exec(pid)?.[0], offset: undefined };
}

/** What a server of ours told; of a reason that a later version may know, its word. */
function outcomeOf(isBack: boolean, told: unknown): Recovery {
  const { outcome, reason, missed } = (told ?? {}) as Record<string, unknown>;
  if (isBack) return { outcome: "recovered", missed: typeof missed === "number" ? missed : undefined };
  const isTold = (outcome === "partial" || outcome === "lost") && typeof reason === "string";
  return isTold ? ({ outcome, reason } as Recovery) : { outcome: "lost", reason: "unsupported" };
}
