/**
 * Programs written for socket.io, in the manner of its tutorial, its guides and its documentation: each runs twice, on the official
 * packages and, with nothing changed but what its imports mean (programs/tsconfig.ours.json), on ours, and prints the same.
 *
 * A line begins with whoever says it. What each of them says is compared in order; who speaks first is the network's affair.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "programs");
const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));

/** @returns what each speaker says. */
async function run(program: string, tsconfig: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const child = spawn(process.execPath, ["--conditions=@x/source", "--import", "tsx", join(folder, program)], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig } });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [output, failures, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  expect({ failures, exitCode }).toEqual({ failures: "", exitCode: 0 });
  const said: Record<string, string[]> = {};
  for (const line of output.trimEnd().split("\n")) (said[line.split(":", 1)[0] ?? ""] ??= []).push(line);
  return said;
}

test.each(programs)("%s says the same on ours", { timeout: 60_000 }, async (program) => {
  const [official, ours] = await Promise.all([run(program, join(folder, "../../../tsconfig.json")), run(program, join(folder, "tsconfig.ours.json"))]);
  expect(Object.keys(official).length).toBeGreaterThan(1);
  expect(ours).toEqual(official);
});
