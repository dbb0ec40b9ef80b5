/**
 * The shape of a family's table of codes.
 *
 * Room: errors. Codes are only ever added; none is renamed or removed.
 */
export interface CodeEntry {
  /** The class that carries the code. */
  readonly by: string;
  /** One sentence for people. */
  readonly means: string;
}
export type CodeTable = Readonly<Record<string, CodeEntry>>;
