/**
 * Polling by scripts, for pages that can do nothing else: answers are calls of `___eio[<index>]`, POSTs are forms.
 *
 * Room: engineio node. What a script element loads carries no origin, which is why the option wants CORS open to all.
 */

/** A callback's index: digits, so that nothing of the query can become code. */
export function isJsonpIndex(index: string): boolean {
  return /^\d{1,9}$/.test(index);
}

/** @returns a script that hands over `payload`. JSON allows two characters that older scripts do not (ECMA-262 before 2019). */
export function jsonpAnswer(index: string, payload: string): string {
  const literal = JSON.stringify(payload).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `___eio[${index}](${literal});`;
}

/** @returns the payload in a form's field `d`, in which clients write line feeds as `\n`, and `\n` as `\\n`; `undefined` without one. */
export function jsonpBody(form: string): string | undefined {
  const data = new URLSearchParams(form).get("d");
  return data?.replace(/(\\?)\\n/g, (_match, escape: string) => (escape === "" ? "\n" : "\\n"));
}
