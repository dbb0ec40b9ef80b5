/**
 * Runs every program of this folder in a process of its own, as a reader would, and compares what it prints with its comments.
 */
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const folder = import.meta.dirname;
const programs = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));

async function run(file: string): Promise<{ output: string; failures: string; exitCode: number | null }> {
  const child = spawn(process.execPath, ["--conditions=@x/source", "--import", "tsx", join(folder, file)], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [output, failures, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { output, failures, exitCode };
}

test.concurrent.each(programs)("%s prints what its comments say, and ends by itself", { timeout: 60_000 }, async (file) => {
  const expected = [...readFileSync(join(folder, file), "utf8").matchAll(/^\/\/ prints: (.*)$/gm)].map((match) => match[1]);
  expect(expected).not.toHaveLength(0);
  const { output, failures, exitCode } = await run(file);
  expect({ failures, exitCode }).toEqual({ failures: "", exitCode: 0 });
  expect(output.trimEnd().split("\n")).toEqual(expected);
});

test("every program stays within 40 lines", () => {
  for (const file of programs) expect(readFileSync(join(folder, file), "utf8").split("\n").length, file).toBeLessThanOrEqual(41);
});

test("README and how-to pages quote every program as it is, or, of a folder, link it", () => {
  const howTo = join(folder, "../../docs/how-to");
  const pages = [join(folder, "../../README.md"), ...readdirSync(howTo).map((name) => join(howTo, name))].map((file) => readFileSync(file, "utf8"));
  for (const file of programs) expect(pages.some((page) => page.includes(quoted(file)) || (file.includes(sep) && page.includes(`](../../examples/src/${file})`))), file).toBe(true);
});

function quoted(file: string): string {
  return `\`\`\`ts\n// examples/src/${file}\n${readFileSync(join(folder, file), "utf8")}\`\`\``;
}
