/**
 * `npm test`: set up, find what suites need from the system, run every check, and close with one summary.
 * The last line is "N passed, N failed", with ", N skipped" when something was.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Steps, explain } from "./src/console.mjs";
import { processors } from "./src/processes.mjs";
import { readCounts } from "./src/reports.mjs";
import { setUp } from "./src/setup.mjs";
import { lastLine, summarize, total } from "./src/summary.mjs";
import { installCommand, needs, provide, thisHost } from "./src/system.mjs";
import { runTurbo } from "./src/turbo.mjs";

/** Every check, in no order: turbo knows what depends on what. `types` stands for `typecheck` of each package: the same, at once. */
const TASKS = ["lint", "types", "rooms", "knip", "build", "test", "test:e2e", "size", "pack-check"];

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const isCI = !["", "0", "false", undefined].includes(process.env["CI"]);

/** @returns {Promise<number>} the exit code */
async function test() {
  const steps = new Steps(3);
  const setup = await steps.run("Set up: pnpm and dependencies", () => setUp(root, steps));
  const found = await steps.run("Look for what suites need from the system", () => provide(needs, thisHost(), steps));
  const missing = found.flatMap(({ need, path }) => (path === undefined ? [need] : []));
  const skipped = missing.map((need) => ({ suite: need.suite, missing: need.name, command: installCommand([need]), isFailure: isCI, isCounted: need.task === undefined }));
  const tasks = TASKS.filter((task) => !missing.some((need) => need.task === task));
  const ran = await steps.run(`Check: ${tasks.join(", ")}`, () => runTurbo(
    { root, env: { ...setup.env, ...handOver(found) } },
    { tasks, concurrency: processors(), onFailure: "dependencies-successful" },
    steps,
  ));
  const results = {
    turboCode: ran.code,
    tasks: ran.tasks.map((task) => ({ ...task, counts: readCounts(root, task) })),
    skipped, notes: [...sizes(), ...screenshots()], elapsedMs: steps.elapsedMs,
  };
  console.log(`\n${summarize(results).join("\n")}`);
  return total(results).failed > 0 ? ran.code || 1 : 0;
}

/**
 * Paths for the tasks that need them, and what there is as one word: a result without a program must not be served from the cache
 * once the program is there (turbo.json counts SYSTEM_PROGRAMS among the inputs of tests).
 * @param {readonly import("./src/system.mjs").Found[]} found
 * @returns {Record<string, string>}
 */
function handOver(found) {
  const present = found.flatMap(({ need, path }) => (path === undefined ? [] : [{ need, path }]));
  const paths = present.filter(({ need }) => need.holds === "path").map(({ need, path }) => [need.variable, path]);
  return { ...Object.fromEntries(paths), SYSTEM_PROGRAMS: present.map(({ need }) => need.name).join(",") };
}

/** What a browser pays for each client, from check-size's report. */
function sizes() {
  const path = join(root, "tools/rooms/reports/sizes.json");
  if (!existsSync(path)) return [];
  /** @type {{ entry: string, gzipBytes: number, maxGzipBytes?: number, aimGzipBytes?: number }[]} */
  const rows = JSON.parse(readFileSync(path, "utf8"));
  return rows.flatMap(({ entry, gzipBytes, maxGzipBytes, aimGzipBytes }) => {
    if (maxGzipBytes === undefined) return [];
    const aim = aimGzipBytes === undefined ? "" : `, aim ${aimGzipBytes / 1000} kB`;
    return [`${entry}: ${(gzipBytes / 1000).toFixed(2)} kB min+gzip (budget ${maxGzipBytes / 1000} kB${aim})`];
  });
}

/** Pictures that the browser suites kept. */
function screenshots() {
  return ["apps/chat", "apps/market"].flatMap((app) => {
    const folder = `${app}/reports/screenshots`;
    const count = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).length : 0;
    return count === 0 ? [] : [`${folder}: ${count} screenshots`];
  });
}

try {
  process.exitCode = await test();
} catch (error) {
  console.error(explain(error));
  console.log(`\n${lastLine({ passed: 0, failed: 1, skipped: 0 })}`);
  process.exitCode = 1;
}
