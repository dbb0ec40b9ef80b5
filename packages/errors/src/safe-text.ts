/**
 * Text that is safe to log: bounded, on one line, without invisible characters and without credentials of URLs.
 *
 * Room: errors. What peers wrote is quoted through this function only.
 */

/** Controls, format and direction characters, lone surrogates, private use, unassigned; line and paragraph separators. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** What cutting may leave of a character of two units. */
const halfPair = /[\ud800-\udbff]$/;
/** Credentials of URLs, and parameters that are secret. */
const secret = /(:\/\/)[^/\s?#]*(?=@)|([?&][\w-]*(?:token|auth|key|secret|password|sid|signature)=)[^&\s#]*/gi;

/**
 * @returns `text` with at most `maxLength` UTF-16 units (longer text is cut and ends in `…`), unsafe characters written as
 * `\u{…}`, and `user:password@` and secret query parameters of URLs replaced.
 */
export function safeText(text: string, maxLength: number): string {
  const safe = text
    .slice(0, maxLength * 2)
    .replace(secret, "$1$2[redacted]")
    .replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1).replace(halfPair, "")}…` : safe;
}
