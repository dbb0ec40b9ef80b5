/**
 * Headers on their way into an answer.
 *
 * Room: engineio node.
 */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

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

/** Several parties may say what an answer depends on (RFC 9110 §12.5.5): `field` joins what `response` and `headers` have. */
export function addVary(headers: AnswerHeaders, response: ServerResponse, field: string): void {
  const others = headers["Vary"] ?? response.getHeader("Vary");
  headers["Vary"] = others === undefined ? field : [...new Set([others, field].flat().flatMap((value) => String(value).split(/\s*,\s*/)))].join(", ");
}
