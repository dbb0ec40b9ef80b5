/**
 * Acknowledgements of a broadcast: one reply per client, until all are in or the time is up.
 *
 * Room: socketio shell. Counts come from every server of a cluster, so that "all" is known only when they have.
 */
import { callSafely } from "@x/errors/handlers";
import { TimeoutError } from "@x/errors/socketio";
import type { BroadcastPacket } from "../../adapter/port.js";
import type { Timed } from "../../core/open-acks.js";
import type { BroadcastOptions } from "../../core/broadcast.js";
import type { Untyped } from "../../core/event-types.js";
import type { BroadcastHost } from "./broadcast.js";

export type RepliesListener = (error: Error | null, replies: Untyped[]) => void;

/** What a broadcast's timeout tells: who answered nevertheless. */
export type BroadcastTimeoutError = TimeoutError & { readonly responses: readonly unknown[] };

/** How long replies may take without `timeout(ms)`: a client that leaves sends none, and adapters over an engine forget who asks at once where no time is named. */
export const DEFAULT_REPLIES_TIMEOUT_MS = 60_000;

export function collectReplies({ adapter, context }: BroadcastHost, packet: BroadcastPacket, audience: BroadcastOptions, listener: RepliesListener): void {
  const { clock } = context;
  const afterMs = audience.flags?.timeout ?? DEFAULT_REPLIES_TIMEOUT_MS;
  const replies: unknown[] = [];
  const counting = { expectedServers: -1, servers: 0, clients: 0, isOver: false };
  const finish = (error: Error | null): void => {
    if (counting.isOver) return;
    counting.isOver = true;
    clock.clearTimer(timer);
    callSafely(listener, [error, replies], (failure) => context.report(failure, { event: "acknowledgement", namespace: adapter.nsp.name }));
  };
  const timer = clock.setTimer(() => finish(timedOut(afterMs, replies)), afterMs);
  const check = (): void => {
    if (counting.servers === counting.expectedServers && replies.length === counting.clients) finish(null);
  };
  const count = (clients: number): void => {
    counting.clients += clients;
    counting.servers++;
    check();
  };
  const take = (reply: unknown): void => {
    if (counting.isOver) return;
    replies.push(reply);
    check();
  };
  const timed = Object.assign(take, { deadlineMs: clock.now() + afterMs } satisfies Timed);
  adapter.broadcastWithAck(packet, { ...audience, flags: { ...audience.flags, timeout: afterMs } }, count, timed);
  const expect = (servers: number): void => {
    counting.expectedServers = audience.flags?.local === true ? 1 : servers;
    check();
  };
  adapter.serverCount().then(expect, (error: unknown) => {
    context.report(error, { event: "serverCount", namespace: adapter.nsp.name });
    expect(1);
  });
}

function timedOut(afterMs: number, responses: readonly unknown[]): BroadcastTimeoutError {
  const error = new TimeoutError(`Not all clients acknowledged within ${afterMs} ms`, { code: "socketio/ack-timeout", afterMs, operation: "broadcast" });
  return Object.assign(error, { responses });
}
