/** The types of a small workspace, checked at once: what is found, where, and under which configuration. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkTypes, typeChecks } from "./types.js";
import type { Manifest } from "./workspace.js";

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function config(options: object, include: readonly string[] = ["src"]): string {
  return JSON.stringify({ compilerOptions: { target: "ES2023", module: "NodeNext", types: [], strict: true, noEmit: true, skipLibCheck: true, ...options }, include });
}

const neutral = { lib: ["ES5"] };

/** Two packages: `b` imports `a`'s source. */
const good: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ type: "module" }),
  "a/tsconfig.json": config({ ...neutral, declaration: true, isolatedDeclarations: true }),
  "a/src/index.ts": "export const one: number = 1;\n",
  "b/tsconfig.json": config(neutral),
  "b/src/index.ts": "import { one } from \"../../a/src/index.js\";\nconst two: number = one + 1;\nexport { two };\n",
};

function check(changes: Readonly<Record<string, string>>, configs: readonly string[] = ["a/tsconfig.json", "b/tsconfig.json"]): readonly string[] {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "types-")));
  roots.push(root);
  for (const [path, text] of Object.entries({ ...good, ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkTypes(root, configs).findings;
}

test("checkTypes() passes a workspace in order", () => {
  expect(check({})).toEqual([]);
});

test("checkTypes() finds a wrong type in a package and, through its sources, in what depends on it", () => {
  expect(check({ "a/src/index.ts": "export const one: string = \"1\";\n" })).toEqual([expect.stringMatching(/^b\/src\/index\.ts\(2,7\): error TS2322: /)]);
  expect(check({ "a/src/index.ts": "export const one: number = \"1\";\n" })).toEqual([expect.stringMatching(/^a\/src\/index\.ts\(1,14\): error TS2322: /)]);
});

test.each([
  ["syntax", { "a/src/index.ts": "export const one: number = ;\n" }, "TS1109"],
  ["declarations", { "a/src/index.ts": "export const one = Math.max(1);\n" }, "TS9010"],
  ["options", { "a/tsconfig.json": config({ ...neutral, isolatedDeclarations: true }) }, "TS5069"],
  ["configuration", { "a/tsconfig.json": config({ ...neutral, strikt: true }) }, "TS5025"],
  ["missing library", { "a/tsconfig.json": config({ ...neutral, types: ["nowhere"] }) }, "TS2688"],
])("checkTypes() reports errors of %s", (_, changes: Readonly<Record<string, string>>, code) => {
  expect(check(changes).join("\n")).toContain(code);
});

test("checkTypes() keeps what only one room has to that room, although parsed files are shared", () => {
  const usesPage = {
    "page.d.ts": "declare const page: { readonly width: number };\n",
    "a/src/index.ts": "export const one: number = page.width;\n",
    "a/tsconfig.web.json": config(neutral, ["src", "../page.d.ts"]),
  };
  expect(check(usesPage, ["a/tsconfig.web.json"])).toEqual([]);
  expect(check(usesPage, ["a/tsconfig.web.json", "a/tsconfig.json"])).toEqual([expect.stringContaining("TS2304")]);
  expect(check(usesPage, ["a/tsconfig.json", "a/tsconfig.web.json"])).toEqual([expect.stringContaining("TS2304")]);
});

test("checkTypes() checks a file that no configuration names where it is first reached", () => {
  expect(check({ "a/src/index.ts": "export const one: number = \"1\";\n" }, ["b/tsconfig.json"])).toEqual([expect.stringContaining("a/src/index.ts(1,14)")]);
});

test("checkTypes() refuses a configuration that is not there", () => {
  expect(() => check({}, ["c/tsconfig.json"])).toThrow(TypeError);
});

test("typeChecks() takes configurations from the scripts, and leaves what is not `tsc -p` as commands", () => {
  const manifests: Record<string, Manifest> = {
    "packages/a": { scripts: { typecheck: "tsc -p tsconfig.json && tsc -p src/web/tsconfig.json && node old/tsc -p tsconfig.types.json" } },
    "packages/b": { scripts: { test: "vitest run" } },
  };
  const packages = Object.entries(manifests).map(([folder, manifest]) => ({ name: folder, folder, manifest, isPublished: true }));
  expect(typeChecks(packages)).toEqual([{
    folder: "packages/a",
    configs: ["packages/a/tsconfig.json", "packages/a/src/web/tsconfig.json"],
    commands: ["node old/tsc -p tsconfig.types.json"],
  }]);
});
