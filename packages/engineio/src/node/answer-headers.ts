/**
 * Headers on their way into an answer.
 *
 * Room: engineio node.
 */
import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";

/** Headers of one answer, which listeners may change. */
export type AnswerHeaders = Record<string, string | string[]>;

/** Node's header values as a record that listeners and the handshake take. */
export function answerHeaders(headers: OutgoingHttpHeaders): AnswerHeaders {
  const record: AnswerHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) record[name] = typeof value === "number" ? String(value) : value;
  }
  return record;
}

/** @returns `field` together with `others`: several parties may say what an answer depends on (RFC 9110 §12.5.5). */
export function joinedVary(others: OutgoingHttpHeader | undefined, field: string): string {
  return others === undefined ? field : [...new Set([others, field].flat().flatMap((value) => String(value).split(/\s*,\s*/)))].join(", ");
}
