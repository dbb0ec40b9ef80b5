/** Stand-ins for clients that live in higher packages: each call takes the next step of a script. */

/** A step: a value to return, or an error to throw. */
export type Step = unknown;

/** An async function that goes through `steps`, the last again and again, and remembers what it was called with. */
export interface Scripted {
  (...args: readonly unknown[]): Promise<unknown>;
  readonly calls: (readonly unknown[])[];
}

export function script(...steps: readonly Step[]): Scripted {
  const calls: (readonly unknown[])[] = [];
  const call = async (...args: readonly unknown[]): Promise<unknown> => {
    const step = steps[Math.min(calls.length, steps.length - 1)];
    calls.push(args);
    await Promise.resolve();
    if (step instanceof Error) throw step;
    return step;
  };
  return Object.assign(call, { calls });
}

/** Collects what an example prints. */
export interface Printed {
  (line: string): void;
  readonly lines: string[];
}

export function printer(): Printed {
  const lines: string[] = [];
  return Object.assign((line: string) => void lines.push(line), { lines });
}
