/** Child processes: run to the end, with their output shown, collected, or read line by line. */
import { spawn } from "node:child_process";
import os from "node:os";
import { createInterface } from "node:readline";

/**
 * How many tasks to run at once. `availableParallelism` is newer than the oldest Node that should still hear that it is too old.
 * @returns {number} at least 2
 */
export function processors() {
  return Math.max(2, os.availableParallelism?.() ?? os.cpus().length);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [isQuiet] keep the output instead of showing it as it comes
 * @property {(line: string) => void} [onLine] each line of stdout and stderr of a quiet program
 */

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 + signal number when a signal ended it, as shells say
 * @property {string} output what a quiet program wrote
 */

/** @type {Readonly<Record<string, number>>} */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number}
 */
export function exitCode(code, signal) {
  return code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0);
}

/**
 * Runs a program to its end. SIGINT and SIGTERM that reach us are passed on, and we outlive the child to report.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>} rejects only when the program cannot be started
 */
export function run(program, args, { cwd, env, isQuiet = false, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: isQuiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    const stopForwarding = forwardSignals(child);
    /** @type {string[]} */
    const lines = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
        lines.push(line);
        onLine?.(line);
      });
    }
    child.once("error", (error) => {
      stopForwarding();
      reject(error);
    });
    child.once("close", (code, signal) => {
      stopForwarding();
      resolve({ code: exitCode(code, signal), output: lines.join("\n") });
    });
  });
}

const parent = process.ppid;

/** How long a program outlives the npm that started it. */
const PARENT_POLL_MS = 250;

/**
 * A terminal sends Ctrl-C to the whole group, the child included; a supervisor signals us alone, or only npm, which ends
 * without a word to us: then our parent is another process than at the start. Each way the child is told.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} stops forwarding
 */
function forwardSignals(child) {
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const isFromTerminal = signal === "SIGINT" && process.stdin.isTTY;
    if (!isFromTerminal) child.kill(signal);
  };
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, PARENT_POLL_MS);
  for (const signal of signals) process.on(signal, forward);
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, forward);
  };
}
