import { expect, test } from "vitest";
import { titlesIn } from "./titles.js";

test("titlesIn() reads titles of tests and of groups, those of tables included", () => {
  const source = 'describe("group", () => { test("plain", f); it.each([1])("each %s", f); test.skipIf(a)(`template ${b}`, f); }); test.each`a`("tagged", f);';
  expect([...titlesIn(source)]).toEqual(["group", "plain", "each %s", "template ${b}", "tagged"]);
});

test.each([
  ["a comment", '// test("title", f)'],
  ["a text", 'const title = "title"; expect("title").toBe(title);'],
  ["a test that is skipped", 'test.skip("title", f); it.todo("title"); test.skip.each([1])("title", f);'], // skips nothing: a text that titlesIn() reads
  ["a test of a group that is skipped", 'describe.skip("group", () => { test("title", f); });'], // likewise a text
  ["another function's", 'notATest("title", f); a.test("title", f);'],
  ["a name in a table whose tests have titles of their own", 'test.each([{ name: "title" }])("for $name", f);'],
])("titlesIn() takes %s for none", (_what, source) => {
  expect([...titlesIn(source)]).not.toContain("title");
});

test.each([["%s", "name"], ["$name", "name"], ["$title", "title"]])("titlesIn() reads what a table whose tests are titled %s has as %s", (title, property) => {
  expect([...titlesIn(`const rows = [{ ${property}: "first", other: "x" }, { ${property}: "second" }]; test.each(rows)("${title}", f);`)]).toEqual([title, "first", "second"]);
});
