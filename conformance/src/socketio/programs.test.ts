/**
 * Programs written for socket.io, in the manner of its tutorial, its guides and its documentation: each runs twice, on the official
 * packages and, with nothing changed but what its imports mean (programs/tsconfig.ours.json), on ours, and prints the same.
 *
 * A line begins with whoever says it. What each of them says is compared in order; who speaks first is the network's affair.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { compilePrograms, type Programs } from "@x/testkit/programs";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = join(import.meta.dirname, "programs");
const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));

let official: Programs;
let ours: Programs;
beforeAll(async () => {
  official = await compilePrograms(folder, names);
  ours = await compilePrograms(folder, names, join(folder, "tsconfig.ours.json"));
});
afterAll(async () => {
  await official.dispose();
  await ours.dispose();
});

/** @returns what each speaker says. */
async function said(programs: Programs, name: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { output, failures, exitCode } = await programs.run(name);
  expect({ failures, exitCode }).toEqual({ failures: "", exitCode: 0 });
  const lines: Record<string, string[]> = {};
  for (const line of output.trimEnd().split("\n")) (lines[line.split(":", 1)[0] ?? ""] ??= []).push(line);
  return lines;
}

test.each(names)("%s says the same on ours", async (name) => {
  const [theirs, own] = await Promise.all([said(official, name), said(ours, name)]);
  expect(Object.keys(theirs).length).toBeGreaterThan(1);
  expect(own).toEqual(theirs);
});
