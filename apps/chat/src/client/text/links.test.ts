import { expect, test } from "vitest";
import { findLinks } from "./links.js";

const links = (text: string): string[] => findLinks(text).flatMap((piece) => (piece.kind === "link" ? [piece.href] : []));

test.each([
  ["see https://example.org.", ["https://example.org/"]],
  ["(https://example.org/a_(b))", ["https://example.org/a_(b)"]],
  ["http://a.example and https://b.example/?q=1&r=2#top!", ["http://a.example/", "https://b.example/?q=1&r=2#top"]],
  ["HTTPS://EXAMPLE.org/Path", ["https://example.org/Path"]],
  ["nothing here", []],
  ["javascript:alert(1) data:text/html,x file:///etc/passwd", []],
  ["https://user:secret@example.org", []],
  ["https://", []],
  ['https://example.org/"onmouseover="alert(1)', ["https://example.org/"]],
  ["https://example.org<script>", ["https://example.org/"]],
])("findLinks(%j)", (text, expected) => expect(links(text)).toEqual(expected));

test.each(["", "plain", "a https://x.example, b https://y.example!", "https://", "ends https://x.example/)))", "https://x.example".repeat(3)])(
  "findLinks(%j): the pieces joined are the text", (text) => {
    expect(findLinks(text).map((piece) => piece.text).join("")).toBe(text);
  });
