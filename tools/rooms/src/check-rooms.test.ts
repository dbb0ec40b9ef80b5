/** The program itself, over workspaces on disk: bundles need files, and exit codes a process. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { sizeOf } from "./bundle.js";
import { writeFixture, type Files } from "./fixture.js";
import { buildGraph } from "./graph.js";
import { checkGraph } from "./rules/index.js";
import { formatSizes, sizeRow } from "./sizes.js";
import { readWorkspace } from "./workspace.js";

const here = dirname(fileURLToPath(import.meta.url));
const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function fixture(changes: Files = {}): string {
  const root = writeFixture(changes);
  roots.push(root);
  return root;
}

function checkRooms(root: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", join(here, "check-rooms.ts"), root], { encoding: "utf8", cwd: here });
  return { status, output: stdout + stderr };
}

test("check-rooms passes a workspace in order", () => {
  expect(checkRooms(fixture())).toEqual({ status: 0, output: expect.stringMatching(/^rooms: in order \(\d+ files, \d+ rules, \d+ neutral bundles\)\n$/) as string });
});

test("check-rooms fails on a broken rule and says where, what and what to do", () => {
  const { status, output } = checkRooms(fixture({ "packages/simple-ws/src/core/connection.ts": "// core\nimport \"../shell/socket.js\";\nexport const connection = 1;\n" }));
  expect(status).toBe(1);
  expect(output).toMatch(/^packages\/simple-ws\/src\/core\/connection\.ts:2 {2}room-order {2}room "core" imports room "shell".*\n {4}→ /m);
  expect(output).toMatch(/^packages\/simple-ws\/src\/core\/connection\.ts:2 {2}cycles /m);
});

test("check-rooms fails when a browser's client pulls in a Node module", () => {
  const { status, output } = checkRooms(fixture({ "packages/simple-ws/src/client.web.ts": "export { connect } from \"./node/client.js\";\n" }));
  expect(status).toBe(1);
  expect(output).toMatch(/^packages\/simple-ws\/src\/node\/client\.ts:1 {2}neutral-bundle {2}@x\/simple-ws\/client does not bundle without Node: .*"node:net"/m);
});

test("readWorkspace() leaves out build output and dependencies", () => {
  const workspace = readWorkspace(fixture({ "packages/errors/dist/index.js": "import \"@x/wsframe\";", "packages/errors/node_modules/ws/index.js": "import \"nothing\";" }));
  expect([...workspace.files.keys()].filter((file) => /dist|node_modules/.test(file))).toEqual([]);
  expect(checkGraph(buildGraph(workspace))).toEqual([]);
});

test("sizeOf() measures a built entry with everything that it pulls in", async () => {
  const root = fixture({
    "packages/errors/dist/retry.js": "export const retry = \"0123456789\".repeat(1000);\n",
    "packages/errors/dist/index.js": "import { retry } from \"./retry.js\"; export const longName = retry;\n",
  });
  const size = await sizeOf("@x/errors", root);
  expect(size.minifiedBytes).toBeLessThan(readFileSync(join(root, "packages/errors/dist/index.js")).length + 60);
  expect(size.gzipBytes).toBeGreaterThan(20);
});

test.each([[2999, true], [3000, true], [3001, false]])("sizeRow() compares %i bytes with a budget of 3000", (gzipBytes, isWithin) => {
  const row = sizeRow({ entry: "@x/a", maxGzipBytes: 3000 }, { minifiedBytes: 9000, gzipBytes });
  expect(row.isWithin).toBe(isWithin);
  expect(formatSizes([row])).toContain(isWithin ? "  ok" : "TOO BIG");
});

test("formatSizes() aligns its columns", () => {
  const budgets = [{ entry: "@x/a", maxGzipBytes: 3000, aimGzipBytes: 2000 }, { entry: "@x/long-name", maxGzipBytes: undefined }];
  expect(formatSizes(budgets.map((budget) => sizeRow(budget, { minifiedBytes: 12_345, gzipBytes: 2500 })))).toBe([
    "entry              min  min+gzip   budget      aim",
    "@x/a          12.35 kB   2.50 kB  3.00 kB  2.00 kB  ok",
    "@x/long-name  12.35 kB   2.50 kB        –        –  ok",
  ].join("\n"));
});
