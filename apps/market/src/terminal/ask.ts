/**
 * `market ask`: simulated texts, written as they come. One is written token by token; several, sentence by sentence, each with its number.
 *
 * Room: terminal. All come over the same socket.
 */
import { randomUUID } from "node:crypto";
import type { ChannelReader } from "../market/reader.js";
import { readText } from "../market/texts.js";
import { tellState } from "./connection.js";
import type { Output, Streams } from "./streams.js";

export interface AskOptions {
  readonly reader: ChannelReader;
  readonly prompts: readonly string[];
  /** Cancels what is being written. */
  readonly signal: AbortSignal;
  readonly streams: Streams;
}

/** @returns when all texts have ended, whether all are whole. */
export async function ask({ reader, prompts, signal, streams }: AskOptions): Promise<boolean> {
  const stopTelling = tellState(reader, streams);
  const ends = await Promise.all(prompts.map((prompt, index) => one(reader, prompt, signal, prompts.length === 1 ? new Tokens(streams.stdout) : new Sentences(streams.stdout, index + 1), streams)));
  stopTelling();
  return ends.every(Boolean);
}

function one(reader: ChannelReader, prompt: string, signal: AbortSignal, writer: Tokens | Sentences, { stderr }: Streams): Promise<boolean> {
  return new Promise((resolve) => {
    let last = 0;
    const end = (isWhole: boolean): void => {
      signal.removeEventListener("abort", onAbort);
      writer.end();
      resolve(isWhole);
    };
    const onAbort = (): void => {
      text.cancel();
      end(false);
      stderr.write(`market: cancelled after token ${last}\n`);
    };
    const text = readText(reader, randomUUID(), prompt, {
      onToken: (token, position) => {
        last = position;
        writer.token(token);
      },
      onEnd: () => end(true),
      onRefused: (message) => {
        stderr.write(`market: refused: ${message}\n`);
        end(false);
      },
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });
}

class Tokens {
  readonly #stdout: Output;

  constructor(stdout: Output) {
    this.#stdout = stdout;
  }

  token(text: string): void {
    this.#stdout.write(text);
  }

  end(): void {
    this.#stdout.write("\n");
  }
}

class Sentences {
  readonly #stdout: Output;
  readonly #number: number;
  #pending = "";

  constructor(stdout: Output, number: number) {
    this.#stdout = stdout;
    this.#number = number;
  }

  token(text: string): void {
    this.#pending += text;
    if (/[.!?]$/u.test(text)) this.#flush();
  }

  end(): void {
    if (this.#pending !== "") this.#flush();
  }

  #flush(): void {
    this.#stdout.write(`[${this.#number}] ${this.#pending.trim()}\n`);
    this.#pending = "";
  }
}
