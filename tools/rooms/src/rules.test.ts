/** Every house rule, broken on purpose: the finding names rule, file and line, and says what to do. */
import { describe, expect, test } from "vitest";
import { errorsExports, findingsWith, manifest, socketExports, type Files } from "./fixture.js";

interface Case {
  readonly title: string;
  readonly changes: Files;
  readonly rule: string;
  readonly at: string;
  readonly says: RegExp;
  readonly advises: RegExp;
}

const socketDependencies = { "@x/errors": "workspace:^", "@x/wsframe": "workspace:^" };
const socketManifest = (changes: Readonly<Record<string, unknown>>): string => manifest("@x/simple-ws", socketExports, { dependencies: socketDependencies, devDependencies: { "@x/testkit": "workspace:*" }, ...changes });

const cases: readonly Case[] = [
  {
    title: "a lower package imports a higher one", rule: "package-order", at: "packages/wsframe/src/header.ts:2",
    changes: { "packages/wsframe/src/header.ts": "export const readHeader = 1;\nexport type { connect } from \"@x/simple-ws\";\n" },
    says: /@x\/wsframe .*imports @x\/simple-ws/, advises: /may import only: @x\/errors/,
  },
  {
    title: "a lower package imports a higher one in a test", rule: "package-order", at: "packages/errors/src/retry.test.ts:1",
    changes: { "packages/errors/src/retry.test.ts": "import { readHeader } from \"@x/wsframe\";\nreadHeader();\n" },
    says: /@x\/errors .*imports @x\/wsframe/, advises: /nothing/,
  },
  {
    title: "pool's core imports its optional peer", rule: "package-order", at: "packages/pool/src/core/pool.ts:1",
    changes: { "packages/pool/src/core/pool.ts": "import type { connect } from \"@x/simple-ws/client\";\nexport const Pool: typeof connect = 1;\n" },
    says: /@x\/pool \(core\) imports @x\/simple-ws/, advises: /adapters/,
  },
  {
    title: "engineio's core imports simple-ws", rule: "package-order", at: "packages/engineio/src/core/session.ts:1",
    changes: { "packages/engineio/src/core/session.ts": "export type Session = import(\"@x/simple-ws\").connect;\nexport const session = 1;\n" },
    says: /@x\/engineio \(core\) imports @x\/simple-ws/, advises: /only these rooms of @x\/engineio may: node/,
  },
  {
    title: "a shipped file imports the test kit", rule: "package-order", at: "packages/simple-ws/src/shell/socket.ts:1",
    changes: { "packages/simple-ws/src/shell/socket.ts": "import { hex } from \"@x/testkit\";\nexport const socket = hex;\n" },
    says: /imports @x\/testkit/, advises: /may import only/,
  },
  {
    title: "a published package without a row in the order", rule: "package-order", at: "packages/adapter/package.json:1",
    changes: { "packages/adapter/package.json": manifest("@x/adapter", { ".": errorsExports["."] }), "packages/adapter/src/index.ts": "export {};\n" },
    says: /@x\/adapter has no place/, advises: /layout\.ts/,
  },
  {
    title: "an import that the manifest does not declare", rule: "declared-dependencies", at: "apps/chat/src/main.ts:1",
    changes: { "apps/chat/src/main.ts": "import { Hono } from \"hono\";\nnew Hono();\n" },
    says: /hono is not declared in apps\/chat/, advises: /devDependencies|dependencies/,
  },
  {
    title: "a shipped file that imports a dev dependency", rule: "declared-dependencies", at: "packages/simple-ws/src/node/client.ts:1",
    changes: { "packages/simple-ws/package.json": socketManifest({ devDependencies: { ws: "8", "@x/testkit": "workspace:*" } }), "packages/simple-ws/src/node/client.ts": "import ws from \"ws\";\nexport const connect = ws;\n" },
    says: /ws is not declared/, advises: /"dependencies"/,
  },
  {
    title: "a relative path into another package", rule: "public-entries", at: "packages/simple-ws/src/core/connection.ts:1",
    changes: { "packages/simple-ws/src/core/connection.ts": "import { readHeader } from \"../../../wsframe/src/header.js\";\nexport const connection = readHeader;\n" },
    says: /reaches into @x\/wsframe by path/, advises: /public name/,
  },
  {
    title: "a deep import that is not exported", rule: "public-entries", at: "examples/src/retry.ts:1",
    changes: { "examples/src/retry.ts": "import { retry } from \"@x/errors/src/retry\";\nawait retry();\n" },
    says: /"@x\/errors\/src\/retry" is no public entry/, advises: /\.\/retry/,
  },
  {
    title: "a relative import that leads nowhere", rule: "public-entries", at: "packages/pool/src/core/pool.ts:1",
    changes: { "packages/pool/src/core/pool.ts": "import { wait } from \"./waiters.js\";\nexport const Pool = wait;\n" },
    says: /leads to no source file/, advises: /\.js/,
  },
  {
    title: "a published program with an exact range", rule: "export-maps", at: "apps/cli/package.json:1",
    changes: { "apps/cli/package.json": JSON.stringify({ name: "@x/cli", type: "module", dependencies: { "@x/simple-ws": "workspace:*" } }) },
    says: /depended on as "workspace:\*"/, advises: /workspace:\^/,
  },
  {
    title: "an app that imports a private package", rule: "published-names", at: "apps/chat/src/main.ts:1",
    changes: { "apps/chat/package.json": JSON.stringify({ name: "@x/chat", private: true, type: "module", devDependencies: { "@x/testkit": "workspace:*" } }), "apps/chat/src/main.ts": "import { hex } from \"@x/testkit\";\nhex();\n" },
    says: /@x\/testkit, which is not published/, advises: /users can install/,
  },
  {
    title: "an example that imports what applications share", rule: "published-names", at: "examples/src/retry.ts:1",
    changes: { "examples/package.json": JSON.stringify({ name: "@x/examples", private: true, type: "module", dependencies: { "@x/app-base": "workspace:*" } }), "examples/src/retry.ts": "import { hosts } from \"@x/app-base/hosts\";\nawait hosts;\n" },
    says: /@x\/app-base, which is not published/, advises: /users can install/,
  },
  {
    title: "core imports shell", rule: "room-order", at: "packages/simple-ws/src/core/closing.ts:1",
    changes: { "packages/simple-ws/src/core/closing.ts": "import type { socket } from \"../shell/socket.js\";\nexport type Closing = typeof socket;\n" },
    says: /"core" imports room "shell"/, advises: /port/,
  },
  {
    title: "shell imports node", rule: "room-order", at: "packages/simple-ws/src/shell/driver.ts:1",
    changes: { "packages/simple-ws/src/shell/driver.ts": "import { connect } from \"../node/client.js\";\nexport const driver = connect;\n" },
    says: /"shell" imports room "node"/, advises: /core, adapter, codecs, shell/,
  },
  {
    title: "web imports memory", rule: "room-order", at: "packages/simple-ws/src/web/client.ts:1",
    changes: { "packages/simple-ws/src/web/client.ts": "export { pair as connect } from \"../memory/pair.js\";\n" },
    says: /"web" imports room "memory"/, advises: /may import only/,
  },
  {
    title: "a room imports an entry file", rule: "room-order", at: "packages/simple-ws/src/shell/socket.ts:1",
    changes: { "packages/simple-ws/src/shell/socket.ts": "import { pair } from \"../memory.js\";\nexport const socket = pair;\n" },
    says: /"shell" imports room "entry"/, advises: /may import only/,
  },
  {
    title: "a shipped file imports a test", rule: "room-order", at: "packages/simple-ws/src/shell/socket.ts:1",
    changes: { "packages/simple-ws/src/shell/socket.ts": "import \"../core/connection.test.js\";\nexport const socket = 1;\n" },
    says: /imports the test file/, advises: /not a test/,
  },
  {
    title: "a folder that is no room", rule: "room-order", at: "packages/simple-ws/src/utils/text.ts:1",
    changes: { "packages/simple-ws/src/utils/text.ts": "export const text = 1;\n" },
    says: /in no room/, advises: /core, adapter/,
  },
  {
    title: "a shell imports a Node module", rule: "node-imports", at: "packages/simple-ws/src/shell/socket.ts:2",
    changes: { "packages/simple-ws/src/shell/socket.ts": "// sockets\nimport type { Socket } from \"node:net\";\nexport type { Socket };\nexport const socket = 1;\n" },
    says: /"shell" imports Node's "node:net"/, advises: /node room/,
  },
  {
    title: "a core asks for Node's types", rule: "node-imports", at: "packages/wsframe/src/header.ts:1",
    changes: { "packages/wsframe/src/header.ts": "const { hash } = require(\"crypto\");\nexport const readHeader = hash;\n" },
    says: /Node's "crypto"/, advises: /port/,
  },
  {
    title: "a neutral room imports a foreign package", rule: "node-imports", at: "packages/simple-ws/src/web/client.ts:1",
    changes: { "packages/simple-ws/package.json": socketManifest({ dependencies: { ...socketDependencies, eventemitter3: "5" } }), "packages/simple-ws/src/web/client.ts": "import E from \"eventemitter3\";\nexport const connect = E;\n" },
    says: /foreign package "eventemitter3"/, advises: /argument or a port/,
  },
  {
    title: "an entry file with code of its own", rule: "entry-files", at: "packages/simple-ws/src/client.ts:2",
    changes: { "packages/simple-ws/src/client.ts": "export { connect } from \"./node/client.js\";\nexport const version = 1;\n" },
    says: /statement of its own/, advises: /re-export/,
  },
  {
    title: "the index of a package without rooms with code of its own", rule: "entry-files", at: "packages/errors/src/index.ts:1",
    changes: { "packages/errors/src/index.ts": "export default 1;\n" },
    says: /statement of its own/, advises: /re-export/,
  },
  {
    title: "files in a circle, one side by types only", rule: "cycles", at: "packages/simple-ws/src/core/closing.ts:1",
    changes: {
      "packages/simple-ws/src/core/closing.ts": "import type { Connection } from \"./connection.js\";\nexport type Closing = Connection;\n",
      "packages/simple-ws/src/core/connection.ts": "import type { Closing } from \"./keepalive.js\";\nexport type Connection = Closing;\nexport const connection = 1;\n",
      "packages/simple-ws/src/core/keepalive.ts": "export type { Closing } from \"./closing.js\";\n",
    },
    says: /closing\.ts → .*connection\.ts → .*keepalive\.ts → .*closing\.ts/, advises: /import type does not untie/,
  },
  {
    title: "a file that imports itself", rule: "cycles", at: "examples/src/retry.ts:1",
    changes: { "examples/src/retry.ts": "import \"./retry.js\";\n" },
    says: /retry\.ts → .*retry\.ts/, advises: /below them all/,
  },
  {
    title: "a circle through a name of the package's own", rule: "cycles", at: "packages/errors/src/index.ts:1",
    changes: {
      "packages/errors/package.json": manifest("@x/errors", errorsExports, { imports: { "#index": { "@x/source": { node: "./src/index.ts", default: "./src/retry.ts" }, default: "./dist/index.js" } }, devDependencies: { vitest: "4" } }),
      "packages/errors/src/index.ts": "export { retry } from \"./retry.js\";\n",
      "packages/errors/src/retry.ts": "import \"#index\";\nexport const retry = 1;\n",
    },
    says: /index\.ts → .*retry\.ts → .*index\.ts/, advises: /import type does not untie/,
  },
  {
    title: "a published package that is not ESM", rule: "export-maps", at: "packages/simple-ws/package.json:2",
    changes: { "packages/simple-ws/package.json": socketManifest({ type: "commonjs" }) },
    says: /not ESM/, advises: /"type": "module"/,
  },
  {
    title: "sideEffects left out", rule: "export-maps", at: "packages/errors/package.json:1",
    changes: { "packages/errors/package.json": manifest("@x/errors", errorsExports, { sideEffects: undefined }) },
    says: /sideEffects/, advises: /"sideEffects": false/,
  },
  {
    title: "engines that promise too much", rule: "export-maps", at: "packages/errors/package.json:5",
    changes: { "packages/errors/package.json": manifest("@x/errors", errorsExports, { engines: { node: ">=18" } }) },
    says: /engines\.node/, advises: />=20\.19/,
  },
  {
    title: "types after another condition", rule: "export-maps", at: "packages/errors/package.json:9",
    changes: { "packages/errors/package.json": manifest("@x/errors", { ...errorsExports, ".": { node: "./dist/index.js", types: "./dist/index.d.ts", default: "./dist/index.js" } }) },
    says: /"\." does not begin with types/, advises: /first match/,
  },
  {
    title: "a require condition", rule: "export-maps", at: "packages/errors/package.json:9",
    changes: { "packages/errors/package.json": manifest("@x/errors", { ...errorsExports, ".": { types: "./dist/index.d.ts", require: "./dist/index.js", default: "./dist/index.js" } }) },
    says: /require condition/, advises: /ESM only/,
  },
  {
    title: "an export whose source is gone", rule: "export-maps", at: "packages/errors/package.json:24",
    changes: { "packages/errors/src/retry.ts": undefined, "packages/errors/src/index.ts": "export {};\n", "packages/errors/src/retry.test.ts": undefined },
    says: /src\/retry\.ts does not exist/, advises: /write src\/retry\.ts/,
  },
  {
    title: "an export that leads outside dist and src", rule: "export-maps", at: "packages/errors/package.json:33",
    changes: { "packages/errors/package.json": manifest("@x/errors", { ...errorsExports, "./dist/*": "./dist/*" }) },
    says: /"\.\/dist\/\*"/, advises: /./,
  },
  {
    title: "an exact range between packages", rule: "export-maps", at: "packages/simple-ws/package.json:49",
    changes: { "packages/simple-ws/package.json": socketManifest({ dependencies: { ...socketDependencies, "@x/wsframe": "workspace:*" } }) },
    says: /@x\/wsframe is depended on as "workspace:\*"/, advises: /workspace:\^/,
  },
  {
    title: "a top-level await", rule: "top-level-await", at: "packages/errors/src/retry.ts:2",
    changes: { "packages/errors/src/retry.ts": "export const retry = 1;\nfor await (const x of []) retry(x);\n" },
    says: /awaits at top level/, advises: /into a function/,
  },
  {
    title: "a top-level await using", rule: "top-level-await", at: "packages/simple-ws/src/node/client.ts:1",
    changes: { "packages/simple-ws/src/node/client.ts": "await using connection = open();\nexport const connect = connection;\n" },
    says: /require\(\) of it fails/, advises: /into a function/,
  },
];

test("the fixture as it stands breaks no rule", () => {
  expect(findingsWith()).toEqual([]);
  expect(findingsWith({ "packages/errors/package.json": manifest("@x/errors", { ...errorsExports, "./dist/*": "./dist/browser/*" }, { devDependencies: { vitest: "4" } }) })).toEqual([]);
});

describe("a broken rule is found:", () => {
  test.each(cases)("$title ($rule)", ({ changes, rule, at, says, advises }) => {
    const finding = findingsWith(changes).find((candidate) => candidate.rule === rule && `${candidate.file}:${String(candidate.line)}` === at);
    expect(finding ?? findingsWith(changes)).toMatchObject({ rule });
    expect(finding?.problem).toMatch(says);
    expect(finding?.remedy).toMatch(advises);
  });
});
