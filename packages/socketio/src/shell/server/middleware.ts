/**
 * Functions that run one after the other and may refuse: `use((subject, next) => …)`.
 *
 * Room: socketio shell. Each has one say: a second `next`, or one after throwing, changes nothing.
 */
import { callSafely } from "@x/errors/handlers";

export type Next = (error?: Error) => void;
export type Step<Subject> = (subject: Subject, next: Next) => unknown;

/** Why a run ended early. */
export interface Failure {
  readonly error: unknown;
  /** Whether the step threw (or rejected), as opposed to handing the error to `next`. */
  readonly isCrash: boolean;
}

export interface Run<Subject> {
  readonly subject: Subject;
  /** Told once: nothing when every step let the subject pass. */
  readonly done: (failure?: Failure) => void;
  /** Told what a step threw after it had had its say. */
  readonly late: (error: unknown) => void;
}

export class Middleware<Subject> {
  #steps: readonly Step<Subject>[] = [];

  use(step: Step<Subject>): void {
    this.#steps = [...this.#steps, step];
  }

  useAll(other: Middleware<Subject>): void {
    this.#steps = [...this.#steps, ...other.#steps];
  }

  /** Steps added meanwhile are not part of this run. */
  run(run: Run<Subject>): void {
    take(run, this.#steps, 0);
  }
}

function take<Subject>(run: Run<Subject>, steps: readonly Step<Subject>[], at: number): void {
  const step = steps[at];
  if (step === undefined) {
    run.done();
    return;
  }
  let hasSpoken = false;
  const next: Next = (error) => {
    if (hasSpoken) return;
    hasSpoken = true;
    if (error) run.done({ error, isCrash: false });
    else take(run, steps, at + 1);
  };
  callSafely(step, [run.subject, next], (error) => {
    if (hasSpoken) run.late(error);
    else {
      hasSpoken = true;
      run.done({ error, isCrash: true });
    }
  });
}
