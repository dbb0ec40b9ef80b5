/** What require() and import() give, of packages that lie there as if installed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { load } from "./consumer.js";

async function loaded(code: string): ReturnType<typeof load> {
  const folder = mkdtempSync(join(tmpdir(), "pack-check-test-"));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  mkdirSync(join(folder, "node_modules/it"), { recursive: true });
  writeFileSync(join(folder, "node_modules/it/package.json"), JSON.stringify({ name: "it", type: "module", exports: "./index.js" }));
  writeFileSync(join(folder, "node_modules/it/index.js"), code);
  return await load({ folder, packageName: "it" }, ["it"]);
}

test("load(): a module may say what require() gives; all that it exports must be there", async () => {
  expect(await loaded("export const one = 1;")).toBeUndefined();
  expect(await loaded("export const one = 1; const all = Object.assign(() => one, { one }); export { all as default, all as 'module.exports' };")).toBeUndefined();
  expect(await loaded("export const one = 1; const all = () => one; export { all as default, all as 'module.exports' };")).toMatch(/it: require\(\) lacks one/);
});
