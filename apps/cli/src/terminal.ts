/**
 * The program's streams: lines out, lines in, a prompt that stays below what comes in, and a history.
 */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { lineOf, type Happening, type OutputOptions } from "./output.js";

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MAX_HISTORY = 500;

export class Terminal {
  readonly #streams: Streams;
  readonly #output: OutputOptions;
  readonly #startedMs = performance.now();
  #prompt: Interface | undefined;

  constructor(streams: Streams, output: OutputOptions) {
    this.#streams = streams;
    this.#output = output;
  }

  /** Somebody sits there. */
  get isInteractive(): boolean {
    return this.#output.mode === "pretty" && this.#streams.stdin.isTTY === true;
  }

  tell(happening: Happening): void {
    const line = lineOf(happening, this.#output, performance.now() - this.#startedMs);
    if (line === undefined) return;
    const isPrompting = this.#prompt !== undefined && this.isInteractive;
    if (isPrompting) this.#streams.stdout.write("\r\u001b[K"); // the prompt goes, and comes back below
    this.#streams[line.to].write(`${line.text}\n`);
    if (isPrompting) this.#prompt?.prompt(true);
  }

  /** Lines of standard input, until it ends or {@link stop}. `onInterrupt` is for Ctrl-C at a prompt, where it is no signal. */
  listen(onLine: (line: string) => void, onEnd: () => void, onInterrupt: () => void): void {
    const { stdin, stdout, env } = this.#streams;
    const history = historyFile(env);
    const prompt = createInterface(this.isInteractive
      ? { input: stdin, output: stdout, prompt: "> ", historySize: MAX_HISTORY, history: readHistory(history) }
      : { input: stdin });
    this.#prompt = prompt;
    prompt.on("line", (line) => {
      if (this.isInteractive && line !== "") keepHistory(history, line);
      onLine(line);
      if (this.isInteractive && this.#prompt !== undefined) prompt.prompt();
    });
    prompt.on("close", onEnd).on("SIGINT", onInterrupt);
    if (this.isInteractive) prompt.prompt();
  }

  stop(): void {
    const prompt = this.#prompt;
    this.#prompt = undefined;
    prompt?.removeAllListeners("close").close();
  }
}

function historyFile(env: Streams["env"]): string {
  return join(env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "xws", "history");
}

/** Newest first, as readline wants them. */
function readHistory(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter((line) => line !== "").slice(-MAX_HISTORY).reverse();
  } catch {
    return []; // there is none yet
  }
}

function keepHistory(file: string, line: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    appendFileSync(file, `${line}\n`, { mode: 0o600 });
  } catch {
    // a history that cannot be written is no reason to stop
  }
}
