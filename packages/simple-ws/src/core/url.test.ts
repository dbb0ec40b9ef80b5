import { inspect } from "node:util";
import { expect, test } from "vitest";
import { WebSocketAddressException } from "@x/errors/wsframe";
import { parseWebSocketUrl } from "./url.js";

test.each([
  ["ws://example.com", { href: "ws://example.com/", isSecure: false, hostname: "example.com", port: 80, authority: "example.com", resource: "/" }],
  ["WSS://Example.com:8443/a b?x=1 2", { href: "wss://example.com:8443/a%20b?x=1%202", isSecure: true, port: 8443, authority: "example.com:8443", resource: "/a%20b?x=1%202" }],
  ["ws://[::1]:9/x", { hostname: "::1", port: 9, authority: "[::1]:9" }],
  ["wss://example.com:443/", { port: 443, authority: "example.com" }],
  ["https://example.com/?q", { href: "wss://example.com/?q", isSecure: true, resource: "/?q" }],
  ["http://127.0.0.1:1", { href: "ws://127.0.0.1:1/", isSecure: false, port: 1 }],
  ["ws://us%40er:p%3Aw@h/", { credentials: "us@er:p:w", href: "ws://h/" }],
  ["ws://u@h/", { credentials: "u:" }],
])("parseWebSocketUrl(%s) (§3)", (text, expected) => {
  expect(parseWebSocketUrl(text)).toMatchObject(expected);
});

test.each([["example.com"], ["ftp://example.com"], ["ws://h/#part"], ["ws://h/#"], ["ws:///"], [""], ["ws://h:99999/"], ["javascript:alert(1)"]])("parseWebSocketUrl(%s) is refused (§3)", (text) => {
  const parse = (): unknown => parseWebSocketUrl(text);
  expect(parse).toThrow(WebSocketAddressException);
  expect(parse).toThrow(expect.objectContaining({ code: "wsframe/invalid-url", retryable: false }));
});

test.each([
  "ftp://me:secret@example.com/", "ws://me:sec@secret@example.com/#part", "ws://me:a/secret@example.com/", "ws://me:a?secret@example.com/#", "me:secret@example.com",
  "ws:me:secret@example.com/#part", "ws:\\\\me:secret@example.com/#part", "ws://me:a secret@exam ple.com", "ws://example.com:0x/?token=secret",
])("parseWebSocketUrl(%s) shows no secret, wherever one looks", (text) => {
  const error: unknown = thrownBy(() => parseWebSocketUrl(text));
  expect(error).toBeInstanceOf(WebSocketAddressException);
  expect(inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error)).not.toContain("secret");
  expect(error).toHaveProperty("url", expect.stringContaining("exam"));
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
