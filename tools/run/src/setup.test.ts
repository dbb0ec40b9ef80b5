import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { requireNode, satisfies } from "./node-version.mjs";
import { installationHash, lockedFolders } from "./setup.mjs";

const folders: string[] = [];
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true }); });

test.each([
  ["20.19.0", ">=20.19", true], ["20.18.9", ">=20.19", false], ["v22.0.0", ">=20.19", true], ["18.99.99", ">=20.19", false],
  ["20.19.1", ">=20.19.2", false], ["20.19.2", ">=20.19.2", true], ["21.0.0", ">= 20.19.2", true], ["24.0.0-nightly", ">=24", true],
])("satisfies(%s, %s) is %s", (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected);
});

test("requireNode() says what is wanted and where to get it", () => {
  expect(() => { requireNode("18.0.0", ">=20.19"); }).toThrow(expect.objectContaining({ name: "Advice", message: "Node 18.0.0 is too old: this workspace needs >=20.19", next: expect.stringContaining("nodejs.org") as string }));
});

const lockfile = `lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      eslint:
        specifier: 'catalog:'

  packages/errors:
    devDependencies: {}

  'tools/odd name':
    dependencies: {}

packages:

  '@x/y@1.0.0':
    resolution: {}
`;

test("lockedFolders() lists the importers of a lockfile, and nothing behind them", () => {
  expect(lockedFolders(lockfile)).toEqual([".", "packages/errors", "tools/odd name"]);
});

test("installationHash() changes with the lockfile and with any manifest, and with nothing else", () => {
  const root = mkdtempSync(join(tmpdir(), "setup-"));
  folders.push(root);
  mkdirSync(join(root, "packages/errors"), { recursive: true });
  const write = (file: string, text: string): void => { writeFileSync(join(root, file), text); };
  write("package.json", "{}");
  write("packages/errors/package.json", "{}");
  const first = installationHash(root, lockfile);
  write("packages/errors/index.ts", "1");
  expect(installationHash(root, lockfile)).toBe(first);
  write("packages/errors/package.json", "{ }");
  const second = installationHash(root, lockfile);
  expect(second).not.toBe(first);
  expect(installationHash(root, `${lockfile}#`)).not.toBe(second);
  write("pnpm-workspace.yaml", "packages: []");
  expect(installationHash(root, lockfile)).not.toBe(second);
});
