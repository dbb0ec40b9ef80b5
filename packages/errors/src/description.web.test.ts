import { expect, test } from "vitest";
import { ConnectionError } from "./engineio.js";
import { MAX_MESSAGE_LENGTH } from "./description.js";
import { describeError } from "./description.web.js";
import { TransportError } from "./transport-error.js";

test("a page's toJSON() names an error and its causes, and nothing that they carry", () => {
  const below = new ConnectionError("refused\n", { httpStatus: 503, details: { token: "secret" }, body: "secret", cause: "ECONNREFUSED" });
  const error = new TransportError("Cannot connect", { cause: below, details: { token: "secret" } });
  const described = describeError(error);
  expect(described).toEqual({
    name: "TransportError", message: "Cannot connect", code: "errors/error", layer: "errors", retryable: false,
    cause: { name: "ConnectionError", message: "refused\\u{a}", code: "engineio/connection-failed", layer: "engineio", retryable: true, httpStatus: 503, cause: { name: "string", message: "ECONNREFUSED" } },
  });
  expect(JSON.stringify(described)).not.toContain("secret");
});

test("it ends, is bounded, and never throws", () => {
  const loop = new Error("x".repeat(MAX_MESSAGE_LENGTH + 1));
  loop.cause = loop;
  expect(JSON.stringify(describeError(loop)).length).toBeLessThan(10 * (MAX_MESSAGE_LENGTH + 100));
  const trap = Object.defineProperty(new Error("x"), "code", { get: () => { throw new Error("trap"); } });
  expect(describeError(trap)).toEqual({ name: "Error", message: "[unreadable]" });
  expect(describeError(Object.create(null))).toEqual({ name: "object", message: "" });
});
