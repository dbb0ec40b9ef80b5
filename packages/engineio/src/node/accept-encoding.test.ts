import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseEncoding } from "./accept-encoding.js";

const offered = ["br", "gzip", "deflate"] as const;

test.each([
  [undefined, undefined], ["", undefined], ["identity", undefined], ["gzip", "gzip"], ["GZIP", "gzip"], ["x-gzip", "gzip"], ["gzip, deflate, br", "br"], ["deflate, gzip", "gzip"],
  ["gzip;q=0.5, deflate;q=0.8", "deflate"], ["gzip; q=0.5 , deflate ; q=0.8", "deflate"], ["br;q=0, gzip", "gzip"], ["gzip;q=0", undefined], ["*", "br"], ["*;q=0", undefined], ["br;q=0, *", "gzip"],
  ["*;q=0.1, deflate", "deflate"], ["identity;q=0.9, gzip;q=0.5", undefined], ["identity;q=0.5, gzip;q=0.5", "gzip"], ["gzip;q=1.000", "gzip"], ["gzip;q=1.001", undefined], ["gzip;q=0.1234", undefined],
  ["gzip;q=-1", undefined], ["gzip;q=abc", undefined], ["gzip;q=", undefined], ["zstd, compress", undefined], ["gzip;foo=bar;q=0.3, deflate;q=0.2", "gzip"], [",,;;,", undefined], ["__proto__, gzip;q=0.1", "gzip"],
] as const)("chooseEncoding(%j) is %s (RFC 9110 §12.5.3)", (header, expected) => {
  expect(chooseEncoding(header, offered)).toBe(expected);
});

test("no header makes it throw, or choose what it forbids", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("g", "z", "i", "p", "b", "r", "*", ";", "q", "=", "0", "1", ".", ",", " ") }), (header) => {
    expect([undefined, ...offered]).toContain(chooseEncoding(header, offered));
    expect(chooseEncoding(`${header},gzip;q=0,br;q=0,deflate;q=0`, offered)).toBeUndefined();
  }));
});
