import { expect, test } from "vitest";
import { Progress, parseEvent, taskResults } from "./turbo.mjs";

function event(source: string, text: string, level = "stdout"): string {
  return JSON.stringify({ source, level, timestamp: 1, text });
}

function progressOf(lines: readonly string[]): string[] {
  const written: string[] = [];
  const progress = new Progress((line) => { written.push(line.replace(/^ *[\d.]+ s/, "T")); });
  for (const line of lines) progress.read(line);
  return written;
}

test("parseEvent() reads turbo's events without colours, and nothing else", () => {
  expect(parseEvent(event("@x/errors#lint", "\u001b[31mno\u001b[0m", "stderr"))).toEqual({ source: "@x/errors#lint", level: "stderr", text: "no" });
  for (const line of ["", "turbo 2", "{", "{}", "{\"source\":1,\"text\":\"\"}", "null"]) expect(parseEvent(line)).toBeUndefined();
});

test("Progress says when a task starts, and is silent about cached and successful output", () => {
  expect(progressOf([
    event("turbo", " • Running lint", "info"),
    event("@x/errors#lint", "cache hit, replaying logs 1"), event("@x/errors#lint", "> eslint ."),
    event("@x/pool#lint", "cache miss, executing 2"), event("@x/pool#lint", "> eslint ."),
    event("turbo", "  Tasks:    2 successful, 2 total", "info"),
  ])).toEqual(["T (1 cached)  @x/pool lint"]);
});

test("Progress shows a failed task's output once, when it fails", () => {
  const written: string[] = [];
  const progress = new Progress((line) => { written.push(line.replace(/^ *[\d.]+ s/, "T")); });
  for (const line of [
    event("@x/a#lint", "cache miss, executing 1"), event("@x/b#test", "cache miss, executing 2"),
    event("@x/a#lint", "line 3: no"), event("@x/b#test", "fine"), event("@x/a#lint", " ELIFECYCLE  Command failed with exit code 1."),
    event("turbo", "command finished with error, but continuing...", "warn"), event("turbo", "command (/x) pnpm run lint exited (1)", "error"),
  ]) progress.read(line);
  progress.showFailure("@x/a#lint");
  progress.showFailure("@x/unknown#lint");
  expect(written).toEqual(["T  @x/a lint", "T  @x/b test", "T  ✗ @x/a lint failed:", "    | line 3: no", "    |  ELIFECYCLE  Command failed with exit code 1."]);
});

test("Progress passes on what turbo itself complains about", () => {
  expect(progressOf([
    event("turbo", "could not find task `lnt` in project", "error"), "  x Cyclic dependency detected: @x/a, @x/b", "", " ERROR  run failed: command  exited (1)",
  ])).toEqual(["T  could not find task `lnt` in project", "T    x Cyclic dependency detected: @x/a, @x/b"]);
});

test("Progress breaks a long silence only", () => {
  const written: string[] = [];
  const progress = new Progress((line) => { written.push(line); });
  progress.beat();
  expect(written).toEqual([]);
});

test("taskResults() reads outcome, cache and time of each task that has a command", () => {
  const task = { package: "@x/a", task: "lint", directory: "packages/a", command: "eslint .", cache: { status: "MISS" } };
  expect(taskResults({ tasks: [
    { ...task, task: "transit", command: "<NONEXISTENT>", execution: { startTime: 0, endTime: 0, exitCode: 0 } },
    { ...task, execution: { startTime: 1000, endTime: 3500, exitCode: 0 } },
    { ...task, task: "build", cache: { status: "HIT" }, execution: { startTime: 1000, endTime: 1000, exitCode: 0 } },
    { ...task, task: "test", execution: { startTime: 1000, endTime: 1100, exitCode: null, error: "killed" } },
    { ...task, task: "size" },
  ] })).toMatchObject([
    { task: "lint", outcome: "passed", isCached: false, startedAt: 1000, milliseconds: 2500 },
    { task: "build", outcome: "passed", isCached: true, milliseconds: 0 },
    { task: "test", outcome: "failed", isCached: false },
    { task: "size", outcome: "not run", milliseconds: 0 },
  ]);
});
