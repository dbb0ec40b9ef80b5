/** What a command of the terminal reads and writes. Room: terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours, where the output is a terminal and nobody forbids them (no-color.org). */
export function painter({ stdout, env }: Streams): (code: number, text: string) => string {
  const hasColors = stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return (code, text) => (hasColors ? `\u001b[${code}m${text}\u001b[0m` : text);
}
