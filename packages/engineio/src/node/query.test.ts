/** The query of a request: what URLSearchParams reads, without its cost. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseProtocolQuery, parseQuery } from "./query.js";

test("parseQuery() knows no prototype and takes the first of repeated keys", () => {
  const query = parseQuery("/x?__proto__=1&a=%20b&a=2&constructor");
  expect(Object.entries(query)).toEqual([["__proto__", "1"], ["a", " b"], ["constructor", ""]]);
  expect("toString" in parseQuery("/x")).toBe(false);
});

test("parseQuery() reads what URLSearchParams reads", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "b", "=", "&", "%", "+", "2", "6", "F", "c", "é", "?", "#") }), (text) => {
    const expected = new Map<string, string>();
    for (const [key, value] of new URLSearchParams(`?${text}`)) if (!expected.has(key)) expected.set(key, value);
    expect(new Map(Object.entries(parseQuery(`/x?${text}`)))).toEqual(expected);
  }));
});

test("parseProtocolQuery() remembers a target that many have in common, and none that is a client's own", () => {
  const common = "/engine.io/?EIO=4&transport=websocket";
  const isRemembered = (target: string): boolean => parseProtocolQuery(target) === parseProtocolQuery(target);
  const query = parseProtocolQuery(common);
  expect([common, `${common}&token=secret`, `${common}&sid=id`].map(isRemembered)).toEqual([true, false, false]);
  expect(parseProtocolQuery(common)).toBe(query); // others do not push it out
});

test("parseProtocolQuery() reads its four keys as parseQuery() does, and no others", () => {
  const pair = fc.tuple(fc.constantFrom("EIO", "transport", "sid", "j", "%6A", "t", "__proto__"), fc.constantFrom("", "=", "=4", "=a%20b", "=a+b"));
  fc.assert(fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
    const target = `/x?${pairs.map((one) => one.join("")).join("&")}`;
    const { EIO, transport, sid, j } = parseQuery(target);
    expect(parseProtocolQuery(target)).toEqual({ EIO, transport, sid, j });
  }));
});
