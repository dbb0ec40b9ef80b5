/**
 * One row: subjects side by side, rounds interleaved, one ratio per round.
 */
import { Pair, type Load, type PairOptions } from "./pair.js";
import type { Row, StormRow } from "./rows.js";
import { spread, type Spread } from "./statistics.js";
import { stormShare } from "./storm.js";
import type { SubjectName } from "./subjects.js";

export interface Effort {
  /** Fresh process sets. */
  readonly sets: number;
  readonly roundsPerSet: number;
  readonly calibrateMs: number;
  readonly roundMs: number;
  /** Idle connections for the heap rows. */
  readonly idleConnections: number;
}

/** A row whose subjects have processes. */
type MeasuredRow = Exclude<Row, StormRow>;

export const FULL: Effort = { sets: 3, roundsPerSet: 6, calibrateMs: 800, roundMs: 300, idleConnections: 2_000 };
export const QUICK: Effort = { sets: 1, roundsPerSet: 6, calibrateMs: 500, roundMs: 150, idleConnections: 1_000 };

/** What each subject cost in each round: microseconds of CPU, or bytes of heap, per unit. */
export type Costs = Readonly<Partial<Record<SubjectName, readonly number[]>>>;

export interface RatioResult extends Spread {
  readonly of: SubjectName;
  readonly to: SubjectName;
  readonly rounds: readonly number[];
}

export async function measure(row: Row, effort: Effort, options: PairOptions = {}): Promise<Costs> {
  const costs: Partial<Record<SubjectName, number[]>> = {};
  if (row.kind === "storm") return storms(row, effort);
  for (let set = 0; set < effort.sets; set++) {
    const pairs = await startAll(row, options);
    try {
      for (const [name, values] of await measureSet(row, pairs, effort)) (costs[name] ??= []).push(...values);
    } finally {
      await Promise.all(pairs.map((pair) => pair.stop()));
    }
  }
  return costs;
}

/** The ratio of each round, so that what slows down the machine for a while slows down both sides of it. */
export function ratiosOf(row: Row, costs: Costs): RatioResult[] {
  return row.ratios.map(({ of, to }) => {
    const below = costs[to] ?? [];
    const rounds = (costs[of] ?? []).map((cost, round) => cost / (below[round] ?? NaN));
    return { of, to, rounds: rounds.map((ratio) => Number(ratio.toFixed(4))), ...spread(rounds) };
  });
}

/** Each round another thousand clients; without jitter all rounds are the same. */
async function storms({ subjects }: StormRow, { sets, roundsPerSet }: Effort): Promise<Costs> {
  const costs: Partial<Record<SubjectName, number[]>> = {};
  for (const client of subjects) {
    costs[client] = [];
    for (let round = 0; round < sets * roundsPerSet; round++) costs[client].push(await stormShare(client, Math.random));
  }
  return costs;
}

async function startAll(row: MeasuredRow, options: PairOptions): Promise<Pair[]> {
  const load: Load = row.kind === "load" || row.kind === "client" ? row : { connections: 50, inFlight: 1, behaviour: "echo", opcode: 1, payload: Buffer.from("x".repeat(64)), perTrigger: 1 };
  const like = row.subjects.at(-1)!;
  const nodeFlags = [...(options.nodeFlags ?? []), ...(row.kind === "heap" ? ["--expose-gc"] : [])];
  const given = { ...options, nodeFlags, task: row.kind === "work" ? row.task : undefined };
  const pairs: Pair[] = [];
  try {
    for (const name of row.subjects) pairs.push(await (row.kind === "client" ? Pair.startClient(name, load, given) : Pair.start(name, load, like, given)));
    return pairs;
  } catch (error) {
    await Promise.all(pairs.map((pair) => pair.stop()));
    throw error;
  }
}

type Work = (pair: Pair, units: number) => Promise<number>;

async function measureSet(row: MeasuredRow, pairs: readonly Pair[], effort: Effort): Promise<Map<SubjectName, number[]>> {
  switch (row.kind) {
    case "load":
      for (const pair of pairs) await pair.open();
      return rounds(pairs, effort, (pair, forMs) => pair.run({ forMs }), async (pair, units) => (await pair.run({ requests: units })).count);
    case "handshake":
      return handshakeRounds(pairs, effort, row.lanes);
    case "upgrade":
      return rounds(pairs, { ...effort, calibrateMs: effort.calibrateMs * 3, roundMs: effort.roundMs * 2 }, (pair, forMs) => pair.upgrades({ forMs }), async (pair, units) => (await pair.upgrades({ count: units })).count);
    case "upgrade-time":
      return timed(pairs, effort);
    case "work": case "client":
      return rounds(pairs, effort, workFor, async (pair, units) => {
        await pair.work(units);
        return units;
      });
    case "heap":
      return new Map(await Promise.all(pairs.map(async (pair) => [pair.name, [await heapPerConnection(pair, effort)]] satisfies [SubjectName, number[]])));
  }
}

/** A handshake runs a lot of code, takes long, and varies with what else the machine does: more time until it is compiled, longer rounds and more of them. */
function handshakeRounds(pairs: readonly Pair[], { calibrateMs, roundMs, roundsPerSet, ...effort }: Effort, lanes: number): Promise<Map<SubjectName, number[]>> {
  const patient = { ...effort, calibrateMs: calibrateMs * 3, roundMs: roundMs * 2, roundsPerSet: roundsPerSet * 2 };
  return rounds(pairs, patient, (pair, forMs) => pair.handshakes({ lanes, forMs }), async (pair, units) => (await pair.handshakes({ lanes, count: units })).count);
}

async function workFor(pair: Pair, forMs: number): Promise<{ readonly count: number; readonly elapsedMs: number }> {
  const startMs = performance.now();
  let count = 0;
  for (let step = 500; performance.now() - startMs < forMs; step *= 2) { // some work takes a thousand times as long as other
    await pair.work(step);
    count += step;
  }
  return { count, elapsedMs: performance.now() - startMs };
}

async function rounds(
  pairs: readonly Pair[],
  effort: Effort,
  calibrate: (pair: Pair, forMs: number) => Promise<{ readonly count: number; readonly elapsedMs: number }>,
  work: Work,
): Promise<Map<SubjectName, number[]>> {
  const units = new Map<Pair, number>();
  const costs = new Map<SubjectName, number[]>();
  for (const pair of pairs) {
    const { count, elapsedMs } = await calibrate(pair, effort.calibrateMs);
    units.set(pair, Math.max(1, Math.round((count * effort.roundMs) / elapsedMs)));
    costs.set(pair.name, []);
  }
  for (let round = 0; round < effort.roundsPerSet; round++) {
    for (const pair of round % 2 === 0 ? pairs : pairs.toReversed()) {
      costs.get(pair.name)?.push(await pair.cpuPer(() => work(pair, units.get(pair) ?? 1)));
    }
  }
  return costs;
}

/** The median time of a session in each round, in milliseconds, and the measure to hold against it. */
async function timed(pairs: readonly Pair[], effort: Effort): Promise<Map<SubjectName, number[]>> {
  const costs = new Map<SubjectName, number[]>([["1 ms", []]]);
  for (const pair of pairs) await pair.upgrades({ forMs: effort.calibrateMs * 3 });
  for (let round = 0; round < effort.roundsPerSet; round++) {
    costs.get("1 ms")?.push(1);
    for (const pair of pairs) {
      const { medianMs = NaN } = await pair.upgrades({ lanes: 1, forMs: effort.roundMs * 2 });
      costs.set(pair.name, [...(costs.get(pair.name) ?? []), medianMs]);
    }
  }
  return costs;
}

/**
 * As many throw-away connections first, so that what a process allocates once, and what the compiler makes of what it sees often,
 * is not counted; then three messages on each of the rest.
 */
async function heapPerConnection(pair: Pair, { idleConnections }: Effort): Promise<number> {
  await openAndUse(pair, idleConnections);
  await pair.closeAll();
  const before = await pair.heap();
  await openAndUse(pair, idleConnections);
  const after = await pair.heap();
  await pair.closeAll();
  return (after - before) / idleConnections;
}

async function openAndUse(pair: Pair, connections: number): Promise<void> {
  await pair.openMany(connections);
  for (let turn = 0; turn < 3; turn++) await pair.run({ requests: connections });
}
