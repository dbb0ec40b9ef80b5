/**
 * What every client of the bench is: a way to open one connection and to be told of each text that comes. The rest is the same for all:
 * `connections` of them, bursts of `inFlight` messages, the next burst when all replies are in.
 */
import type { Subject } from "../servers/contract.js";

export interface ClientSpec {
  readonly port: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly message: string;
}

export interface Line {
  send(text: string): void;
}

export type Dial = (url: string, onText: (text: string) => void) => Promise<Line>;

export async function client(spec: ClientSpec, dial: Dial): Promise<Subject> {
  const callers: Caller[] = [];
  while (callers.length < spec.connections) callers.push(await Caller.dial(spec, dial));
  for (const caller of callers) await caller.check();
  return {
    port: 0,
    work: async (count) => {
      const budget = { left: count };
      await Promise.all(callers.map((caller) => caller.run(budget)));
    },
  };
}

class Caller {
  readonly #spec: ClientSpec;
  #line: Line | undefined;
  #awaited = 0;
  #onText: (text: string) => void = () => undefined;

  private constructor(spec: ClientSpec) {
    this.#spec = spec;
  }

  static async dial(spec: ClientSpec, dial: Dial): Promise<Caller> {
    const caller = new Caller(spec);
    caller.#line = await dial(`ws://127.0.0.1:${spec.port}/`, (text) => caller.#onText(text));
    return caller;
  }

  /** The first reply is compared, before anything is timed. */
  async check(): Promise<void> {
    const reply = await new Promise<string>((resolve) => {
      this.#onText = resolve;
      this.#line?.send(this.#spec.message);
    });
    if (reply !== this.#spec.message) throw new Error(`Received ${reply.slice(0, 80)}, must be ${this.#spec.message.slice(0, 80)}`);
  }

  run(budget: { left: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onText = () => {
        this.#awaited -= 1;
        if (this.#awaited === 0) this.#burst(budget, resolve);
        else if (this.#awaited < 0) reject(new Error("A reply too many"));
      };
      this.#burst(budget, resolve);
    });
  }

  #burst(budget: { left: number }, done: () => void): void {
    const count = Math.min(this.#spec.inFlight, budget.left);
    budget.left -= count;
    this.#awaited = count;
    for (let turn = 0; turn < count; turn++) this.#line?.send(this.#spec.message);
    if (count === 0) done();
  }
}
