import { expect, test } from "vitest";
import { CircuitOpenError } from "./circuit-breaker.js";
import { socketio, wsframe } from "./index.js";
import { retryAfterMs } from "./retry.js";

const nowMs = Date.parse("Fri, 31 Dec 1999 23:59:00 GMT");

function status(headers: wsframe.HeaderMap): wsframe.WebSocketBadStatusException {
  return new wsframe.WebSocketBadStatusException("m", { statusCode: 503, headers });
}

test.each([
  [{ "retry-after": "120" }, 120_000],
  [{ "retry-after": "0" }, 0],
  [{ "Retry-After": " 7 " }, 7_000],
  [{ "retry-after": ["3", "4"] }, 3_000],
  [{ "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT" }, 59_000],
  [{ "retry-after": "Fri, 31 Dec 1999 23:58:00 GMT" }, 0],
  [{ "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT", date: "Fri, 31 Dec 1999 23:59:49 GMT" }, 10_000],
  [{ "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT", date: "nonsense" }, 59_000],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "1.5" }, undefined],
  [{ "retry-after": "9999999999" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after": undefined }, undefined],
  [{}, undefined],
])("of headers %o is %o (RFC 9110 §10.2.3)", (headers: wsframe.HeaderMap, asked) => {
  expect(retryAfterMs(status(headers), nowMs)).toBe(asked);
});

test("is found in the chain of causes", () => {
  expect(retryAfterMs(new socketio.ConnectionError("m", { cause: new Error("m", { cause: status({ "retry-after": "5" }) }) }))).toBe(5_000);
});

test("is what an open circuit says", () => {
  expect(retryAfterMs(new CircuitOpenError("m", { retryAfterMs: 42 }))).toBe(42);
});

test.each([undefined, null, "text", 7, {}, { headers: 7 }, { headers: null }, { retryAfterMs: -1 }, { retryAfterMs: "5" }])("of %o is undefined", (error) => {
  expect(retryAfterMs(error)).toBeUndefined();
});

test("ends at cycles", () => {
  const error = new Error("m");
  error.cause = error;
  expect(retryAfterMs(error)).toBeUndefined();
});
