/** Programs run to their end, output kept. */
import { spawn } from "node:child_process";

export interface Outcome {
  readonly code: number;
  /** stdout and stderr as they came. */
  readonly output: string;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd: string;
}

/** A program is killed then, and its code is 124: it hangs, even on a busy machine. */
const TIMEOUT_MS = 180_000;

/** @returns the outcome, whatever the exit code; rejects only when the program cannot be started. */
export function run(program: string, args: readonly string[], { cwd }: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" } });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    let output = "";
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => { output += text; stdout += text; });
    child.stderr.setEncoding("utf8").on("data", (text: string) => { output += text; });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const ending = signal === null ? "" : `\n(ended by ${signal} after ${String(TIMEOUT_MS)} ms)`;
      resolve({ code: code ?? 124, output: output + ending, stdout });
    });
  });
}
