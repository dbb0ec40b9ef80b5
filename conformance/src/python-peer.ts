/** A program of `peers/` on Debian's Python, as a process of its own, driven line by line. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const PYTHON = "/usr/bin/python3";
const PACKAGES = "/usr/lib/python3/dist-packages";

export function hasPythonPackages(...names: readonly string[]): boolean {
  return existsSync(PYTHON) && names.every((name) => existsSync(join(PACKAGES, name)));
}

/** A running peer: commands in, events out. */
export class PythonPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #gone: Promise<void>;
  readonly #events: [name: string, ...args: unknown[]][] = [];
  #isGone = false;
  #wake: () => void = () => undefined;

  /** @param program of the folder `peers`. */
  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(PYTHON, ["-B", join(import.meta.dirname, "../peers", program), ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdin.on("error", () => undefined); // it may end first
    this.#gone = new Promise((resolve) => this.#child.once("close", () => {
      this.#isGone = true;
      this.#wake();
      resolve();
    }));
    createInterface(this.#child.stdout).on("line", (line) => {
      this.#events.push(JSON.parse(line) as [string, ...unknown[]]);
      this.#wake();
    });
  }

  /** @returns the arguments of the next event of this name; events of other names stay where they are. */
  async next(name: string): Promise<unknown[]> {
    for (;;) {
      const at = this.#events.findIndex(([event]) => event === name);
      if (at >= 0) return this.#events.splice(at, 1)[0]?.slice(1) ?? [];
      if (this.#isGone) throw new Error(`The Python peer ended before ${name}; it said ${JSON.stringify(this.#events)}`);
      await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
  }

  /** @returns the last argument of the next `count` events of this name. */
  async nextOf(name: string, count: number): Promise<unknown[]> {
    const got: unknown[] = [];
    while (got.length < count) got.push((await this.next(name)).at(-1));
    return got;
  }

  do(...command: readonly unknown[]): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#gone;
  }
}

/** Bytes as they travel to and from the peer. */
export function b64(...bytes: readonly number[]): { readonly b64: string } {
  return { b64: Buffer.from(bytes).toString("base64") };
}
