/** The program as a process, run from its sources, and in this one, which is much faster. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { run } from "../src/command-line.js";

export interface Outcome {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** In this process, on streams in memory. @param input what standard input holds; without it, it stays open. */
export async function runHere(args: readonly string[], input?: string): Promise<Outcome> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, interrupt: () => undefined };
  if (input !== undefined) streams.stdin.end(input);
  const written = Promise.all([text(streams.stdout), text(streams.stderr)]);
  const exitCode = await run(args, streams, new AbortController().signal);
  streams.stdout.end();
  streams.stderr.end();
  const [out, err] = await written;
  return { exitCode, out, err };
}

const source = join(import.meta.dirname, "../src/xws.ts");
/** For `node`: what runs the program. */
const program: readonly string[] = ["--conditions=@x/source", "--import", "tsx", source];

/** Started, and ended with whoever is handed the way to do so. */
export function start(args: readonly string[], onStart: (child: ChildProcessWithoutNullStreams) => void): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [...program, ...args], { env: { ...process.env, NO_PROXY: "*" } });
  onStart(child);
  return child;
}

/** Run to its end. */
export async function outcomeOf(child: ChildProcessWithoutNullStreams, input: string): Promise<Outcome> {
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.stdin.end(input);
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, out, err };
}
