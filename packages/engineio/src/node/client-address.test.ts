import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { addressKey, clientAddress, forwarded, headerOf } from "./client-address.js";

function request(xForwardedFor?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: "10.0.0.1" });
  const made = new IncomingMessage(socket);
  if (xForwardedFor !== undefined) made.headers["x-forwarded-for"] = xForwardedFor;
  return made;
}

describe("clientAddress()", () => {
  test.each([
    ["203.0.113.7", 0, "10.0.0.1"],
    [undefined, 1, "10.0.0.1"],
    ["203.0.113.7", 1, "203.0.113.7"],
    ["1.1.1.1, 203.0.113.7", 1, "203.0.113.7"],
    ["1.1.1.1, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"],
    ["203.0.113.7", 2, "203.0.113.7"],
    ["203.0.113.7:4711", 1, "203.0.113.7"],
    ["[2001:db8::1]:4711", 1, "2001:db8::1"],
    ["[2001:db8::1]", 1, "2001:db8::1"],
    ["2001:db8::1", 1, "2001:db8::1"],
    ["unknown", 1, "10.0.0.1"],
    ["", 1, "10.0.0.1"],
    ["1.1.1.1,", 1, "10.0.0.1"],
    ["<script>", 1, "10.0.0.1"],
  ])("X-Forwarded-For: %s behind %i proxies is %s", (header, proxies, expected) => {
    expect(clientAddress(request(header), proxies)).toBe(expected);
  });
});

test.each([true, false])("headerOf(): a field and its repetitions are one list; another's changes to the request count (%s) or do not", (isShared) => {
  const incoming = { headers: { "x-forwarded-host": ["a, b", "c"], "host": "changed" }, rawHeaders: ["x-forwarded-HOST", "a, b", "Host", "sent", "X-Forwarded-Host", "c"] } as unknown as IncomingMessage;
  expect(forwarded(headerOf(incoming, "x-forwarded-host", isShared), 2)).toBe("b");
  expect([headerOf(incoming, "host", isShared), headerOf(incoming, "origin", isShared)]).toEqual([isShared ? "changed" : "sent", undefined]);
});

test.each([
  ["203.0.113.7", "203.0.113.7"], ["::ffff:203.0.113.7", "203.0.113.7"], ["::FFFF:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"], ["2001:db8:1:2::9", "2001:db8:1:2"], ["2001:0DB8:0001:0002::", "2001:db8:1:2"], ["2001:db8::1", "2001:db8:0:0"], ["::1", "0:0:0:0"], ["::", "0:0:0:0"],
  ["1:2:3::4", "1:2:3:0"], ["fe80::1%eth0", "fe80:0:0:0"], ["64:ff9b::192.0.2.1", "64:ff9b:0:0"], ["nonsense", "nonsense"],
])("addressKey(%s) is %s", (address, expected) => {
  expect(addressKey(address)).toBe(expected);
});
