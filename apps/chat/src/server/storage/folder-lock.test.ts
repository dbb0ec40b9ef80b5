import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StartError } from "@x/app-base/start-error";
import { lockFolder } from "./folder-lock.js";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "folder-lock-"))));
afterEach(() => { rmSync(folder, { recursive: true }); });
const path = (): string => join(folder, "server.pid");

test("a lock whose owner is just writing its number is not taken over", async () => {
  writeFileSync(path(), "");
  setTimeout(() => { writeFileSync(path(), `${process.ppid}\n`); }, 30); // a process that runs; before anybody has looked often enough
  const locking = lockFolder(folder);
  await expect(locking).rejects.toThrow(StartError);
  expect(readFileSync(path(), "utf8")).toBe(`${process.ppid}\n`);
});

test.each([["no number, because a crash came between", ""], ["the number of a process that has gone", "999999999\n"]])("a lock with %s is taken over, and nothing stays", async (_which, content) => {
  writeFileSync(path(), content);
  const unlock = await lockFolder(folder);
  expect(readFileSync(path(), "utf8")).toBe(`${process.pid}\n`);
  await unlock();
  expect(existsSync(path())).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});
