import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SessionCookies } from "./session-cookies.js";

const url = "http://example.com/engine.io/?EIO=4";

function jarWith(...fields: string[]): SessionCookies {
  const jar = new SessionCookies(() => 1_000_000);
  for (const field of fields) jar.setCookie(field, url);
  return jar;
}

describe("SessionCookies (RFC 6265)", () => {
  test.each([
    [["a=1"], "a=1"],
    [["a=1", "b=2"], "a=1; b=2"],
    [["a=1", "a=2"], "a=2"],
    [["a=x=y; HttpOnly; SameSite=Lax"], "a=x=y"],
    [["a="], "a="],
    [[" a = 1 ; Path=/"], "a=1"],
    [["a=\"quoted\""], "a=\"quoted\""],
    [["a=1; Path=/engine.io/"], "a=1"],
    [["a=1; Path=/engine.io"], "a=1"],
    [["a=1; Path=/engine.i"], ""],
    [["a=1; Path=/other"], ""],
    [["a=1; Path=nonsense"], "a=1"],
    [["a=1; Domain=example.com"], "a=1"],
    [["a=1; domain=.Example.COM"], "a=1"],
    [["a=1; Domain=com"], "a=1"], // kept for this host alone, so that it cannot reach others
    [["a=1; Domain=evil.com"], ""],
    [["a=1; Domain=ple.com"], ""],
    [["a=1; Secure"], ""],
    [["a=1; Max-Age=1"], "a=1"],
    [["a=1; Max-Age=0"], ""],
    [["a=1", "a=; Max-Age=-1"], ""],
    [["a=1; Max-Age=nonsense"], "a=1"],
    [["a=1; Expires=Thu, 01 Jan 1970 00:16:40 GMT"], ""],
    [["a=1; Expires=Thu, 01 Jan 1970 00:16:41 GMT"], "a=1"],
    [["a=1; Expires=nonsense"], "a=1"],
    [["a=1; Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "a=1"],
    [["novalue"], ""],
    [["=1"], ""],
    [[""], ""],
    [["a=1\r\nX: y"], ""],
    [["__proto__=1"], "__proto__=1"],
  ])("%j gives %j", (fields, expected) => {
    expect(jarWith(...fields).getCookieString(url)).toBe(expected);
  });

  test("Secure cookies go to https: only, and no cookie to another host", () => {
    const jar = jarWith("a=1; Secure", "b=2");
    expect(jar.getCookieString("https://example.com/engine.io/")).toBe("a=1; b=2");
    expect(jar.getCookieString("https://example.org/engine.io/")).toBe("");
    expect(jar.getCookieString("https://sub.example.com/engine.io/")).toBe("");
  });

  test("they expire while the client lives", () => {
    let nowMs = 0;
    const jar = new SessionCookies(() => nowMs);
    jar.setCookie("a=1; Max-Age=10", url);
    nowMs = 9_999;
    expect(jar.getCookieString(url)).toBe("a=1");
    nowMs = 10_000;
    expect(jar.getCookieString(url)).toBe("");
  });

  test("whatever a server sends: no error, and nothing that could end a header line", () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[a-z]=[^;]{0,9}(; (path|domain|max-age|expires|secure)(=.{0,9})?){0,3}$/)), { maxLength: 5 }), (fields) => {
      const sent = jarWith(...fields).getCookieString(url);
       
      expect(sent).not.toMatch(/[\u0000-\u001f\u007f]/);
    }), { numRuns: 300 });
  });

  test("50 are kept, the oldest make room; 4096 characters are taken, one more is not", () => {
    const jar = jarWith(...Array.from({ length: 51 }, (_, i) => `c${i}=1`));
    const names = jar.getCookieString(url).split("; ");
    expect([names.length, names[0], names.at(-1)]).toEqual([50, "c1=1", "c50=1"]);
    expect(jarWith(`a=${"x".repeat(4094)}`).getCookieString(url)).toHaveLength(4096);
    expect(jarWith(`a=${"x".repeat(4095)}`).getCookieString(url)).toBe("");
  });
});
