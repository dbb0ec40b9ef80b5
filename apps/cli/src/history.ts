/**
 * Lines typed before: a file of them that only its owner can read.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export class History {
  /** Lines kept. */
  static readonly size = 500;
  readonly #file: string;
  #last: string | undefined;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#file = join(env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "xws", "history");
  }

  /** Newest first, as readline wants them. A file that has grown to twice its size is cut. */
  read(): string[] {
    const lines = this.#lines();
    const kept = lines.slice(-History.size);
    this.#last = kept.at(-1);
    if (lines.length > 2 * History.size) this.#try(() => writeFileSync(this.#file, `${kept.join("\n")}\n`, { mode: 0o600 }));
    return kept.reverse();
  }

  /** Keeps a line, unless it is empty or the last one again. */
  add(line: string): void {
    if (line === "" || line === this.#last) return;
    this.#last = line;
    this.#try(() => {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      appendFileSync(this.#file, `${line}\n`, { mode: 0o600 });
    });
  }

  #lines(): string[] {
    try {
      return readFileSync(this.#file, "utf8").split("\n").filter((line) => line !== "");
    } catch {
      return []; // there is none yet
    }
  }

  /** A history that cannot be written is no reason to stop. */
  #try(write: () => void): void {
    try {
      write();
    } catch {
      // see above
    }
  }
}
