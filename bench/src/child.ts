/**
 * A child process that answers questions, seen from the orchestrator.
 */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Measurements run compiled files; only the smoke test runs sources. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const loader = extension === ".ts" ? ["--import", "tsx"] : [];

export interface ChildOptions {
  readonly arguments?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export class Child<Question extends object, Answer extends { readonly kind: string }> {
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #pending: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  /** An answer that came before its question: a server's "ready". */
  #early: Answer | undefined;

  constructor(file: "server" | "generator", options: ChildOptions = {}) {
    this.#process = fork(fileURLToPath(new URL(`${file}${extension}`, import.meta.url)), [...(options.arguments ?? [])], {
      execArgv: [...loader, ...(options.nodeFlags ?? [])],
      env: { ...process.env, NODE_ENV: "production", ...options.environment },
      serialization: "json",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once("exit", (code) => {
        this.#pending?.reject(new Error(`${file} ${options.arguments?.[0] ?? ""} ended with ${String(code)}`));
        resolve();
      });
    });
    this.#process.on("message", (message) => this.#take(message as Answer));
  }

  /** The next answer of the given kind, after asking `question` if there is one. */
  async ask<Kind extends Answer["kind"]>(question: Question | undefined, kind: Kind, timeoutMs = 60_000): Promise<Extract<Answer, { kind: Kind }>> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer to ${(JSON.stringify(question ?? "ready")).slice(0, 120)} in ${timeoutMs} ms`)), timeoutMs);
      this.#pending = {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      if (question !== undefined) this.#process.send(question);
      else if (this.#early !== undefined) this.#take(this.#early);
    });
    if (answer.kind !== kind) throw new Error(`Asked for ${kind}, was answered ${JSON.stringify(answer).slice(0, 200)}`);
    return answer as Extract<Answer, { kind: Kind }>;
  }

  /** Lets the child end by itself, so that it can write a profile; ends it after two seconds. */
  async stop(question: Question): Promise<void> {
    if (this.#process.exitCode === null && this.#process.connected) this.#process.send(question);
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 2_000);
    await this.#exited;
    clearTimeout(timer);
  }

  #take(answer: Answer): void {
    const pending = this.#pending;
    this.#pending = this.#early = undefined;
    if (pending === undefined) this.#early = answer;
    else pending.resolve(answer);
  }
}
