import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSecret } from "./secret.js";
import { SESSION_SECONDS, SessionTokens } from "./tokens.js";

const id = "0b0f7f3e-4b9d-4f0e-9c39-0f6f5f1a2b3c";
const secret = "s".repeat(32);

test("SessionTokens: what was issued is verified, also after the secret was rotated", () => {
  const token = new SessionTokens([secret]).issue(id);
  expect(new SessionTokens([secret]).verify(token)).toBe(id);
  expect(new SessionTokens(["n".repeat(32), secret]).verify(token)).toBe(id);
  expect(new SessionTokens(["n".repeat(32)]).verify(token)).toBeUndefined();
});

test("SessionTokens: a token ends after SESSION_SECONDS, to the second", () => {
  let nowMs = 1_000_000;
  const tokens = new SessionTokens([secret], () => nowMs);
  const token = tokens.issue(id);
  nowMs += SESSION_SECONDS * 1000 - 1;
  expect(tokens.verify(token)).toBe(id);
  nowMs += 1;
  expect(tokens.verify(token)).toBeUndefined();
});

test("SessionTokens: no changed character is accepted", () => {
  const tokens = new SessionTokens([secret]);
  const token = tokens.issue(id);
  for (let at = 0; at < token.length; at++) {
    const changed = token.slice(0, at) + (token[at] === "a" ? "b" : "a") + token.slice(at + 1);
    expect(tokens.verify(changed)).toBeUndefined();
  }
});

test.each(["", ".", "1...", "1.x.1.y", `1.${id}.9999999999.`, `1.${id}.9999999999.${"A".repeat(43)}`, "x".repeat(100_000), undefined])(
  "SessionTokens: verify(%#) of junk is undefined", (junk) => expect(new SessionTokens([secret]).verify(junk)).toBeUndefined());

test("loadSecret() makes one secret, keeps it for its user alone, and refuses a damaged one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-secret-"));
  try {
    const [first, second] = await Promise.all([loadSecret(folder), loadSecret(folder)]);
    expect(first).toBe(second);
    expect(first).toHaveLength(64);
    expect(statSync(join(folder, "session-secret")).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, "session-secret"), "");
    await expect(loadSecret(folder)).rejects.toThrow("it is damaged");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
