/**
 * The program's streams: lines out, lines in, and a prompt that stays below what comes in.
 */
import { once } from "node:events";
import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { History } from "./history.js";
import { lineOf, type Happening, type OutputOptions } from "./output.js";

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What Ctrl-C does; at a prompt it is no signal. */
  readonly interrupt: () => void;
}

export interface Listener {
  /** Lines come one after another: the next one when the promise is settled. */
  onLine(line: string): Promise<unknown> | undefined;
  /** Standard input has ended, or Ctrl-D was typed; after the last line. */
  onEnd(): void;
}

/** Lines that wait for their turn; beyond it standard input is not read. */
const MAX_WAITING_LINES = 256;

export class Terminal {
  readonly #streams: Streams;
  readonly #output: OutputOptions;
  readonly #startedMs = performance.now();
  readonly #waiting: string[] = [];
  #prompt: Interface | undefined;
  #isSaying = false;
  #hasEnded = false;

  constructor(streams: Streams, output: OutputOptions) {
    this.#streams = streams;
    this.#output = output;
  }

  /** Somebody sits there. */
  get isInteractive(): boolean {
    return this.#output.mode === "pretty" && this.#streams.stdin.isTTY === true;
  }

  /** @returns `false` when whoever reads standard output cannot keep up; see {@link drained}. */
  tell(happening: Happening): boolean {
    const line = lineOf(happening, this.#output, performance.now() - this.#startedMs);
    if (line === undefined) return true;
    this.#hidePrompt();
    const hasRoom = this.#streams[line.to].write(`${line.text}\n`);
    this.#showPrompt();
    return hasRoom || line.to === "stderr";
  }

  /** Standard output takes more. */
  async drained(): Promise<void> {
    if (this.#streams.stdout.writableNeedDrain) await once(this.#streams.stdout, "drain");
  }

  /** Lines of standard input, until it ends or {@link stop}. */
  listen(listener: Listener): void {
    const prompt = this.isInteractive ? this.#interactive() : createInterface({ input: this.#streams.stdin });
    this.#prompt = prompt;
    prompt.on("line", (line) => {
      this.#waiting.push(line);
      if (this.#waiting.length >= MAX_WAITING_LINES) prompt.pause();
      if (!this.#isSaying) void this.#say(listener, prompt);
    });
    prompt.on("close", () => {
      this.#hasEnded = true;
      if (!this.#isSaying) listener.onEnd();
    });
    if (this.isInteractive) prompt.prompt();
  }

  /** The prompt goes, and what was typed with it. */
  stop(): void {
    this.#hidePrompt();
    const prompt = this.#prompt;
    this.#prompt = undefined;
    prompt?.removeAllListeners("close").close();
  }

  #interactive(): Interface {
    const { stdin, stdout, env, interrupt } = this.#streams;
    const history = new History(env);
    const prompt = createInterface({ input: stdin, output: stdout, prompt: "> ", historySize: History.size, history: history.read(), removeHistoryDuplicates: true });
    prompt.on("line", (line) => history.add(line));
    prompt.on("SIGINT", () => {
      if (prompt.line === "") interrupt();
      else for (const name of ["e", "u"]) prompt.write(null, { ctrl: true, name }); // to the end, and all of it away: as shells do
    });
    return prompt;
  }

  async #say(listener: Listener, prompt: Interface): Promise<void> {
    this.#isSaying = true;
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      await listener.onLine(line);
      if (this.isInteractive && this.#prompt === prompt) prompt.prompt();
    }
    this.#isSaying = false;
    if (this.#hasEnded) listener.onEnd();
    else prompt.resume();
  }

  /** What is typed may take several rows. */
  #hidePrompt(): void {
    if (this.#prompt === undefined || !this.isInteractive) return;
    const { stdout } = this.#streams;
    const { rows } = this.#prompt.getCursorPos();
    moveCursor(stdout, 0, -rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
  }

  /** Before it draws, readline goes up by the rows that it drew last, of which nothing is left: so the cursor goes down by them first. */
  #showPrompt(): void {
    if (this.#prompt === undefined || !this.isInteractive) return;
    const drawn: unknown = Reflect.get(this.#prompt, "prevRows");
    this.#streams.stdout.write("\n".repeat(typeof drawn === "number" ? drawn : 0));
    this.#prompt.prompt(true);
  }
}
