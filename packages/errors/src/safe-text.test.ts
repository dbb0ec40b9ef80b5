import fc from "fast-check";
import { expect, test } from "vitest";
import { safeText } from "./safe-text.js";

test.each([
  ["plain", "plain"],
  ["a\nb\r\tc\u0000\u007f\u0085", "a\\u{a}b\\u{d}\\u{9}c\\u{0}\\u{7f}\\u{85}"],
  ["\u2028\u2029\u202e\u2066\u200e\ufeff", "\\u{2028}\\u{2029}\\u{202e}\\u{2066}\\u{200e}\\u{feff}"],
  ["\ud800 \udc00 😀", "\\u{d800} \\u{dc00} 😀"],
  ["ws://user:pass@host/path", "ws://[redacted]@host/path"],
  ["ws://us@er:p@ss@host and wss://x:y@z", "ws://[redacted]@host and wss://[redacted]@z"],
  ["http://host/a@b", "http://host/a@b"],
  ["/s?token=abc&b=1&access_token=x&API_KEY=y#sid=z", "/s?token=[redacted]&b=1&access_token=[redacted]&API_KEY=[redacted]#sid=z"],
  ["/engine.io/?EIO=4&sid=abc&x=1", "/engine.io/?EIO=4&sid=[redacted]&x=1"],
])("safeText(%j) is %j", (text, safe) => {
  expect(safeText(text, 256)).toBe(safe);
});

test.each([[10, "0123456789"], [11, "012345678…"], [1000, "012345678…"]])("text of %i units is cut at 10", (length, safe) => {
  expect(safeText("0123456789".repeat(100).slice(0, length), 10)).toBe(safe);
});

test("a cut never leaves half a character", () => {
  expect(safeText("abc😀😀", 5)).toBe("abc…");
  expect(safeText("ab😀😀", 5)).toBe("ab😀…");
});

test("whatever the text: bounded, one line, nothing invisible, and safe text stays as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.integer({ min: 1, max: 64 }), (text, limit) => {
    const safe = safeText(text, limit);
    expect(safe.length).toBeLessThanOrEqual(limit);
    expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    if (!safe.endsWith("…")) expect(safeText(safe, limit)).toBe(safe);
  }), { numRuns: 1_000 });
});

test.each(["://".repeat(20_000), `://${"a".repeat(60_000)}`, "?token=".repeat(10_000), `?${"-".repeat(60_000)}`, "\u0000".repeat(60_000)])(
  "text made to be slow is looked at only as far as it may be quoted", (text) => {
    expect(safeText(text, 1_024)).toBe(safeText(text.slice(0, 2_048), 1_024));
  });
