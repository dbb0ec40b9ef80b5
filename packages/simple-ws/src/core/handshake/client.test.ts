import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { chunksOf, everySplit } from "@x/testkit";
import { WebSocketTimeoutException } from "@x/errors/wsframe";
import { parseWebSocketUrl } from "../url.js";
import { ClientHandshake, formatRequest, type HandshakeOutcome } from "./client.js";

const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // §1.3
const limits = { maxHeaderBytes: 1_000, maxHeaderLines: 20, maxErrorBodyBytes: 10 };
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const open = (...lines: string[]): string => ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`, ...lines, "", ""].join("\r\n");
const read = (text: string, subprotocols: string[] = [], end = false): HandshakeOutcome => {
  const handshake = new ClientHandshake(accept, { subprotocols, extensions: [] }, limits);
  const outcome = handshake.receive(bytesOf(text));
  return end ? handshake.receiveEnd() : outcome;
};
const failure = (code: string, more: object = {}): unknown => ({ kind: "failed", error: expect.objectContaining({ code, ...more }) as unknown });

describe("formatRequest()", () => {
  const options = { key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: [], extensions: [], headers: {}, origin: undefined, host: undefined, basicAuthorization: undefined };

  test("writes what §4.1 wants", () => {
    expect(formatRequest(parseWebSocketUrl("ws://server.example.com/chat"), options)).toBe(
      "GET /chat HTTP/1.1\r\nhost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  });

  test("lets headers replace Host and Authorization, and nothing of the handshake", () => {
    const url = parseWebSocketUrl("ws://u:p@h/");
    const request = formatRequest(url, { ...options, subprotocols: ["a", "b"], origin: "https://x", basicAuthorization: "dTpw", headers: { Host: "other" } });
    expect(request).toContain("Host: other\r\n");
    expect(request).not.toContain("host: h");
    expect(request).toContain("origin: https://x\r\nauthorization: Basic dTpw\r\n");
    expect(request).toContain("Sec-WebSocket-Protocol: a, b\r\n");
    expect(formatRequest(url, { ...options, basicAuthorization: "dTpw", headers: { Authorization: "Bearer t" } })).not.toContain("Basic");
  });

  test.each([[{ headers: { X: "1\r\nY: 2" } }], [{ origin: "x\r\nY: 2" }], [{ subprotocols: ["a b"] }], [{ subprotocols: ["a", "a"] }], [{ headers: { "Sec-WebSocket-Accept": "x" } }]])(
    "refuses %j", (more) => {
      expect(() => formatRequest(parseWebSocketUrl("ws://h/"), { ...options, ...more })).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    });
});

describe("ClientHandshake", () => {
  test("opens however TCP cuts the answer, and keeps the first bytes of frames (§4.1)", () => {
    const bytes = bytesOf(`${open("Sec-WebSocket-Protocol: chat")}\u0081\u0000`);
    for (const [head, tail] of everySplit(bytes)) {
      const handshake = new ClientHandshake(accept, { subprotocols: ["chat", "x"], extensions: [] }, limits);
      const first = handshake.receive(head);
      const outcome = first.kind === "pending" ? handshake.receive(tail) : first;
      expect(outcome).toMatchObject({ kind: "open", protocol: "chat" });
    }
    expect(read(`${open()}\u0081\u0000`)).toMatchObject({ kind: "open", protocol: "", rest: Uint8Array.of(0x81, 0) });
  });

  test.each([
    ["no Upgrade", open().replace("Upgrade: websocket\r\n", "")], ["another Upgrade", open().replace("websocket", "h2c")],
    ["no Connection", open().replace("Connection: Upgrade\r\n", "")], ["another accept", open().replace("s3p", "S3P")],
    ["no accept", open().replace(/Sec-WebSocket-Accept.*\r\n/, "")], ["an extension nobody offered", open("Sec-WebSocket-Extensions: permessage-deflate")],
    ["a subprotocol nobody offered", open("Sec-WebSocket-Protocol: evil")], ["two subprotocols", open("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b")],
    ["two accepts", open(`Sec-WebSocket-Accept: ${accept}`)],
  ])("refuses an answer with %s (§4.1)", (_what, text) => {
    expect(read(text, ["a", "b"])).toEqual(failure("wsframe/bad-handshake"));
  });

  test("passes over informational answers, however TCP cuts them; limits hold for all heads together (RFC 9110 §15.2)", () => {
    const bytes = bytesOf(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${open()}\u0081\u0000`);
    for (const [head, tail] of everySplit(bytes)) {
      const handshake = new ClientHandshake(accept, { subprotocols: [], extensions: [] }, limits);
      const first = handshake.receive(head);
      expect(first.kind === "pending" ? handshake.receive(tail) : first).toMatchObject({ kind: "open", headers: { upgrade: "websocket" } });
    }
    const hints = "HTTP/1.1 103 Early Hints\r\n\r\n";
    expect(read(hints.repeat(20) + open())).toMatchObject(failure("wsframe/handshake-too-long") as object);
    expect(read(hints.repeat(10_000))).toMatchObject(failure("wsframe/handshake-too-long") as object);
    expect(read(`${hints}HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n`)).toMatchObject(failure("wsframe/bad-status", { statusCode: 403 }) as object);
  });

  test("tells status, headers and body of a refusal", () => {
    expect(read("HTTP/1.1 401 Nope\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nsorryXXX"))
      .toEqual(failure("wsframe/bad-status", { statusCode: 401, statusMessage: "Nope", body: "sorry", retryable: false }));
    expect(read("HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")).toEqual(failure("wsframe/bad-status", { body: "abcde", retryable: true }));
    expect(read("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")).toEqual(failure("wsframe/bad-status", { statusCode: 302, body: "" }));
    expect(read("HTTP/1.1 204 x\r\n\r\n")).toEqual(failure("wsframe/bad-status", { statusCode: 204 }));
    expect(read("HTTP/1.1 500 x\r\n\r\nabc", [], true)).toEqual(failure("wsframe/bad-status", { body: "abc" }));
  });

  test("keeps at most maxErrorBodyBytes of a body: at the limit all of it, one over is cut", () => {
    expect(read("HTTP/1.1 500 x\r\n\r\n0123456789", [])).toEqual(failure("wsframe/bad-status", { body: "0123456789" }));
    expect(read("HTTP/1.1 500 x\r\nContent-Length: 11\r\n\r\n0123456789a")).toEqual(failure("wsframe/bad-status", { body: "0123456789" }));
    expect(read("HTTP/1.1 500 x\r\nContent-Length: 9\r\n\r\n012345678")).toEqual(failure("wsframe/bad-status", { body: "012345678" }));
  });

  test.each([["Content-Length: x\r\n\r\n"], ["Transfer-Encoding: chunked\r\n\r\nzz\r\n"], [`Transfer-Encoding: chunked\r\n\r\n${"1".repeat(65)}`]])("refuses a body it cannot measure: %j", (rest) => {
    expect(read(`HTTP/1.1 500 x\r\n${rest}`)).toEqual(failure("wsframe/bad-handshake"));
  });

  test("is over when the network is: once, with one outcome", () => {
    const handshake = new ClientHandshake(accept, { subprotocols: [], extensions: [] }, limits);
    handshake.receive(bytesOf("HTTP/1.1 1"));
    const outcome = handshake.receiveEnd();
    expect(outcome).toEqual(failure("wsframe/connection-lost"));
    expect(handshake.receive(bytesOf(open()))).toBe(outcome);
    expect(handshake.receiveEnd(new WebSocketTimeoutException())).toBe(outcome);
  });

  test("a refusal whose body never ends is a refusal, not a timeout", () => {
    const handshake = new ClientHandshake(accept, { subprotocols: [], extensions: [] }, limits);
    handshake.receive(bytesOf("HTTP/1.1 403 x\r\nContent-Length: 9\r\n\r\nno"));
    expect(handshake.receiveEnd(new WebSocketTimeoutException())).toEqual(failure("wsframe/bad-status", { statusCode: 403, body: "no" }));
  });

  test("survives any bytes in any pieces", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), fc.constantFrom("", "HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 101 x\r\n"), (noise, size, prefix) => {
      const handshake = new ClientHandshake(accept, { subprotocols: [], extensions: [] }, limits);
      handshake.receive(bytesOf(prefix));
      for (const chunk of chunksOf(noise, size)) handshake.receive(chunk);
      expect(handshake.receiveEnd().kind).toBe("failed");
    }));
  });
});
