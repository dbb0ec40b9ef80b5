import { spawn } from "node:child_process";
import { once } from "node:events";
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

test("run() ends the child when whoever started us is gone, as npm is after SIGTERM", async () => {
  const child = "console.log('ready'); setInterval(() => {}, 1000)";
  const program = `import { run } from ${JSON.stringify(new URL("processes.mjs", import.meta.url).href)}; await run(process.execPath, ["-e", ${JSON.stringify(child)}]);`;
  const shell = spawn("sh", ["-c", "\"$0\" --input-type=module -e \"$1\"; true", process.execPath, program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(shell.stdout, "data");
  const ended = once(shell.stdout, "close"); // the last process that holds the pipe is gone
  shell.kill("SIGTERM");
  await ended;
  expect(shell.signalCode).toBe("SIGTERM");
});
