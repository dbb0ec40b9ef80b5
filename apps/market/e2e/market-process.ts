/** The built program as a user runs it: a process, and two ports that the system chooses. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../dist/node/market.js", import.meta.url));

export interface Outcome { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export class MarketProcess {
  url = "";
  exchangeUrl = "";
  #child: ChildProcess | undefined;

  /** The exchange's time goes faster, so that nobody waits for texts at a person's pace. */
  async start(): Promise<void> {
    const child = run([], { PORT: "0", EXCHANGE_PORT: "0", SPEED: "3" });
    this.#child = child;
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => { errors += chunk.toString(); });
    await new Promise<void>((resolve, reject) => {
      let output = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const [, exchangeUrl, url] = /The exchange is ready: (ws:\S+)\nMarket is ready: (http:\S+)\n/u.exec(output) ?? [];
        if (url === undefined || exchangeUrl === undefined) return;
        Object.assign(this, { url, exchangeUrl });
        resolve();
      });
      child.once("exit", (code) => reject(new Error(`The program ended with ${String(code)}: ${errors}`)));
    });
  }

  /** Switches faults of the exchange as a program on this machine would. */
  async control(change: object): Promise<void> {
    const url = new URL("/control", this.exchangeUrl.replace("ws", "http"));
    const response = await fetch(url, { method: "POST", body: JSON.stringify(change) });
    if (!response.ok) throw new Error(`The exchange answered ${response.status}`);
  }

  /** @returns the exit code. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit") as Promise<[number | null]>;
    child.kill(signal);
    return (await exited)[0];
  }
}

/** Runs a command that ends by itself. */
export async function runToEnd(args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> {
  const child = run(args, environment);
  const closed = once(child, "close") as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([child.stdout === null ? "" : text(child.stdout), child.stderr === null ? "" : text(child.stderr), closed]);
  return { code, stdout, stderr };
}

function run(args: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program, ...args], { env: { PATH: process.env["PATH"] ?? "", ...environment }, stdio: ["ignore", "pipe", "pipe"] });
}
