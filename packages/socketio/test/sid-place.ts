/** A server in memory, seen by client id. */
import { settle } from "@x/testkit";
import { bySid, type SidOptions, type SidServer } from "../src/by-sid.js";
import type { ClientSocket, DefaultEventsMap, Server } from "../src/index.js";
import { world, type World } from "./memory-engine.js";

export interface Place extends World {
  readonly sio: Sids;
  readonly sids: string[];
}

type Sids = SidServer<DefaultEventsMap, DefaultEventsMap, { name: string }>;

export function untyped(server: Server, options?: SidOptions): Sids {
  return bySid<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { name: string }>(server, options);
}

/** Ids of clients in the order in which they come, in whatever namespace. */
export function place(options?: SidOptions): Place {
  const base = world();
  const sids: string[] = [];
  const sio = untyped(base.server, options);
  sio.on("connect", (sid) => void sids.push(sid));
  return Object.assign(base, { sio, sids });
}

export async function client(at: World, namespace = "/", auth = {}): Promise<{ socket: ClientSocket; heard: unknown[][] }> {
  const socket = at.client({ reconnection: false, auth }, namespace);
  const heard: unknown[][] = [];
  socket.onAny((...event: unknown[]) => void heard.push(event.filter((value) => typeof value !== "function")));
  socket.on("connect_error", (error) => void heard.push(["refused", error.message]));
  await settle();
  return { socket, heard };
}
