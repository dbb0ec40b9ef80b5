/** A small workspace in which every rule holds; tests break it on purpose, one file at a time. */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Finding } from "./finding.js";
import { buildGraph } from "./graph.js";
import { neutralEntries } from "./layout.js";
import { checkGraph } from "./rules/index.js";
import { parseWorkspace, type Manifest } from "./workspace.js";

/** A file's text, or `undefined` to leave the file out. */
export type Files = Readonly<Record<string, string | undefined>>;

function entry(name: string, neutral: string = name): object {
  return {
    types: { "@x/source": `./src/${name}.ts`, default: `./dist/${name}.d.ts` },
    "@x/source": { node: `./src/${name}.ts`, default: `./src/${neutral}.ts` },
    node: `./dist/${name}.js`,
    default: `./dist/${neutral}.js`,
  };
}

/** The manifest of a published package; `changes` break it. */
export function manifest(name: string, exports: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    name, type: "module", sideEffects: false, engines: { node: ">=20.19" },
    exports: { ...exports, "./package.json": "./package.json" }, ...changes,
  }, undefined, 2);
}

function privateManifest(name: string, dependencies: readonly string[]): string {
  return JSON.stringify({ name, private: true, type: "module", dependencies: Object.fromEntries(dependencies.map((key) => [key, "workspace:*"])) } satisfies Manifest);
}

export const errorsExports: Readonly<Record<string, unknown>> = { ".": entry("index"), "./retry": entry("retry") };
export const socketExports: Readonly<Record<string, unknown>> = { ".": entry("index", "client.web"), "./client": entry("client", "client.web"), "./memory": entry("memory") };

/** The entries below a package's own that its bundle for browsers must exist for. */
function neutralNames(name: string): string[] {
  return neutralEntries.filter((path) => path.startsWith(`${name}/`) && !path.endsWith("*")).map((path) => path.slice(name.length + 1));
}

function neutralExports(name: string): Record<string, unknown> {
  return Object.fromEntries(neutralNames(name).map((path) => [`./${path}`, entry(path)]));
}

/** A file behind each of {@link neutralExports}. */
function neutralFiles(name: string): Files {
  return Object.fromEntries(neutralNames(name).map((path) => [`packages/${name.slice(3)}/src/${path}.ts`, "export {};\n"]));
}

const onErrors: Readonly<Record<string, unknown>> = { dependencies: { "@x/errors": "workspace:^" }, devDependencies: { "@x/testkit": "workspace:*" } };

const good: Files = {
  ...neutralFiles("@x/engineio"),
  ...neutralFiles("@x/pool"),
  "package.json": JSON.stringify({ devDependencies: { vitest: "1", tsup: "1" } }),
  "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - tools/*\n  - apps/*\n  - examples\n\ncatalog:\n  ws: 8\n",
  "tsup.shared.ts": "export const library = 1;\n",

  "packages/errors/package.json": manifest("@x/errors", errorsExports, { devDependencies: { vitest: "1" } }),
  "packages/errors/src/index.ts": "export { retry } from \"./retry.js\";\n",
  "packages/errors/src/retry.ts": "export const retry = async (): Promise<void> => { await Promise.resolve(); };\n",
  "packages/errors/src/retry.test.ts": "import { test } from \"vitest\";\nimport { readFileSync } from \"node:fs\";\nimport { retry } from \"./retry.js\";\ntest(\"x\", () => retry(readFileSync));\n",
  "packages/errors/tsup.config.ts": "import { library } from \"../../tsup.shared.js\";\nexport default library;\n",

  "packages/wsframe/package.json": manifest("@x/wsframe", { ".": entry("index") }, onErrors),
  "packages/wsframe/src/index.ts": "export { readHeader } from \"./header.js\";\n",
  "packages/wsframe/src/header.ts": "import { retry } from \"@x/errors/retry\";\nexport const readHeader = retry;\n",

  "packages/simple-ws/package.json": manifest("@x/simple-ws", socketExports, { dependencies: { "@x/errors": "workspace:^", "@x/wsframe": "workspace:^" }, devDependencies: { "@x/testkit": "workspace:*" } }),
  "packages/simple-ws/src/index.ts": "export { connect } from \"./node/client.js\";\nexport { pair } from \"./memory/pair.js\";\n",
  "packages/simple-ws/src/client.ts": "export { connect } from \"./node/client.js\";\n",
  "packages/simple-ws/src/client.web.ts": "import { connect } from \"./web/client.js\";\nexport { connect };\n",
  "packages/simple-ws/src/memory.ts": "export { pair } from \"./memory/pair.js\";\n",
  "packages/simple-ws/src/core/connection.ts": "import { readHeader } from \"@x/wsframe\";\nexport const connection = readHeader;\n",
  "packages/simple-ws/src/core/connection.test.ts": "import { hex } from \"@x/testkit\";\nimport { connection } from \"./connection.js\";\nimport { pair } from \"../memory/pair.js\";\nhex(connection, pair);\n",
  "packages/simple-ws/src/shell/socket.ts": "import { connection } from \"../core/connection.js\";\nexport const socket = connection;\n",
  "packages/simple-ws/src/node/client.ts": "import { connect as dial } from \"node:net\";\nimport { socket } from \"../shell/socket.js\";\nexport const connect = [dial, socket];\n",
  "packages/simple-ws/src/web/client.ts": "import { socket } from \"../shell/socket.js\";\nexport const connect = socket;\n",
  "packages/simple-ws/src/memory/pair.ts": "import { socket } from \"../shell/socket.js\";\nexport const pair = socket;\n",

  "packages/engineio/package.json": manifest("@x/engineio", { ".": entry("index"), ...neutralExports("@x/engineio") }, { dependencies: { "@x/errors": "workspace:^", "@x/simple-ws": "workspace:^" } }),
  "packages/engineio/src/index.ts": "export { serve } from \"./node/server.js\";\n",
  "packages/engineio/src/client.ts": "export { session } from \"./core/session.js\";\n",
  "packages/engineio/src/core/session.ts": "export const session = 1;\n",
  "packages/engineio/src/node/server.ts": "import { connect } from \"@x/simple-ws/client\";\nimport { session } from \"../core/session.js\";\nexport const serve = [connect, session];\n",

  "packages/pool/package.json": manifest("@x/pool", { ".": entry("index"), "./simple-ws": entry("simple-ws"), ...neutralExports("@x/pool") }, { dependencies: { "@x/errors": "workspace:^" }, peerDependencies: { "@x/simple-ws": "workspace:0.x" } }),
  "packages/pool/src/index.ts": "export { Pool } from \"./core/pool.js\";\n",
  "packages/pool/src/simple-ws.ts": "export { webSocketPool } from \"./adapters/simple-ws.js\";\n",
  "packages/pool/src/core/pool.ts": "import { retry } from \"@x/errors\";\nexport const Pool = retry;\n",
  "packages/pool/src/adapters/simple-ws.ts": "import { connect } from \"@x/simple-ws/client\";\nimport { Pool } from \"../core/pool.js\";\nexport const webSocketPool = [connect, Pool];\n",

  "tools/testkit/package.json": JSON.stringify({ name: "@x/testkit", private: true, type: "module", exports: { ".": "./src/index.ts" } }),
  "tools/testkit/src/index.ts": "export const hex = (...values: unknown[]): unknown => values;\n",
  "apps/base/package.json": JSON.stringify({ name: "@x/app-base", private: true, type: "module", exports: { "./hosts": "./src/hosts.ts" } }),
  "apps/base/src/hosts.ts": "export const hosts = 1;\n",
  "apps/chat/package.json": privateManifest("@x/chat", ["@x/app-base", "@x/simple-ws"]),
  "apps/chat/src/main.ts": "import { hosts } from \"@x/app-base/hosts\";\nimport { connect } from \"@x/simple-ws\";\nawait [connect, hosts];\n",
  "apps/cli/package.json": JSON.stringify({ name: "@x/cli", type: "module", bin: { tool: "dist/tool.js" }, dependencies: { "@x/simple-ws": "workspace:^" } }),
  "apps/cli/src/tool.ts": "import { argv } from \"node:process\";\nimport { connect } from \"@x/simple-ws\";\nawait [connect, argv];\n",
  "examples/package.json": privateManifest("@x/examples", ["@x/errors"]),
  "examples/src/retry.ts": "import { retry } from \"@x/errors/retry\";\nawait retry();\n",
};

function withChanges(changes: Files): Map<string, string> {
  const files = new Map<string, string>();
  for (const [path, text] of Object.entries({ ...good, ...changes })) if (text !== undefined) files.set(path, text);
  return files;
}

/** What the rules say about the good workspace with `changes` laid over it. */
export function findingsWith(changes: Files = {}): Finding[] {
  return checkGraph(buildGraph(parseWorkspace(withChanges(changes))));
}

/** Writes the workspace to a new temporary folder, its published packages linked into node_modules. @returns the folder. */
export function writeFixture(changes: Files = {}): string {
  const root = mkdtempSync(join(tmpdir(), "rooms-"));
  for (const [path, text] of withChanges(changes)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, "node_modules/@x"), { recursive: true });
  for (const name of ["errors", "wsframe", "simple-ws", "engineio", "pool"]) symlinkSync(join(root, "packages", name), join(root, "node_modules/@x", name));
  return root;
}
