/**
 * One turbo run: its machine-readable stream as progress lines, its run summary as results.
 */
import { readFileSync, readdirSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { duration, withoutColour } from "./console.mjs";
import { run } from "./processes.mjs";

/**
 * @typedef {object} TaskResult
 * @property {string} package
 * @property {string} task
 * @property {string} directory from the root
 * @property {"passed" | "failed" | "not run"} outcome
 * @property {boolean} isCached
 * @property {number} startedAt milliseconds since the epoch
 * @property {number} milliseconds
 */

/**
 * @typedef {object} TurboRun
 * @property {number} code turbo's own exit code
 * @property {TaskResult[]} tasks empty when turbo ended before it ran anything
 */

/**
 * @typedef {object} RunRequest
 * @property {readonly string[]} tasks
 * @property {readonly string[]} [filters] turbo filters
 * @property {number} concurrency
 * @property {"never" | "dependencies-successful"} onFailure
 */

/**
 * @param {import("./setup.mjs").Setup} setup
 * @param {RunRequest} request
 * @param {{ detail(text: string): void }} report
 * @returns {Promise<TurboRun>}
 */
export async function runTurbo({ root, env }, { tasks, filters = [], concurrency, onFailure }, report) {
  const program = join(root, "node_modules/.bin/turbo");
  const summaries = join(root, ".turbo/runs");
  mkdirSync(summaries, { recursive: true });
  const before = new Set(readdirSync(summaries));
  const progress = new Progress((line) => { report.detail(line); });
  const args = [
    "run", ...tasks, ...filters.map((filter) => `--filter=${filter}`), "--json", "--summarize", "--output-logs=full",
    `--concurrency=${concurrency}`, `--continue=${onFailure}`,
  ];
  const heartbeat = setInterval(() => { progress.beat(); }, 5000);
  const { code } = await run(program, args, { cwd: root, env: { ...env, NO_COLOR: "1", TURBO_TELEMETRY_DISABLED: "1" }, isQuiet: true, onLine: (line) => { progress.read(line); } });
  clearInterval(heartbeat);
  const added = readdirSync(summaries).find((file) => !before.has(file));
  const results = added === undefined ? [] : taskResults(JSON.parse(readFileSync(join(summaries, added), "utf8")));
  for (const result of results) if (result.outcome === "failed") progress.showFailure(`${result.package}#${result.task}`);
  return { code, tasks: results };
}

/**
 * @typedef {object} SummaryTask
 * @property {string} package
 * @property {string} task
 * @property {string} directory
 * @property {string} command
 * @property {{ status: string }} cache
 * @property {{ startTime: number, endTime: number, exitCode: number | null, error?: string }} [execution]
 */

/**
 * @param {{ tasks: readonly SummaryTask[] }} summary what turbo writes with --summarize
 * @returns {TaskResult[]} tasks that have a command; turbo's own bookkeeping tasks are left out
 */
export function taskResults({ tasks }) {
  return tasks.filter(({ command }) => command !== "<NONEXISTENT>").map(({ package: name, task, directory, cache, execution }) => ({
    package: name,
    task,
    directory,
    outcome: execution === undefined ? "not run" : execution.exitCode === 0 ? "passed" : "failed",
    isCached: cache.status === "HIT",
    startedAt: execution?.startTime ?? 0,
    milliseconds: execution === undefined ? 0 : execution.endTime - execution.startTime,
  }));
}

/**
 * @typedef {object} StreamEvent
 * @property {string} source "turbo" or "package#task"
 * @property {string} level
 * @property {string} text
 */

/**
 * @param {string} line
 * @returns {StreamEvent | undefined} `undefined` for what is no event, such as a crash of turbo itself
 */
export function parseEvent(line) {
  if (!line.startsWith("{")) return undefined;
  try {
    const { source, level, text } = JSON.parse(line);
    return typeof source === "string" && typeof text === "string" ? { source, level: String(level), text: withoutColour(text) } : undefined;
  } catch {
    return undefined;
  }
}

/** Long silences get a line, so that nobody wonders whether it still works. */
const SILENCE_MS = 30_000;

/**
 * Turns turbo's stream into progress: a line when a task starts, its whole output when it fails, nothing for cache hits.
 */
export class Progress {
  /** @type {Map<string, string[]>} */
  #outputs = new Map();
  /** @type {(line: string) => void} */
  #write;
  #startedAt = performance.now();
  #spokeAt = performance.now();
  #cached = 0;
  #last = "";

  /** @param {(line: string) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** @param {string} line one line of turbo's stdout or stderr */
  read(line) {
    const event = parseEvent(line);
    if (event === undefined) this.#foreign(withoutColour(line));
    else if (event.source === "turbo") this.#fromTurbo(event);
    else this.#fromTask(event);
  }

  /** Called now and then; speaks only after a long silence. */
  beat() {
    if (performance.now() - this.#spokeAt >= SILENCE_MS) this.#say(`still working; ${this.#last} was the last to start`);
  }

  /**
   * Shows what a failed task wrote, once.
   * @param {string} source "package#task"
   */
  showFailure(source) {
    const output = this.#outputs.get(source)?.splice(0) ?? [];
    if (output.length === 0) return;
    this.#say(`✗ ${taskName(source)} failed:`);
    for (const line of output) this.#write(`    | ${line}`);
  }

  /** @param {string} line */
  #foreign(line) {
    const isFinalWord = /^\s*(?:ERROR\s+run failed.*)?$/.test(line); // the summary says it better
    if (!isFinalWord) this.#say(line);
  }

  /** @param {StreamEvent} event */
  #fromTurbo({ level, text }) {
    const isAboutOneTask = /^command .*(?:exited|finished with error)/.test(text);
    if (level === "error" && !isAboutOneTask) this.#say(text);
  }

  /** @param {StreamEvent} event */
  #fromTask({ source, text }) {
    const output = this.#outputs.get(source);
    if (output === undefined) this.#first(source, text);
    else output.push(text);
    if (/ELIFECYCLE/.test(text)) this.showFailure(source); // pnpm's word for a script that failed
  }

  /**
   * @param {string} source
   * @param {string} text
   */
  #first(source, text) {
    this.#outputs.set(source, []);
    if (text.startsWith("cache hit")) {
      this.#cached += 1;
      return;
    }
    this.#last = taskName(source);
    this.#say(this.#last);
  }


  /** @param {string} text */
  #say(text) {
    this.#spokeAt = performance.now();
    const cached = this.#cached > 0 ? ` (${this.#cached} cached)` : "";
    this.#write(`${duration(this.#spokeAt - this.#startedAt).padStart(8)}${cached}  ${text}`);
  }
}

/** @param {string} source "@x/errors#lint" */
function taskName(source) {
  return source.replace("#", " ");
}
