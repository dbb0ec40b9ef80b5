import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { countsOf, readCounts } from "./reports.mjs";
import { lastLine, summarize, total } from "./summary.mjs";

type Results = Parameters<typeof total>[0];
type Task = Results["tasks"][number];

const folders: string[] = [];
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true }); });

function task(changes: Partial<Task> = {}): Task {
  return { package: "@x/a", task: "lint", directory: "packages/a", outcome: "passed", isCached: false, startedAt: 1000, milliseconds: 1500, counts: undefined, ...changes };
}

function results(changes: Partial<Results> = {}): Results {
  return { turboCode: 0, tasks: [task()], skipped: [], notes: [], elapsedMs: 61_000, ...changes };
}

const chromium = { suite: "browser tests", missing: "chromium", command: "apt-get install -y chromium", isFailure: false, isCounted: false };

test("lastLine() names skipped only where there are any", () => {
  expect(lastLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  expect(lastLine({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
});

test.each<[string, Partial<Results>, string]>([
  ["counts tests one by one and other tasks as one", { tasks: [task(), task({ task: "test", counts: { passed: 10, failed: 0, skipped: 1 } })] }, "11 passed, 0 failed, 1 skipped"],
  ["counts failed tests and failed tasks", { turboCode: 1, tasks: [task({ outcome: "failed" }), task({ task: "test", outcome: "failed", counts: { passed: 8, failed: 2, skipped: 0 } })] }, "8 passed, 3 failed"],
  ["counts a test task that failed without a failed test", { turboCode: 1, tasks: [task({ task: "test", outcome: "failed", counts: { passed: 8, failed: 0, skipped: 0 } })] }, "8 passed, 1 failed"],
  ["counts a test task that crashed before its report", { turboCode: 1, tasks: [task({ task: "test", outcome: "failed" })] }, "0 passed, 1 failed"],
  ["never calls a failed turbo a success", { turboCode: 1, tasks: [] }, "0 passed, 1 failed"],
  ["counts what was not run as skipped", { turboCode: 1, tasks: [task({ outcome: "failed" }), task({ task: "test", outcome: "not run" })] }, "0 passed, 1 failed, 1 skipped"],
  ["counts a left-out suite as skipped", { skipped: [chromium] }, "1 passed, 0 failed, 1 skipped"],
  ["counts a left-out suite as failed in CI", { skipped: [{ ...chromium, isFailure: true }] }, "1 passed, 1 failed"],
  ["leaves a suite to the report that counts it", { skipped: [{ ...chromium, isFailure: true, isCounted: true }] }, "1 passed, 0 failed"],
])("total() %s", (_, changes, line) => {
  expect(lastLine(total(results(changes)))).toBe(line);
});

test("summarize() shows tasks, tests, what failed, what was left out and how to get it, and ends with the count", () => {
  const lines = summarize(results({
    turboCode: 1,
    tasks: [
      task(), task({ package: "@x/b", isCached: true, milliseconds: 0 }), task({ package: "@x/c", outcome: "failed", milliseconds: 500 }),
      task({ package: "@x/long", task: "test", counts: { passed: 120, failed: 0, skipped: 0 } }), task({ package: "@x/c", task: "build", outcome: "not run" }),
    ],
    skipped: [chromium], notes: ["@x/a: 1 kB"],
  }));
  expect(lines).toEqual([
    "  task   ok  cached  failed  not run   time",
    "  lint    1       1       1        0  2.0 s",
    "  test    1       0       0        0  1.5 s",
    "  build   0       0       0        1  1.5 s",
    "",
    "  tests         passed  failed  skipped",
    "  @x/long test     120       0        0",
    "", "Not passed:", "  @x/c lint: failed, its output is above", "  @x/c build: not run, what it builds on failed",
    "", "Suites left out:", "  browser tests: chromium is missing. Install it: apt-get install -y chromium",
    "", "Artifacts and sizes:", "  @x/a: 1 kB",
    "", "Took 61.0 s.", "122 passed, 1 failed, 2 skipped",
  ]);
});

test("summarize() points at turbo when it failed before any task", () => {
  expect(summarize(results({ turboCode: 2, tasks: [] })).join("\n")).toMatch(/turbo ended with code 2 before its tasks did[\s\S]*\n0 passed, 1 failed$/);
});

test("countsOf() reads vitest's JSON report", () => {
  expect(countsOf({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 })).toEqual({ passed: 5, failed: 1, skipped: 3 });
});

test("readCounts() takes the task's own report, never one from before the run", () => {
  const root = mkdtempSync(join(tmpdir(), "reports-"));
  folders.push(root);
  const file = join(root, "packages/a/reports/vitest.json");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify({ numPassedTests: 5 }));
  utimesSync(file, 1, 1);
  const ran = task({ task: "test", startedAt: 500 });
  expect(readCounts(root, ran)).toEqual({ passed: 5, failed: 0, skipped: 0 });
  expect(readCounts(root, { ...ran, startedAt: 2000 })).toBeUndefined();
  expect(readCounts(root, { ...ran, startedAt: 2000, isCached: true })).toEqual({ passed: 5, failed: 0, skipped: 0 });
  expect(readCounts(root, { ...ran, outcome: "not run" })).toBeUndefined();
  expect(readCounts(root, { ...ran, task: "test:e2e" })).toBeUndefined();
  expect(readCounts(root, { ...ran, task: "lint" })).toBeUndefined();
});
