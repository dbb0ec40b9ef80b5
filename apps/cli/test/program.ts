/** The program as a process, run from its sources. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface Outcome {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

const source = join(import.meta.dirname, "../src/xws.ts");
/** For `node`: what runs the program. */
export const program: readonly string[] = ["--conditions=@x/source", "--import", "tsx", source];

/** Started, and ended with whoever is handed the way to do so. */
export function start(args: readonly string[], onStart: (child: ChildProcessWithoutNullStreams) => void): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [...program, ...args], { env: { ...process.env, NO_PROXY: "*" } });
  onStart(child);
  return child;
}

/** Run to its end. @param input what standard input holds; without it, it stays open. */
export async function outcomeOf(child: ChildProcessWithoutNullStreams, input?: string): Promise<Outcome> {
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (input !== undefined) child.stdin.end(input);
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, out, err };
}
