import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebSocketProtocolException } from "@x/errors/wsframe";
import type { ExtensionEntry } from "./extension.js";
import { formatExtensions, MAX_EXTENSION_ENTRIES, MAX_EXTENSION_PARAMETERS, parseExtensions } from "./extension-header.js";

describe("parseExtensions() (RFC 6455 §9.1)", () => {
  test.each<[string, ExtensionEntry[]]>([
    ["permessage-deflate", [{ name: "permessage-deflate", parameters: [] }]],
    ["a;b;c=1", [{ name: "a", parameters: [["b", undefined], ["c", "1"]] }]],
    ["a, b; x=y , a;x", [{ name: "a", parameters: [] }, { name: "b", parameters: [["x", "y"]] }, { name: "a", parameters: [["x", undefined]] }]],
    ['\ta ; b = "c" ', [{ name: "a", parameters: [["b", "c"]] }]],
    ['a; b="\\c\\d"', [{ name: "a", parameters: [["b", "cd"]] }]],
    ["a; b=1; b=1", [{ name: "a", parameters: [["b", "1"], ["b", "1"]] }]],
    ["__proto__; constructor=1", [{ name: "__proto__", parameters: [["constructor", "1"]] }]],
  ])("reads %j", (field, entries) => {
    expect(parseExtensions(field)).toEqual(entries);
  });

  test.each(["", " ", ",", "a,", ",a", "a,,b", "a;", ";a", "a;;b", "a b", "a; b=", "a; =b", "a; b==c", 'a; b=""', 'a; b="c d"', 'a; b="c', 'a; b=c"', '"a"', 'a; "b"', "a/b", "é", "a; b=é", "a\u0000", 'a; b="\\é"', "a; b=c d"])("refuses %j", (field) => {
    expect(() => parseExtensions(field)).toThrow(expect.objectContaining({ code: "wsframe/bad-handshake" }));
  });

  test("entries and parameters are bounded: at the limit they are read, one over refused", () => {
    const entries = (count: number): string => Array.from({ length: count }, () => "a").join(",");
    const parameters = (count: number): string => `a${";b".repeat(count)}`;
    expect(parseExtensions(entries(MAX_EXTENSION_ENTRIES))).toHaveLength(MAX_EXTENSION_ENTRIES);
    expect(() => parseExtensions(entries(MAX_EXTENSION_ENTRIES + 1))).toThrow(WebSocketProtocolException);
    expect(parseExtensions(parameters(MAX_EXTENSION_PARAMETERS))[0]?.parameters).toHaveLength(MAX_EXTENSION_PARAMETERS);
    expect(() => parseExtensions(parameters(MAX_EXTENSION_PARAMETERS + 1))).toThrow(WebSocketProtocolException);
  });

  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/);
  const entry = fc.record({ name: token, parameters: fc.array(fc.tuple(token, fc.option(token, { nil: undefined })), { maxLength: 4 }) });

  test("what formatExtensions() writes is read back", () => {
    fc.assert(fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), (entries) => {
      expect(parseExtensions(formatExtensions(entries))).toEqual(entries);
    }));
  });

  test("whatever comes, the end is entries or the one error", () => {
    const letters = fc.constantFrom("a", "B", "=", ";", ",", '"', "\\", " ", "\t", "\r", "1", "é", "\u0000");
    fc.assert(fc.property(fc.string({ unit: letters, maxLength: 40 }), (field) => {
      try {
        expect(parseExtensions(field).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(WebSocketProtocolException);
      }
    }), { numRuns: 2_000 });
  });
});
