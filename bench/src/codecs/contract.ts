/**
 * What every codec of the bench is: tasks by name, of which a process does the one that `BENCH_TASK` names, alone.
 */
import type { Start } from "../servers/contract.js";

export interface Task {
  /** How many one call of `run` handles; few, where each takes long. */
  readonly messages: number;
  readonly run: () => void;
  /** What came of the last message. */
  readonly outcome: () => unknown;
}

/** By name; made when they are wanted. */
export type Tasks<Name extends string = string> = Readonly<Record<Name, () => Task>>;

export function doing(tasks: Tasks): Start {
  return () => {
    const name = process.env["BENCH_TASK"] ?? "";
    const task = tasks[name]?.();
    if (task === undefined) throw new Error(`No task ${name}`);
    return Promise.resolve({ port: 0, work: (count) => work(task, count) });
  };
}

/** What comes of it is looked at, or the compiler would leave out what makes it. */
function work({ messages, run, outcome }: Task, count: number): Promise<void> {
  for (let done = 0; done < count; done += messages) run();
  return outcome() === undefined ? Promise.reject(new Error("Nothing came of it")) : Promise.resolve();
}
