/**
 * One packet for an adapter to deliver, which may take it a while.
 *
 * Room: socketio shell. What cannot be encoded is the caller's fault, and thrown; what fails later is nobody's who could catch it, and reported.
 */
import type { Adapter, BroadcastPacket } from "../../adapter/port.js";
import type { BroadcastOptions } from "../../core/broadcast.js";
import type { ServerContext } from "./ports.js";

/** The namespace as those who tell all its sockets need it. */
export interface BroadcastHost {
  readonly adapter: Adapter;
  readonly context: Pick<ServerContext, "clock" | "report">;
}

export function broadcast(adapter: Adapter, { report }: Pick<ServerContext, "report">, packet: BroadcastPacket, options: BroadcastOptions): void {
  const delivered = adapter.broadcast(packet, options);
  if (delivered instanceof Promise) delivered.catch((error: unknown) => report(error, { event: "adapter", namespace: adapter.nsp.name }));
}
