/**
 * A thousand clients whose server goes away for half a minute: when do they try to come back? On a virtual clock, with nothing but their own laws.
 *
 * Ours are real `ResilientSocket`s; of reconnecting-websocket 4.4.0 and partysocket 1.3.0 it is the law of their delays, with their defaults.
 */
import { ConnectionError, ResilientSocket, type Link, type LinkHandler } from "@x/pool/resilient";
import { VirtualClock } from "./virtual-clock.js";

export const RECONNECTING_CLIENTS = ["@x/pool reconnecting", "the same without jitter", "reconnecting-websocket's law", "partysocket's law"] as const;
export type ReconnectingClient = (typeof RECONNECTING_CLIENTS)[number];

const CLIENTS = 1_000;
const AWAY_MS = 30_000;
const WINDOW_MS = 100;

export function isReconnectingClient(name: string): name is ReconnectingClient {
  return RECONNECTING_CLIENTS.some((client) => client === name);
}

/** @returns the greatest part, in per cent, of all attempts that falls into 100 ms. */
export async function stormShare(client: ReconnectingClient, random: () => number, clients: number = CLIENTS): Promise<number> {
  const attempts = await attemptsOf(client, random, clients);
  return (busiest(attempts) / attempts.length) * 100;
}

function attemptsOf(client: ReconnectingClient, random: () => number, clients: number): number[] | Promise<number[]> {
  switch (client) {
    case "@x/pool reconnecting": return attemptsOfSockets(clients, 1, random);
    case "the same without jitter": return attemptsOfSockets(clients, 0, random);
    case "reconnecting-websocket's law": return attemptsByLaw(clients, () => 1_000 + random() * 4_000); // drawn once per program
    case "partysocket's law": return attemptsByLaw(clients, () => 3_000);
  }
}

/** @returns how many of the times fall into the fullest window. */
export function busiest(times: readonly number[], windowMs: number = WINDOW_MS): number {
  const sorted = times.toSorted((one, other) => one - other);
  let [most, first] = [0, 0];
  for (const [index, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= windowMs) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** The first delay grows by 1.3 up to 10 s. */
function attemptsByLaw(clients: number, firstMs: () => number): number[] {
  return Array.from({ length: clients }, () => {
    let delayMs = firstMs();
    const times = [delayMs];
    for (let atMs = delayMs; atMs < AWAY_MS; times.push(atMs)) {
      delayMs = Math.min(10_000, delayMs * 1.3);
      atMs += delayMs;
    }
    return times;
  }).flat();
}

async function attemptsOfSockets(clients: number, jitter: number, random: () => number): Promise<number[]> {
  const clock = new VirtualClock();
  const attempts: number[] = [];
  const handlers: LinkHandler[] = [];
  const link: Link = {
    protocol: "", extensions: "", isCongested: false,
    start: (handler) => void handlers.push(handler),
    send: () => Promise.resolve(), setReading: () => undefined, ping: () => undefined, end: () => undefined,
  };
  let awayUntilMs = -1;
  const connect = (): Promise<Link> => {
    if (awayUntilMs >= 0) attempts.push(clock.now());
    return clock.now() < awayUntilMs ? Promise.reject(new ConnectionError("Cannot connect: refused")) : Promise.resolve(link);
  };
  const sockets = Array.from({ length: clients }, () => new ResilientSocket("ws://nowhere/", { transport: { connect }, clock, random, reconnect: { jitter } }));
  for (const socket of sockets) void socket.connect();
  await clock.run(() => handlers.length === clients);
  awayUntilMs = clock.now() + AWAY_MS;
  for (const handler of handlers.splice(0)) handler.onEnd({ code: 1006, reason: "", wasClean: false, initiator: "network" });
  await clock.run(() => handlers.length === clients);
  return attempts;
}
