/** The closing summary of `npm test`: pure text from results. */
import { duration } from "./console.mjs";

/** @typedef {import("./reports.mjs").Counts} Counts */
/** @typedef {import("./turbo.mjs").TaskResult} TaskResult */

/**
 * @typedef {object} SkippedSuite
 * @property {string} suite
 * @property {string} missing what the system lacks
 * @property {string} command what would install it
 * @property {boolean} isFailure with CI=true a missing need fails the run
 * @property {boolean} isCounted the suite is part of a test task, whose report counts it
 */

/**
 * @typedef {object} Results
 * @property {number} turboCode
 * @property {readonly (TaskResult & { counts: Counts | undefined })[]} tasks
 * @property {readonly SkippedSuite[]} skipped
 * @property {readonly string[]} notes further lines: sizes, screenshots
 * @property {number} elapsedMs
 */

/**
 * Every test counts once, and so does every other task (lint, types …). A test task that failed without a failed test
 * (it crashed, or its suite could not load) counts as one failure; so does a turbo that failed without a failed task.
 * @param {Results} results
 * @returns {Counts}
 */
export function total({ turboCode, tasks, skipped }) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { counts, outcome } of tasks) {
    if (counts === undefined) sum[outcome === "passed" ? "passed" : outcome === "failed" ? "failed" : "skipped"] += 1;
    else {
      sum.passed += counts.passed;
      sum.failed += outcome === "failed" ? Math.max(1, counts.failed) : counts.failed;
      sum.skipped += counts.skipped;
    }
  }
  for (const { isFailure, isCounted } of skipped) if (!isCounted) sum[isFailure ? "failed" : "skipped"] += 1;
  if (turboCode !== 0 && sum.failed === 0) sum.failed = 1;
  return sum;
}

/**
 * @param {Counts} counts
 * @returns {string} "12 passed, 0 failed", with ", 3 skipped" when there are any
 */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * @param {Results} results
 * @returns {string[]} lines; the last is {@link lastLine}
 */
export function summarize(results) {
  const { tasks, skipped, notes, elapsedMs, turboCode } = results;
  const bad = tasks.filter(({ outcome }) => outcome !== "passed");
  return [
    ...taskTable(tasks), "",
    ...testTable(tasks),
    ...section("Not passed:", bad.map(({ package: name, task, outcome }) => `${name} ${task}: ${outcome === "failed" ? "failed, its output is above" : "not run, what it builds on failed"}`)),
    ...section("Suites left out:", skipped.map(({ suite, missing, command, isFailure }) => `${suite}: ${missing} is missing${isFailure ? " (a failure, because CI is set)" : ""}. Install it: ${command}`)),
    ...section("Artifacts and sizes:", notes),
    ...(turboCode !== 0 && bad.length === 0 ? ["", `turbo ended with code ${turboCode} before its tasks did; its own words are above.`] : []),
    "", `Took ${duration(elapsedMs)}.`, lastLine(total(results)),
  ];
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 */
function section(title, lines) {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** @param {readonly TaskResult[]} tasks */
function taskTable(tasks) {
  const names = [...new Set(tasks.map(({ task }) => task))];
  const rows = names.map((name) => {
    const own = tasks.filter(({ task }) => task === name);
    /** @param {(task: TaskResult) => boolean} test */
    const count = (test) => String(own.filter(test).length);
    return [
      name, count(({ outcome, isCached }) => outcome === "passed" && !isCached), count(({ isCached }) => isCached),
      count(({ outcome }) => outcome === "failed"), count(({ outcome }) => outcome === "not run"),
      duration(own.reduce((sum, { milliseconds, isCached }) => sum + (isCached ? 0 : milliseconds), 0)),
    ];
  });
  return table(["task", "ok", "cached", "failed", "not run", "time"], rows);
}

/** @param {Results["tasks"]} tasks */
function testTable(tasks) {
  const rows = tasks.flatMap(({ package: name, task, counts }) => (counts === undefined ? [] : [[`${name} ${task}`, String(counts.passed), String(counts.failed), String(counts.skipped)]]));
  return table(["tests", "passed", "failed", "skipped"], rows);
}

/**
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows
 * @returns {string[]} aligned columns, the first to the left, the others to the right
 */
function table(header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`);
}
