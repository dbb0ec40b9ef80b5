import { expect, test } from "vitest";
import { scanFile } from "./scan.js";

test.each([
  ["import a from \"a\";", "a"],
  ["import type { A } from \"a\";", "a"],
  ["export * from \"a\";", "a"],
  ["export type { A } from \"a\";", "a"],
  ["const a = import(\"a\");", "a"],
  ["const a = import(`a`);", "a"],
  ["const a = require(\"a\");", "a"],
  ["import a = require(\"a\");", "a"],
  ["let a: import(\"a\").A;", "a"],
  ["let a: typeof import(\"a\");", "a"],
  ["/// <reference types=\"a\" />", "a"],
  ["import \"a\";", "a"],
  ["import data from \"a\" with { type: \"json\" };", "a"],
])("scanFile() sees what %s names", (text, specifier) => {
  expect(scanFile("x.ts", text).imports).toEqual([{ specifier, line: 1 }]);
});

test.each(["// import \"a\"", "const a = \"import 'a'\";", "import(name);", "object.require(\"a\");", "export { a };"])("scanFile() is not misled by %s", (text) => {
  expect(scanFile("x.ts", text).imports).toEqual([]);
});

test("scanFile() counts lines from 1, at the specifier", () => {
  expect(scanFile("x.ts", "\n\nimport {\n  a,\n} from \"a\";").imports).toEqual([{ specifier: "a", line: 5 }]);
});

test.each([
  ["await x;", 1],
  ["const a = [await x];", 1],
  ["\nif (a) { await x; }", 2],
  ["for await (const a of b);", 1],
  ["await using a = b();", 1],
  ["async () => { await x; };", undefined],
  ["class A { async a() { for await (const b of c); } }", undefined],
  ["async function a() { await using b = c(); }", undefined],
  ["const awaited = 1;", undefined],
])("scanFile() finds the top-level await of %j on line %s", (text, line) => {
  expect(scanFile("x.ts", text).topLevelAwaitLine).toBe(line);
});

test.each([
  ["export { a } from \"a\";\nimport * as b from \"b\";\nexport { b };\nexport * as c from \"c\";\nexport type { D } from \"d\";", undefined],
  ["export { a } from \"a\";\nexport const b = 1;", 2],
  ["export interface A { b: string }", 1],
  ["import \"a\";\nexport default a;", 2],
])("scanFile() tells re-exports from statements of a file's own: %j", (text, line) => {
  expect(scanFile("x.ts", text).firstOwnStatementLine).toBe(line);
});

test("scanFile() reads JSX in .tsx files", () => {
  expect(scanFile("x.tsx", "import a from \"a\";\nexport const B = () => <a>{import(\"b\")}</a>;").imports.map(({ specifier }) => specifier)).toEqual(["a", "b"]);
});
