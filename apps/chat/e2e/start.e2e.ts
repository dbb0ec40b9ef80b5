/** How the program starts and ends, seen from a terminal. */
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ChatProcess, runToEnd } from "./chat-process.js";

test("a busy port: says which, and what to type instead", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const chat = new ChatProcess();
  onTestFinished(() => chat.dispose());
  const { code, stderr } = await runToEnd({ PORT: String(port), SESSION_SECRET: "", DATA_DIR: chat.folder });
  expect(code).toBe(1);
  expect(stderr).toContain(`${port}`);
  expect(stderr).toMatch(/PORT=\d+ npm start/u);
  expect(stderr).not.toContain("    at "); // a message, not a stack
});

test("wrong settings: all of them at once, each with what was expected", async () => {
  const { code, stderr } = await runToEnd({ PORT: "http", SESSION_SECRET: "short" });
  expect(code).toBe(1);
  expect(stderr).toContain("PORT must be a number");
  expect(stderr).toContain("SESSION_SECRET must have at least 32 characters");
});

test("SIGTERM: ends in order, with exit code 0", async () => {
  const chat = new ChatProcess();
  onTestFinished(() => chat.dispose());
  await chat.start();
  expect(await chat.stop("SIGTERM")).toBe(0);
});
