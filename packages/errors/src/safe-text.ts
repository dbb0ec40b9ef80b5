/**
 * Text that is safe to log: bounded, on one line, without control or direction characters and without credentials of URLs.
 *
 * Room: errors. What peers wrote is quoted through this function only.
 */

/** C0, DEL, C1, line and paragraph separators, direction marks and overrides, lone surrogates. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const urlCredentials = /:\/\/[^/\s?#]*@/g;
const secretParameter = /([?&](?:[\w-]*token|auth|key|api[_-]?key|password|secret|sid|signature)=)[^&\s#]*/gi;

/**
 * @returns `text` with at most `maxLength` UTF-16 units (longer text is cut and ends in `…`), unsafe characters written as
 * `\uXXXX`, and `user:password@` and secret query parameters of URLs replaced.
 */
export function safeText(text: string, maxLength: number): string {
  const safe = text
    .slice(0, maxLength * 2)
    .replace(urlCredentials, "://[redacted]@")
    .replace(secretParameter, "$1[redacted]")
    .replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1)}…` : safe;
}
