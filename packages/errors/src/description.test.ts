import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeError, describeRecord, MAX_DEPTH, MAX_ENTRIES } from "./description.js";
import { engineio, pool, simpleWs, socketio, TransportError, wsframe } from "./index.js";

describe("toJSON()", () => {
  test("has the root's fields, the class's attributes, details and the chain of causes", () => {
    const system = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED", port: 1 });
    const engine = new engineio.ConnectionError("Cannot connect: refused", { cause: system });
    const error = new socketio.TimeoutError("Cannot call: timed out", { cause: engine, afterMs: 5000, operation: "call", closeCode: 1001, httpStatus: 504, details: { event: "get" } });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "TimeoutError", message: "Cannot call: timed out", code: "socketio/timeout", layer: "socketio", retryable: true, closeCode: 1001, httpStatus: 504,
      details: { event: "get" }, afterMs: 5000, operation: "call",
      cause: {
        name: "ConnectionError", message: "Cannot connect: refused", code: "engineio/connection-failed", layer: "engineio", retryable: true, details: {},
        cause: { name: "Error", message: "connect ECONNREFUSED 127.0.0.1:1", code: "ECONNREFUSED" },
      },
    });
  });

  test("leaves out what peers answered, and what is secret by name, however deep", () => {
    const secret = "hunter2";
    const errors = [
      new wsframe.WebSocketBadStatusException("m", { statusCode: 401, headers: { "set-cookie": secret }, body: secret }),
      new wsframe.WebSocketProxyException("m", { headers: { "proxy-authenticate": secret } }),
      new engineio.ConnectionError("m", { body: { secret } }),
      new socketio.ConnectionRefusedError("m", { data: { secret } }),
      new pool.InvalidMessageError("m", { data: secret }),
      new TransportError(`Cannot reach ws://me:${secret}@host/?token=${secret}`),
      new TransportError("m", { details: { password: secret, headers: { Authorization: secret, Cookie: secret }, list: [{ apiKey: secret, accessToken: secret }] } }),
      new TransportError("m", { details: { url: `wss://me:${secret}@host/?api_key=${secret}`, at: new URL(`ws://me:${secret}@host/`) } }),
      new TransportError("m", { cause: Object.assign(new Error("m"), { config: { data: secret } }) }),
      new TransportError("m", { details: { inner: new wsframe.WebSocketBadStatusException("m", { body: secret }) } }),
    ];
    for (const error of errors) expect(JSON.stringify(error)).not.toContain(secret);
  });

  test("escapes what peers wrote", () => {
    const json = JSON.stringify(new simpleWs.ConnectionClosed("bye\n2026 ERROR forged", { reason: 1000, details: { "ke\ny": "\u202e" } }).toJSON());
    expect(json).not.toMatch(/\\n|\u202e/);
  });

  test.each([MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 10_000])("a chain of %i causes is written out to the limit", (length) => {
    let error = new TransportError("0");
    for (let index = 1; index <= length; index++) error = new TransportError(String(index), { cause: error });
    const messages: unknown[] = [];
    for (let at: unknown = error.toJSON(); typeof at === "object" && at !== null; at = "cause" in at ? at.cause : undefined) messages.push("message" in at && at.message);
    expect(messages).toHaveLength(Math.min(length, MAX_DEPTH) + 1);
  });

  test("ends at cycles, of causes and of details", () => {
    const details: Record<string, unknown> = {};
    details["self"] = details;
    const error = new TransportError("one", { details });
    Object.defineProperty(error, "cause", { value: new TransportError("two", { cause: error }) });
    expect(error.toJSON()).toMatchObject({ details: { self: "[…]" }, cause: { message: "two", cause: "[…]" } });
  });

  test.each([MAX_ENTRIES, MAX_ENTRIES + 1])("%i entries are written out to the limit", (count) => {
    const wide = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
    expect(Object.keys(describeRecord(wide))).toHaveLength(MAX_ENTRIES);
    expect(describeRecord({ list: Array.from({ length: count }, () => 1) })["list"]).toHaveLength(MAX_ENTRIES);
  });

  test("an error's own fields and causes come before the limit on entries", () => {
    const details = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, index]));
    expect(new TransportError("m", { details, cause: new Error("below") }).toJSON()).toMatchObject({ code: "errors/error", cause: { message: "below" } });
  });

  test("several causes at once, as happy eyeballs make them", () => {
    const cause = new AggregateError([new Error("v6"), new Error("v4")], "both");
    expect(new TransportError("m", { cause }).toJSON()).toMatchObject({ cause: { message: "both", errors: [{ message: "v6" }, { message: "v4" }] } });
  });

  test("writes out what JSON cannot say", () => {
    const details = { big: 10n ** 40n, bytes: new Uint8Array(3), when: new Date(0), url: new URL("http://h/"), no: undefined, fn: () => 1, symbol: Symbol("s"), nothing: null, nan: Number.NaN };
    const { details: written } = JSON.parse(JSON.stringify(new TransportError("m", { details }))) as { details: unknown };
    expect(written).toEqual({
      big: `1${"0".repeat(40)}`, bytes: "[3 bytes]", when: "1970-01-01T00:00:00.000Z", url: "http://h/", nothing: null, nan: null,
    });
  });

  test("cannot be made to touch prototypes", () => {
    const json = describeRecord(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Record<string, unknown>);
    expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });

  test("never throws, whatever the cause", () => {
    const hostile = [
      new Proxy({}, { ownKeys: () => { throw new Error("trap"); } }),
      new Proxy(new Error("m"), { get: () => { throw new Error("trap"); } }),
      { get message() { throw new Error("trap"); } },
      { toJSON() { throw new Error("trap"); } },
      Object.assign(new Error("m"), { name: 7, message: 8 }),
      Object.create(null),
    ];
    for (const cause of hostile) expect(() => JSON.stringify(new TransportError("m", { cause }))).not.toThrow();
  });

  test("is bounded for any details", () => {
    fc.assert(fc.property(fc.object({ maxDepth: 6, withBigInt: true, withDate: true, withTypedArray: true, withMap: true, withNullPrototype: true, withObjectString: true }), (details) => {
      const json = JSON.stringify(new TransportError("m", { details: { details } }));
      expect(json.length).toBeLessThan(400_000);
      expect(json).not.toMatch(/[\u0000-\u001f\u2028\u202e]/);
    }));
  });
});

test.each([
  ["text", { name: "string", message: "text" }],
  [7, { name: "number", message: 7 }],
  [undefined, { name: "undefined", message: undefined }],
  [null, { name: "object", message: null }],
  [{ code: 1 }, { code: 1 }],
  [new TypeError("m"), { name: "TypeError", message: "m" }],
])("describeError(%o) is %o", (thrown, description) => {
  expect(describeError(thrown)).toEqual(description);
});
