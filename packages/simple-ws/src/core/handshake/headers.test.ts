import { expect, test } from "vitest";
import fc from "fast-check";
import { chunksOf, everySplit } from "@x/testkit";
import { formatHeaders, hasListMember, HeadReader } from "./headers.js";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const limits = { maxHeaderBytes: 1_000, maxHeaderLines: 10 };
const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSet-Cookie: a=1\r\nX: 1\r\nx:2\r\nset-cookie: b=2\r\n__proto__: p\r\n\r\nrest";

test("HeadReader reads a head however TCP cuts it (RFC 9112 §2)", () => {
  const bytes = bytesOf(answer);
  for (const [head, tail] of everySplit(bytes)) {
    const reader = new HeadReader(limits);
    const read = reader.read(head) ?? reader.read(tail);
    expect(read?.head).toMatchObject({ statusCode: 101, statusMessage: "Switching Protocols" });
    expect({ ...read?.head.headers }).toEqual({ "upgrade": "websocket", "set-cookie": "a=1\nb=2", "x": "1, 2", ["__proto__"]: "p" });
  }
  const reader = new HeadReader(limits);
  expect([...chunksOf(bytes, 1)].map((chunk) => reader.read(chunk)?.used).filter((used) => used !== undefined)).toEqual([1]);
});

test.each([
  ["HTTP/1.0 101 x\r\n\r\n"], ["HTTP/2 101 x\r\n\r\n"], ["ICY 200 OK\r\n\r\n"], ["HTTP/1.1 20 OK\r\n\r\n"], ["HTTP/1.1 101 x\n\n"],
  ["HTTP/1.1 101 x\r\nno colon\r\n\r\n"], ["HTTP/1.1 101 x\r\n folded: 1\r\n\r\n"], ["HTTP/1.1 101 x\r\na b: 1\r\n\r\n"], ["HTTP/1.1 101 x\r\na: \u0000\r\n\r\n"],
])("HeadReader refuses %j", (text) => {
  expect(() => new HeadReader(limits).read(bytesOf(text))).toThrow(expect.objectContaining({ code: "wsframe/bad-handshake" }));
});

test("HeadReader: maxHeaderBytes and maxHeaderLines hold at the limit and end at limit + 1", () => {
  const head = bytesOf("HTTP/1.1 101 x\r\na: 1\r\nb: 2\r\n\r\n");
  expect(new HeadReader({ maxHeaderBytes: head.length, maxHeaderLines: 2 }).read(head)).toBeDefined();
  const tooLong = expect.objectContaining({ code: "wsframe/handshake-too-long" }) as Error;
  expect(() => new HeadReader({ maxHeaderBytes: head.length - 1, maxHeaderLines: 2 }).read(head)).toThrow(tooLong);
  expect(() => new HeadReader({ maxHeaderBytes: head.length, maxHeaderLines: 1 }).read(head)).toThrow(tooLong);
});

test("HeadReader survives any bytes: a head, nothing yet, or one documented error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, hasStatus) => {
    const reader = new HeadReader(limits);
    try {
      if (hasStatus) reader.read(bytesOf("HTTP/1.1 101 x\r\n"));
      reader.read(noise);
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^wsframe\/(bad-handshake|handshake-too-long)$/) as unknown });
    }
  }));
});

test("formatHeaders() writes records, lists and pairs, and leaves out undefined", () => {
  expect(formatHeaders({ "X-A": "1", "X-B": ["2", "3"], "X-C": undefined })).toBe("X-A: 1\r\nX-B: 2\r\nX-B: 3\r\n");
  expect(formatHeaders([["X", "1"], ["X", "caf\u00e9"]])).toBe("X: 1\r\nX: caf\u00e9\r\n");
});

test.each([["X", "a\r\nEvil: 1"], ["X", "a\nb"], ["X", "\u0000"], ["X", "\u20ac"], ["X\r\nEvil", "1"], ["", "1"], ["a b", "1"], ["Sec-WebSocket-Key", "1"], ["connection", "close"], ["Upgrade", "h2c"]])(
  "formatHeaders() refuses %j: %j", (name, value) => {
    expect(() => formatHeaders({ [name]: value })).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
  });

test("hasListMember() looks at whole members, whatever their case (§4.2.1)", () => {
  expect(hasListMember("Keep-Alive, UPGRADE", "upgrade")).toBe(true);
  expect(hasListMember("upgraded", "upgrade")).toBe(false);
  expect(hasListMember(undefined, "upgrade")).toBe(false);
});
