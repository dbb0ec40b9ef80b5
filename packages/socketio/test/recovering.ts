/** What the suites of connection state recovery share: a server that keeps sessions, and a link that breaks. */
import { settle } from "@x/testkit";
import type { ServerOptions, Socket } from "../src/server.js";
import { world, type World } from "./memory-engine.js";

export { join } from "./memory-engine.js";

export function recovering(options: ServerOptions["connectionStateRecovery"] = {}): World {
  return world({ connectionStateRecovery: options, pingInterval: 500, pingTimeout: 500 });
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
