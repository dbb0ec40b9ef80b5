/**
 * The adapter of a single process whose clients may come back: it keeps who was in which room, and what was sent there.
 *
 * Room: socketio adapter. The option `connectionStateRecovery` puts it in the place of the in-memory adapter.
 */
import type { Sweep } from "@x/errors/clock";
import type { BroadcastOptions, Room, SocketId } from "../core/broadcast.js";
import type { EncodedPacket, Packet } from "../core/packet.js";
import type { RecoverySessions } from "../core/recovery-sessions.js";
import { InMemoryAdapter } from "./in-memory.js";
import type { AdapterNamespace } from "./port.js";

export class RecoveringAdapter extends InMemoryAdapter {
  readonly recovery: RecoverySessions;
  readonly #sweep: Pick<Sweep, "add" | "delete">;

  constructor(nsp: AdapterNamespace, recovery: RecoverySessions, sweep: Pick<Sweep, "add" | "delete">) {
    super(nsp);
    this.recovery = recovery;
    this.#sweep = sweep;
  }

  override init(): void {
    this.#sweep.add(this.recovery);
  }

  override close(): void {
    this.#sweep.delete(this.recovery);
  }

  override addAll(id: SocketId, rooms: Set<Room>): void {
    super.addAll(id, rooms);
    this.recovery.joined(id, rooms);
  }

  override del(id: SocketId, room: Room): void {
    super.del(id, room);
    this.recovery.left(id, room);
  }

  protected override encode(packet: Packet, options: BroadcastOptions): EncodedPacket {
    return this.recovery.encode(packet, options);
  }
}
