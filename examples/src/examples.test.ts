/**
 * Runs every program of this folder in a process of its own, as a reader would, and compares what it prints with its comments.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { compilePrograms, type Programs } from "@x/testkit/programs";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = import.meta.dirname;
const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));

/** Whether there is what a program needs beside Node and sources. Without it the program is not run, but on CI it must be there. */
const needs: Readonly<Record<string, () => boolean>> = {
  "socketio/emitter.ts": () => spawnSync("redis-server", ["--version"]).status === 0,
  "socketio/app.ts": () => existsSync(join(folder, "../../packages/socketio/dist/browser/socket.io.min.js")), // the one that serves what the build makes for pages
};
const canRun = (name: string): boolean => process.env["CI"] === "true" || (needs[name]?.() ?? true);

let programs: Programs;
beforeAll(async () => {
  programs = await compilePrograms(folder, names);
});
afterAll(() => programs.dispose());

test.concurrent.each(names.filter(canRun))("%s prints what its comments say, and ends by itself", { timeout: 180_000 }, async (name) => {
  const expected = [...readFileSync(join(folder, name), "utf8").matchAll(/^\/\/ prints: (.*)$/gm)].map((match) => match[1]);
  expect(expected).not.toHaveLength(0);
  const { output, failures, exitCode } = await programs.run(name);
  expect({ failures, exitCode }).toEqual({ failures: "", exitCode: 0 });
  expect(output.trimEnd().split("\n")).toEqual(expected);
});

test("every program stays within 40 lines", () => {
  for (const name of names) expect(readFileSync(join(folder, name), "utf8").split("\n").length, name).toBeLessThanOrEqual(41);
});

test("README and how-to pages quote every program as it is, or, of a folder, link it", () => {
  const howTo = join(folder, "../../docs/how-to");
  const pages = [join(folder, "../../README.md"), ...readdirSync(howTo).map((name) => join(howTo, name))].map((file) => readFileSync(file, "utf8"));
  for (const name of names) expect(pages.some((page) => page.includes(quoted(name)) || (name.includes(sep) && page.includes(`](../../examples/src/${name})`))), name).toBe(true);
});

function quoted(name: string): string {
  return `\`\`\`ts\n// examples/src/${name}\n${readFileSync(join(folder, name), "utf8")}\`\`\``;
}
