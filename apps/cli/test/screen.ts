/** As much of a terminal as readline uses: what a person would see, and keys. */
import { PassThrough } from "node:stream";
import { expect } from "vitest";
import type { Streams } from "../src/terminal.js";

export class Screen {
  readonly #rows: string[][] = [[]];
  readonly #columns: number;
  #row = 0;
  #column = 0;
  readonly #stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  readonly streams: Streams;

  constructor(columns: number, env: Streams["env"], interrupt: () => void = () => undefined) {
    this.#columns = columns;
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns });
    const stderr = new PassThrough();
    for (const stream of [stdout, stderr]) stream.on("data", (chunk: Buffer) => this.#write(chunk.toString()));
    this.streams = { stdin: this.#stdin, stdout, stderr, env: { NO_COLOR: "1", ...env }, interrupt };
  }

  type(keys: string): void {
    this.#stdin.write(keys);
  }

  /** Rows from the top, without what is empty below. */
  get text(): string {
    return this.#rows.map((row) => row.join("").trimEnd()).join("\n").trimEnd();
  }

  async until(part: string): Promise<void> {
    await expect.poll(() => this.text).toContain(part);
  }

  #write(text: string): void {
    for (const [part] of text.matchAll(/\u001b\[(\d*)([A-Z])|\r|\n|[^]/g)) {
      const [, count = "", command] = /^\u001b\[(\d*)([A-Z])$/.exec(part) ?? [];
      if (command !== undefined) this.#control(command, count === "" ? undefined : Number(count));
      else if (part === "\r") this.#column = 0;
      else if (part === "\n") this.#down();
      else this.#put(part);
    }
  }

  #control(command: string, count: number | undefined): void {
    switch (command) {
      case "A": this.#row = Math.max(0, this.#row - (count ?? 1)); break;
      case "C": this.#column += count ?? 1; break;
      case "D": this.#column = Math.max(0, this.#column - (count ?? 1)); break;
      case "G": this.#column = (count ?? 1) - 1; break;
      case "J": this.#rows.length = this.#row + 1; this.#rows[this.#row] = this.#rows[this.#row]?.slice(0, this.#column) ?? []; break;
      default: throw new Error(`Screen does not know ${command}`);
    }
  }

  #put(character: string): void {
    if (this.#column === this.#columns) this.#down();
    (this.#rows[this.#row] ??= [])[this.#column++] = character;
  }

  #down(): void {
    this.#row++;
    this.#column = 0;
    this.#rows[this.#row] ??= [];
  }
}
