/**
 * The built server as a user runs it: a process, a data folder, a port.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

const main = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));

export interface Outcome { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export class ChatProcess {
  readonly folder: string = copyOfDatabase();
  url = "";
  #child: ChildProcess | undefined;

  /** Starts on a free port, later again on the same one. */
  async start(): Promise<void> {
    const port = this.url === "" ? "0" : new URL(this.url).port;
    const child = run({ PORT: port, DATA_DIR: this.folder });
    this.#child = child;
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => { errors += chunk.toString(); });
    this.url = await new Promise<string>((resolve, reject) => {
      let output = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const [, url] = /Chat is ready: (http:\/\/\S+)\n/u.exec(output) ?? [];
        if (url !== undefined) resolve(url);
      });
      child.once("exit", (code) => { reject(new Error(`The server ended with ${String(code)}: ${errors}`)); });
    });
  }

  /** @returns the exit code; null when the signal ended it without being handled. */
  async stop(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit") as Promise<[number | null]>;
    child.kill(signal);
    const [code] = await exited;
    return code;
  }

  async dispose(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function copyOfDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), "chat-e2e-"));
  cpSync(inject("freshDatabase"), folder, { recursive: true });
  return folder;
}

/** Runs a server that is expected to end by itself. */
export async function runToEnd(environment: Record<string, string>): Promise<Outcome> {
  const child = run(environment);
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr?.on("data", (chunk: Buffer) => { stderr += chunk.toString(); });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

function run(environment: Record<string, string>): ChildProcess {
  const inherited = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
  return spawn(process.execPath, [main], { env: { ...inherited, ...environment, LOG_LEVEL: environment["LOG_LEVEL"] ?? "warn" }, stdio: ["ignore", "pipe", "pipe"] });
}
