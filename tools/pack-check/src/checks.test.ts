/** Packages made here, packed and checked for real: one in order, and one broken in every way that a check looks for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkPackage, type CheckResult } from "./checks.js";
import { run } from "./processes.js";

const scratch = mkdtempSync(join(tmpdir(), "pack-check-test-"));
afterAll(() => { rmSync(scratch, { recursive: true }); });

type Files = Readonly<Record<string, string>>;

const exports = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./package.json": "./package.json" };
const manifest = { version: "1.0.0", type: "module", license: "MIT", sideEffects: false, files: ["dist"], exports };

const good: Files = {
  "package.json": JSON.stringify({ name: "@x/good", ...manifest, dependencies: { "@x/base": "^1.0.0" } }),
  "README.md": "# good\n\n```ts\nimport { two } from \"@x/good\";\nconst sum: number = two + 1;\nconsole.log(sum);\n```\n",
  "dist/index.js": "import { one } from \"@x/base\";\nexport const two = one + 1;\n",
  "dist/index.d.ts": "export declare const two: number;\n",
};
const base: Files = {
  "package.json": JSON.stringify({ name: "@x/base", ...manifest }),
  "README.md": "# base\n\n```ts\nimport { one } from \"@x/base\";\nconst text: string = one;\nthrow new Error(text);\n```\n",
  "dist/index.js": "export const one = await 1;\n",
  "dist/index.d.ts": "import type { Gone } from \"./gone.js\";\nexport declare const one: number;\nexport type Here = Gone;\n",
};
const silent: Files = {
  "package.json": JSON.stringify({ name: "@x/silent", ...manifest, exports: { ".": { default: "./dist/index.js", types: "./dist/index.d.ts" } }, dependencies: { "@x/base": "workspace:^" } }),
  "dist/index.js": "export const nothing = 0;\n",
  "dist/other.d.ts": "export declare const nothing: number;\n",
};

async function packed(files: Files): Promise<{ name: string; tarball: string }> {
  const { name } = JSON.parse(files["package.json"] ?? "") as { name: string };
  const folder = join(scratch, "sources", name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return { name, tarball: join(scratch, filename) };
}

async function check(subject: Files, siblings: readonly Files[] = []): Promise<Map<string, CheckResult["complaint"]>> {
  const all = await Promise.all([subject, ...siblings].map(packed));
  const [own] = all;
  if (own === undefined) throw new Error("nothing was packed");
  const results = await checkPackage(own, new Map(all.map(({ name, tarball }) => [name, tarball])), join(scratch, "consumers", own.name));
  return new Map(results.map(({ check: name, complaint }) => [name, complaint]));
}

test("a package in order passes every check, its sibling installed from a tarball", { timeout: 300_000 }, async () => {
  const plainBase = { ...base, "dist/index.js": "export const one = 1;\n", "dist/index.d.ts": "export declare const one: number;\n" };
  const results = await check(good, [plainBase]);
  expect([...results]).toEqual(["publint", "installs alone", "ranges", "types resolve (attw)", "README's example", "type-checks", "require() and import()"].map((name) => [name, undefined]));
});

test("a top-level await, a crashing README and declarations that lead nowhere are found", { timeout: 300_000 }, async () => {
  const results = await check(base);
  expect(results.get("installs alone")).toBeUndefined();
  expect(results.get("README's example")).toMatch(/ended with code 1:[\s\S]*throw new Error/);
  expect(results.get("type-checks")).toMatch(/example\.ts\(2,7\)[\s\S]*gone\.js/);
  expect(results.get("require() and import()")).toMatch(/ERR_REQUIRE_ASYNC_MODULE/);
});

test("missing types, wrong order of conditions and unresolved ranges are found", { timeout: 300_000 }, async () => {
  const results = await check(silent);
  expect(results.get("publint")).toMatch(/types/);
  expect(results.get("installs alone")).toMatch(/workspace:/);
});

test("entries without types, and a program that does not run, are found", { timeout: 300_000 }, async () => {
  const rest = { ...(JSON.parse(silent["package.json"] ?? "") as object), dependencies: {} };
  const results = await check({
    ...silent,
    "package.json": JSON.stringify({ ...rest, name: "@x/programs", bin: { works: "dist/works.js", fails: "dist/fails.js" } }),
    "dist/works.js": "#!/usr/bin/env node\nconsole.log(\"Usage: works\");\n",
    "dist/fails.js": "#!/usr/bin/env node\nimport \"./gone.js\";\n",
  });
  expect(results.get("works runs")).toBeUndefined();
  expect(results.get("fails runs")).toMatch(/ended with code 1[^]*gone\.js/);
  expect(results.get("types resolve (attw)")).toMatch(/no type declarations/i);
});
