/** A README's first TypeScript example: the program that must run for whoever installs the package. */
export interface Example {
  readonly code: string;
  /** Line of the opening fence in the README, from 1. */
  readonly line: number;
}

/** @returns the first block fenced as `ts`, or `undefined` when there is none or it is never closed. */
export function firstExample(markdown: string): Example | undefined {
  const lines = markdown.split(/\r?\n/);
  const start = lines.findIndex((line) => /^```ts\s*$/.test(line));
  const length = start < 0 ? -1 : lines.slice(start + 1).findIndex((line) => /^```\s*$/.test(line));
  return length < 0 ? undefined : { code: `${lines.slice(start + 1, start + 1 + length).join("\n")}\n`, line: start + 1 };
}
