/**
 * Every server of the bench answers every kind of row, exactly once per request and byte for byte; nothing here looks at time.
 * The servers run on the packages' sources, so that no build is needed.
 */
import { describe, expect, test } from "vitest";
import { measure, ratiosOf, type Effort } from "./measure.js";
import { Pair, type Load } from "./pair.js";
import { ROWS, type LoadRow } from "./rows.js";
import { spread } from "./statistics.js";
import { definitionOf } from "./subjects.js";

/** Each test starts processes that compile sources; on a busy machine that takes its time. */
const patience = { timeout: 180_000 };
const onSources = { nodeFlags: ["--conditions=@x/source"] };
const tiny: Effort = { sets: 1, roundsPerSet: 1, calibrateMs: 1, roundMs: 1, idleConnections: 10 };

/** One row per server file and behaviour: the dialects and answers that differ. */
const loads = ROWS.filter((row): row is LoadRow => row.kind === "load").flatMap((row) => row.subjects.map((name) => ({ row, name })));
const distinct = new Map(loads.map(({ row, name }) => [`${definitionOf(name).file} ${definitionOf(name).dialect} ${row.behaviour} ${row.perTrigger} ${row.opcode}`, { row, name }]));

describe.concurrent("each server", patience, () => {
  test.each([...distinct])("%s: the first reply is exact, and as many come as were asked for", async (_, { row, name }) => {
    const load: Load = { ...row, connections: 3 };
    const pair = await Pair.start(name, load, row.subjects.at(-1)!, onSources);
    try {
      await pair.open();
      const requests = row.behaviour === "broadcast" ? 5 : 3 * row.inFlight;
      await expect(pair.run({ requests })).resolves.toMatchObject({ count: requests });
    } finally {
      await pair.stop();
    }
  });
});

test.each(["handshake-ws-16", "heap-socketio", "codec-socketio-decode-1-KiB-attached", "codec-wsframe-encode-masked-text-125-B", "pool-100", "channels", "storm", "client-64-16x64", "upgrade", "upgrade-time"])("%s: gives a ratio per round for each pair of subjects", patience, async (id) => {
  const row = ROWS.find((candidate) => candidate.id === id)!;
  const ratios = ratiosOf(row, await measure(row, tiny, onSources));
  expect(ratios.map(({ rounds }) => rounds.length)).toEqual(row.ratios.map(() => (row.kind === "handshake" ? 2 : 1)));
});

test("spread() interpolates quartiles", () => {
  expect(spread([4, 1, 3, 2, 5])).toEqual({ median: 3, q1: 2, q3: 4 });
  expect(spread([1, 2])).toEqual({ median: 1.5, q1: 1.25, q3: 1.75 });
});

test("row ids are unique and each ratio is between subjects of its row", () => {
  expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
  for (const { subjects, ratios } of ROWS) for (const { of, to } of ratios) expect([...subjects, "1 ms"]).toEqual(expect.arrayContaining([of, to]));
});
