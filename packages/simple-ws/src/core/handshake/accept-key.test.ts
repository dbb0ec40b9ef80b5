import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { acceptOf } from "./accept-key.js";

test("answers the key of RFC 6455 §1.3 as it says there", () => {
  expect(acceptOf("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

test("is what node:crypto computes, for any key", () => {
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("base64"));
  fc.assert(fc.property(key, (sent) => {
    expect(acceptOf(sent)).toBe(createHash("sha1").update(`${sent}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64"));
  }), { numRuns: 1000 });
});
