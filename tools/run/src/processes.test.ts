import { expect, test } from "vitest";
import { exitCode, run } from "./processes.mjs";

test.each<[number | null, NodeJS.Signals | null, number]>([[0, null, 0], [3, null, 3], [null, "SIGINT", 130], [null, "SIGTERM", 143], [null, "SIGKILL", 137]])("exitCode(%s, %s) is %i, as shells say", (code, signal, expected) => {
  expect(exitCode(code, signal)).toBe(expected);
});

test("run() collects a quiet program's lines and exit code", async () => {
  const lines: string[] = [];
  const outcome = await run(process.execPath, ["-e", "console.log('one\\r\\ntwo'); process.exitCode = 7"], { isQuiet: true, onLine: (line: string) => { lines.push(line); } });
  expect(outcome).toEqual({ code: 7, output: "one\ntwo" });
  expect(lines).toEqual(["one", "two"]);
});

test("run() rejects when there is no such program", async () => {
  await expect(run("/no/such/program", [])).rejects.toMatchObject({ code: "ENOENT" });
});

test("run() passes SIGTERM on and reports the child's own exit code", async () => {
  const listeners = process.listenerCount("SIGTERM");
  const program = "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('ready')";
  const outcome = await run(process.execPath, ["-e", program], { isQuiet: true, onLine: () => { process.emit("SIGTERM", "SIGTERM"); } });
  expect(outcome.code).toBe(5);
  expect(process.listenerCount("SIGTERM")).toBe(listeners);
});
