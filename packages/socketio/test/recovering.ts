/** What the suites of connection state recovery share: a server that keeps sessions, and a link that breaks. */
import { settle } from "@x/testkit";
import { RecoverySessions } from "../src/core/recovery-sessions.js";
import type { ServerOptions, Socket } from "../src/server.js";
import { world, type World } from "./memory-engine.js";

export { join } from "./memory-engine.js";

export function recovering(options: ServerOptions["connectionStateRecovery"] = {}): World {
  return world({ connectionStateRecovery: options, pingInterval: 500, pingTimeout: 500 });
}

/** What the server keeps for those who may come back. */
export function keptBy(place: World): RecoverySessions {
  const { recovery } = place.server.sockets.adapter;
  if (recovery instanceof RecoverySessions) return recovery;
  throw new Error("the log keeps sessions where connectionStateRecovery is set and no adapter given");
}

/** Everything the client's listeners were given. */
export function heard(socket: { onAny(listener: (...args: unknown[]) => void): unknown }): unknown[][] {
  const events: unknown[][] = [];
  socket.onAny((...args) => void events.push(args));
  return events;
}

/** The server's end of the next connection. */
export function arrival(place: World, namespace = "/"): Promise<Socket> {
  return new Promise((resolve) => void place.server.of(namespace).once("connection", resolve));
}

/** Lets the client's reconnection delay pass. */
export async function comeBack(place: World, afterMs = 1100): Promise<void> {
  place.clock.advance(afterMs);
  await settle();
}
