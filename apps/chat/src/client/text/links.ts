/**
 * Links in a message: plain text in, pieces out. Only http and https; nothing here makes HTML.
 *
 * Room: client/text.
 */
export type Piece = { readonly kind: "text"; readonly text: string } | { readonly kind: "link"; readonly text: string; readonly href: string };

const candidate = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f]+/giu;
const closing: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** The pieces joined are the text again, to the character. */
export function findLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const address = withoutTrailingPunctuation(match[0]);
    const href = safeHref(address);
    if (href === undefined) continue;
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push({ kind: "link", text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

function safeHref(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isSafe = (url.protocol === "http:" || url.protocol === "https:") && url.username === "" && url.password === "";
  return isSafe ? url.href : undefined;
}

/** A sentence's full stop is not the address's; a bracket is when the address opened it. */
function withoutTrailingPunctuation(address: string): string {
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? "";
    const opening = closing[last];
    const isOwnBracket = opening !== undefined && count(address.slice(0, end), opening) >= count(address.slice(0, end), last);
    if (isOwnBracket || (opening === undefined && !/[.,:;!?…*_~]/u.test(last))) break;
  }
  return address.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
