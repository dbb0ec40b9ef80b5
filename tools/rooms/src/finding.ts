/** What a rule reports: where, what is wrong, and what to do about it. */
export interface Finding {
  readonly rule: string;
  /** From the root, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly remedy: string;
}

/** Findings as text, by file and line: `packages/a/src/x.ts:3  room-order  problem` and the remedy below it. */
export function formatFindings(findings: readonly Finding[]): string {
  const ordered = [...findings].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return ordered
    .map(({ file, line, rule, problem, remedy }) => `${file}:${line}  ${rule}  ${problem}\n    → ${remedy}`)
    .join("\n");
}
