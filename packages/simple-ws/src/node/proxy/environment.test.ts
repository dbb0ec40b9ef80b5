import { describe, expect, test } from "vitest";
import { parseWebSocketUrl } from "../../core/url.js";
import { environmentProxy, type Environment } from "./environment.js";
import { isExempt, isLoopback } from "./no-proxy.js";
import { parseProxy } from "./proxy-url.js";

describe("environmentProxy()", () => {
  test.each<[string, Environment, string | undefined]>([
    ["ws://a.test/", { http_proxy: "http://p:1" }, "p:1"],
    ["ws://a.test/", { HTTP_PROXY: "http://p:1" }, "p:1"],
    ["ws://a.test/", { http_proxy: "http://low:1", HTTP_PROXY: "http://up:1" }, "low:1"],
    ["ws://a.test/", { HTTP_PROXY: "http://p:1", REQUEST_METHOD: "GET" }, undefined],
    ["ws://a.test/", { http_proxy: "http://p:1", REQUEST_METHOD: "GET" }, "p:1"],
    ["ws://a.test/", { https_proxy: "http://p:1" }, undefined],
    ["wss://a.test/", { https_proxy: "http://p:1" }, "p:1"],
    ["wss://a.test/", { http_proxy: "http://p:1" }, undefined],
    ["wss://a.test/", { ALL_PROXY: "socks5://p:1" }, "p:1"],
    ["wss://a.test/", { https_proxy: "", all_proxy: "p:1" }, "p:1"],
    ["ws://a.test/", { http_proxy: "p:1", no_proxy: "a.test" }, undefined],
    ["ws://a.test/", { http_proxy: "p:1", NO_PROXY: "*" }, undefined],
    ["ws://localhost/", { http_proxy: "p:1" }, undefined],
    ["ws://[::1]:8080/", { http_proxy: "p:1" }, undefined],
    ["ws://127.9.9.9/", { http_proxy: "p:1" }, undefined],
    ["ws://a.test/", {}, undefined],
  ])("%s with %j", (url, env, expected) => {
    const proxy = environmentProxy(parseWebSocketUrl(url), env);
    expect(proxy === undefined ? undefined : `${proxy.hostname}:${proxy.port}`).toBe(expected);
  });
});

describe("NO_PROXY", () => {
  test.each<[string, string, number, boolean]>([
    ["example.com", "example.com", 80, true], ["example.com", "www.example.com", 80, true], ["example.com", "notexample.com", 80, false], [".example.com", "notexample.com", 80, false],
    [".example.com", "a.example.com", 80, true], ["*.example.com", "a.example.com", 80, true], ["EXAMPLE.com", "Example.COM", 80, true], ["example.com.", "example.com", 80, true], ["a.test, b.test", "b.test", 80, true], ["a.test b.test", "b.test", 80, true],
    ["example.com:8080", "example.com", 8080, true], ["example.com:8080", "example.com", 80, false], ["10.0.0.0/8", "10.1.2.3", 80, true], ["10.0.0.0/8", "11.1.2.3", 80, false],
    ["10.0.0.0/33", "10.1.2.3", 80, false], ["10.0.0.1", "10.0.0.1", 80, true], ["10.0.0.1", "10.0.0.10", 80, false], ["fd00::/8", "fd12::1", 80, true], ["fd00::/8", "fe80::1", 80, false],
    ["example.com", "example.com.", 80, true], ["example.com", "example.com.evil.test", 80, false], ["example.com", "xample.com", 80, false], ["example.com", "com", 80, false], [".", "a", 80, false], ["*.", "a", 80, false],
    ["10.0.0.0/8", "10.0.0.1.evil.test", 80, false], ["10.0.0.1", "::ffff:10.0.0.1", 80, true], ["0.0.0.0/0", "evil.test", 80, false], ["a/8", "a", 80, false], ["example.com:80", "example.com:80", 80, false], ["[", "[", 80, false],
    ["::1", "0:0::1", 80, true], ["[::1]:81", "::1", 81, true], ["[::1]:81", "::1", 80, false], ["10.0.0.0/8", "ten.test", 80, false], ["*", "anything", 1, true], ["", "a", 1, false], [",,", "a", 1, false],
  ])("%j exempts %s:%i: %s", (entries, hostname, port, expected) => {
    expect(isExempt({ hostname, port }, entries)).toBe(expected);
  });

  test("this machine is this machine, and no other", () => {
    expect(["localhost", "LOCALHOST", "a.localhost", "localhost.", "127.0.0.1", "127.255.0.1", "::1"].every(isLoopback)).toBe(true);
    const spelled = (host: string): string => parseWebSocketUrl(`ws://${host}/`).hostname;
    expect(["0x7f.1", "2130706433", "127.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "LocalHost"].map(spelled).every(isLoopback)).toBe(true);
    expect(["127.0.0.1.evil.test", "localhost.evil.test", "xlocalhost"].map(spelled).some(isLoopback)).toBe(false);
    expect(["localhost.test", "notlocalhost", "128.0.0.1", "::2", "10.0.0.1"].some(isLoopback)).toBe(false);
  });
});

describe("parseProxy()", () => {
  test.each<[string, object]>([
    ["http://p", { kind: "http", hostname: "p", port: 80, username: "", password: "" }],
    ["p:3128", { kind: "http", hostname: "p", port: 3128 }],
    ["HTTPS://p/", { kind: "https", port: 443 }],
    ["http://p:443", { port: 443 }],
    ["https://p:80/", { kind: "https", port: 80 }],
    ["socks5h://u%40x:p%3Aw@[::1]:1081", { kind: "socks5h", hostname: "::1", port: 1081, username: "u@x", password: "p:w" }],
    ["socks4://p", { kind: "socks4", port: 1080 }],
    ["socks://p", { kind: "socks5h" }],
    ["http://u:%zz@p", { password: "%zz" }],
  ])("reads %j", (text, expected) => {
    expect(parseProxy(text, "option proxy")).toMatchObject(expected);
  });

  test.each(["", "http://", "ftp://p", "http://jo:secret@p:99999", "http://jo:secret@ p"])("refuses %j, and keeps the password to itself", (text) => {
    expect(() => parseProxy(text, "option proxy")).toThrow(expect.objectContaining({ code: "simple-ws/invalid-option", message: expect.not.stringContaining("secret") as string }));
  });
});
