/**
 * A client that connects again, over sessions in memory.
 *
 * Room: tests.
 */
import { ConnectionError } from "@x/errors/engineio";
import { settle } from "@x/testkit";
import type { AttemptOptions } from "../src/shell/attempt-options.js";
import type { PageEvents } from "../src/shell/ports.js";
import { ResilientClient } from "../src/shell/resilient-client.js";
import type { ReconnectOptions } from "../src/shell/resilient-options.js";
import { ManualClock, type MemoryPair, pair } from "../src/testing.js";

export const reconnect = { attempts: 3, baseMs: 100, factor: 2, jitter: 0 } as const;
export const refused = (): Error => new ConnectionError("refused");
export const quiet = (): Promise<void> => settle(20);

/** What an attempt comes to. */
export type Answer = "open" | "silent" | Error;

export interface ResilientFixture {
  readonly client: ResilientClient;
  readonly clock: ManualClock;
  readonly log: string[];
  readonly pairs: MemoryPair[];
  /** What the attempts were made with. */
  readonly given: AttemptOptions[];
  /** What arrived at the servers. */
  readonly received: unknown[];
  /** The page as it is watched now. */
  readonly page: () => PageEvents | undefined;
}

/** A client whose attempts are answered as `answers` say, the last one for ever; `log` is what its events were. */
export function clientOf(answers: Answer[], options: ReconnectOptions = {}): ResilientFixture {
  const clock = new ManualClock();
  const log: string[] = [];
  const pairs: MemoryPair[] = [];
  const given: AttemptOptions[] = [];
  const received: unknown[] = [];
  let page: PageEvents | undefined;
  const client = new ResilientClient(async (own) => {
    given.push(own);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    if (answer === "silent") await new Promise((_, reject) => own.signal.addEventListener("abort", () => reject(new Error("aborted"))));
    const one = await pair({ clock });
    pairs.push(one);
    one.server.on("message", (data) => received.push(data));
    return one.client;
  }, (events) => {
    page = events;
    return () => (page = undefined);
  }, { clock, ...options });
  client.on("attempt", ({ attempt, delayMs, reason }) => log.push(`attempt ${attempt} after ${delayMs}${reason === undefined ? "" : ` for ${reason.message}`}`));
  client.on("connect", (_, { reason }) => log.push(reason === undefined ? "connect" : "connect again"));
  client.on("message", (data) => log.push(`message ${String(data)}`));
  client.on("disconnect", (reason) => log.push(`disconnect ${reason} (${client.state})`));
  client.on("error", (error) => log.push(`error ${error.message}`));
  client.on("close", (error) => log.push(`close ${error?.message ?? "on purpose"}`));
  return { client, clock, log, pairs, given, received, page: () => page };
}
