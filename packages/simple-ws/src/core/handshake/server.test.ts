import { describe, expect, test } from "vitest";
import { isSameOrigin } from "./origin.js";
import { formatAcceptance, formatRefusal, judgeUpgrade, type UpgradePolicy, type UpgradeRequest } from "./server.js";

const headers = { "host": "example.com", "upgrade": "websocket", "connection": "keep-alive, Upgrade", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" };
const request = (more: Record<string, string | undefined> = {}, rest: Partial<UpgradeRequest> = {}): UpgradeRequest => ({ method: "GET", httpVersion: "1.1", headers: { ...headers, ...more }, ...rest });
/** The same request, as it came over the wire; whoever looks at `headers` is wrong. */
const raw = (given: UpgradeRequest): UpgradeRequest => ({
  ...given,
  get headers(): never { throw new Error("headers were made"); },
  rawHeaders: [...Object.entries(given.headers).flatMap(([name, value]) => (value === undefined ? [] : [name.toUpperCase(), String(value)])), ...(given.rawHeaders ?? [])],
});
const policy: UpgradePolicy = { origin: "same-origin", chooseSubprotocol: () => undefined, extensions: [] };

describe("judgeUpgrade() (§4.2)", () => {
  test("accepts what a client must send", () => {
    expect(judgeUpgrade(request(), policy)).toEqual({ kind: "accept", key: headers["sec-websocket-key"], protocol: "" });
    expect(judgeUpgrade(request({ upgrade: "h2c, WebSocket" }), policy)).toMatchObject({ kind: "accept" });
    expect(judgeUpgrade(request({ "content-length": "0" }, { rawHeaders: ["Host", "example.com", "host:", "x", "X", "host"] }), policy)).toMatchObject({ kind: "accept" });
  });

  test.each<[number, string, UpgradeRequest]>([
    [405, "POST", request({}, { method: "POST" })],
    [400, "HTTP/1.0", request({}, { httpVersion: "1.0" })],
    [400, "no Host", request({ host: undefined })],
    [400, "two Hosts", request({}, { rawHeaders: ["Host", "example.com", "Upgrade", "websocket", "HOST", "evil.test"] })],
    [400, "a body by its length", request({ "content-length": "5" })],
    [400, "a body in chunks", request({ "transfer-encoding": "chunked" })],
    [400, "no Upgrade", request({ upgrade: undefined })],
    [400, "another Upgrade", request({ upgrade: "h2c" })],
    [400, "no Connection", request({ connection: "keep-alive" })],
    [400, "no key", request({ "sec-websocket-key": undefined })],
    [400, "a short key", request({ "sec-websocket-key": "c2hvcnQ=" })],
    [400, "a key that is no base64", request({ "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZ!==" })],
    [400, "a key of 16 bytes with stray bits", request({ "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZR==" })],
    [426, "no version", request({ "sec-websocket-version": undefined })],
    [426, "version 8", request({ "sec-websocket-version": "8" })],
    [400, "an empty subprotocol list", request({ "sec-websocket-protocol": "," })],
    [400, "a subprotocol that is no token", request({ "sec-websocket-protocol": "a b" })],
    [403, "another origin", request({ origin: "https://evil.example" })],
    [403, "the origin null", request({ origin: "null" })],
  ])("answers %i to %s", (statusCode, _what, given) => {
    expect(judgeUpgrade(given, policy)).toMatchObject({ kind: "refuse", refusal: { statusCode } });
    expect(judgeUpgrade(raw(given), { ...policy, isRaw: true })).toMatchObject({ kind: "refuse", refusal: { statusCode } });
  });

  test("accepts by rawHeaders what it accepts by headers, and leaves headers alone", () => {
    for (const given of [request(), request({ "upgrade": "h2c, WebSocket", "sec-websocket-protocol": "a, b", "origin": "https://example.com" })]) {
      const choosing: UpgradePolicy = { ...policy, chooseSubprotocol: ([first]) => first };
      expect(judgeUpgrade(raw(given), { ...choosing, isRaw: true })).toEqual(judgeUpgrade(given, choosing));
    }
    const twice = request({ upgrade: "h2c" }, { rawHeaders: ["Upgrade", "websocket"] }); // repetitions are one list
    expect(judgeUpgrade(raw(twice), { ...policy, isRaw: true })).toMatchObject({ kind: "accept" });
  });

  test("origins: same-origin, list, function, everyone", () => {
    const from = (origin: string, allowed: UpgradePolicy["origin"]): string => judgeUpgrade(request({ origin }), { ...policy, origin: allowed }).kind;
    expect(from("https://example.com", "same-origin")).toBe("accept");
    expect(from("https://a.test", ["https://a.test"])).toBe("accept");
    expect(from("https://a.test.evil", ["https://a.test"])).toBe("refuse");
    expect(from("https://a.test", (origin) => origin.endsWith(".test"))).toBe("accept");
    expect(from("null", "*")).toBe("accept");
    const asynchronous = (() => Promise.resolve(false)) as unknown as () => boolean; // what a program without types may pass
    expect(from("https://a.test", asynchronous)).toBe("refuse");
  });

  test("subprotocols: the server's choice of what was offered, and nothing else", () => {
    const offer = request({ "sec-websocket-protocol": "a, b" });
    expect(judgeUpgrade(offer, { ...policy, chooseSubprotocol: ([, second]) => second })).toMatchObject({ protocol: "b" });
    expect(() => judgeUpgrade(offer, { ...policy, chooseSubprotocol: () => "c" })).toThrow(expect.objectContaining({ code: "simple-ws/invalid-option" }));
  });
});

test.each([
  ["https://example.com", "example.com", true], ["http://example.com", "example.com:80", true], ["https://example.com:8443", "example.com:8443", true],
  ["https://example.com", "example.com:443", true], ["https://example.com", "example.com:80", false], ["https://example.com.evil.test", "example.com", false],
  ["https://evil.test", "example.com", false], ["http://[::1]:3000", "[::1]:3000", true], ["null", "example.com", false], ["", "example.com", false],
  ["https://example.com", undefined, false], ["https://example.com/path", "example.com", false], ["https://a@example.com", "example.com", false], ["https://example.com", "evil.test/@example.com", false],
  ["https://example.com", "x@example.com", false], ["https://example.com", ":x@example.com", false], ["https://example.com", "example.com/", false],
  ["https://example.com", "example.com?x", false], ["https://example.com", "example.com#x", false], ["https://example.com", "example.com\\x", false], ["https://example.com", "exam\tple.com", false],
  ["https://example.com", "EXAMPLE.com", true], ["HTTPS://EXAMPLE.COM", "example.com", true], ["https://example.com.", "example.com", false], ["https://example.com", "example.com.", false],
  ["https://xn--bcher-kva.test", "b\u00fccher.test", true], ["https://b\u00fccher.test", "xn--bcher-kva.test", false], ["https://[::1]", "[0:0:0:0:0:0:0:1]", true], ["https://[::1]", "::1", false],
  ["file://", "", false], ["https://example.com, https://evil.test", "example.com", false], ["https://evil.test https://example.com", "example.com", false], ["chrome-extension://example.com", "example.com", false],
])("isSameOrigin(%j, %j) is %s (§10.2)", (origin, host, expected) => {
  expect(isSameOrigin(origin, host)).toBe(expected);
});

test("formatAcceptance() and formatRefusal() write whole answers", () => {
  expect(formatAcceptance("ACC=", { protocol: "chat", extensions: undefined }, { "X-A": "1" })).toBe("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACC=\r\nSec-WebSocket-Protocol: chat\r\nX-A: 1\r\n\r\n");
  const refusal = formatRefusal({ statusCode: 426 }, (text) => text.length);
  expect(refusal).toContain("HTTP/1.1 426 Upgrade Required\r\n");
  expect(refusal).toContain("Sec-WebSocket-Version: 13\r\n");
  expect(refusal.endsWith("Content-Length: 17\r\n\r\nUpgrade Required\n")).toBe(true);
  for (const statusCode of [101, 200, 299, 600, NaN, 403.5]) expect(() => formatRefusal({ statusCode }, () => 0)).toThrow(/status is/);
  expect(formatRefusal({ statusCode: 300 }, () => 0) + formatRefusal({ statusCode: 599 }, () => 0)).toMatch(/^HTTP\/1.1 300 .*HTTP\/1.1 599 /s);
  expect(() => formatRefusal({ statusCode: 403, headers: { X: "a\r\nb: c" } }, () => 0)).toThrow(/invalid|Cannot send header/);
});
