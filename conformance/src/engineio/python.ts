/** Debian's python-engineio as a process of its own, driven line by line (peers/engineio_peer.py). */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const PYTHON = "/usr/bin/python3";
const PACKAGES = "/usr/lib/python3/dist-packages";
const program = join(import.meta.dirname, "../../peers/engineio_peer.py");

export const installPythonEngine = "apt-get install -y python3-engineio python3-aiohttp python3-requests python3-websocket";

/** Whether the libraries are there. Where they must be, with CI=true, a test without them fails. */
export const hasPythonEngine: boolean = existsSync(PYTHON) && ["engineio", "aiohttp", "requests", "websocket"].every((name) => existsSync(join(PACKAGES, name)));

/** A running peer: commands in, events out. */
export class PythonPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #gone: Promise<void>;
  readonly #events: [name: string, ...args: unknown[]][] = [];
  #isGone = false;
  #wake: () => void = () => undefined;

  constructor(args: readonly string[]) {
    this.#child = spawn(PYTHON, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
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

/** AsyncServer on aiohttp; `options` are python-engineio's, beside `echo` and `refuse`. */
export async function pythonEngineServer(options: Readonly<Record<string, unknown>> = {}): Promise<{ readonly peer: PythonPeer; readonly url: string }> {
  const peer = new PythonPeer(["server", JSON.stringify(options)]);
  const [port] = await peer.next("listening");
  return { peer, url: `http://127.0.0.1:${String(port)}` };
}

/** Client or AsyncClient; `options` are those of its `connect`. */
export function pythonEngineClient(kind: "async" | "sync", url: string, options: Readonly<Record<string, unknown>> = {}): PythonPeer {
  return new PythonPeer([kind, url, JSON.stringify(options)]);
}

/** Bytes as they travel to and from the peer. */
export function b64(...bytes: readonly number[]): { readonly b64: string } {
  return { b64: Buffer.from(bytes).toString("base64") };
}
