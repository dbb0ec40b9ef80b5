/** Test counts, read from the JSON reports that vitest leaves in each package. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** Which report a task writes, from its package's folder. */
export const reportFiles = /** @type {Readonly<Record<string, string>>} */ ({ "test": "reports/vitest.json", "test:e2e": "reports/e2e.json" });

/**
 * @param {{ numPassedTests?: number, numFailedTests?: number, numPendingTests?: number, numTodoTests?: number, success?: boolean }} report
 *   vitest's JSON report (Jest's format)
 * @returns {Counts}
 */
export function countsOf({ numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 }) {
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/**
 * The counts of one test task. A report older than the task's run is not its report.
 * @param {string} root
 * @param {import("./turbo.mjs").TaskResult} task
 * @returns {Counts | undefined} `undefined` when the task writes none, or ended before it did
 */
export function readCounts(root, task) {
  const file = reportFiles[task.task];
  const path = join(root, task.directory, file ?? "");
  if (file === undefined || task.outcome === "not run" || !existsSync(path)) return undefined;
  if (!task.isCached && statSync(path).mtimeMs < task.startedAt) return undefined;
  return countsOf(JSON.parse(readFileSync(path, "utf8")));
}
