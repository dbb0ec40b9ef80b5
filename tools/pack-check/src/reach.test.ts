import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packagesReached } from "./reach.js";

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "reach-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test("packagesReached() follows programs and declarations, in circles too, but no sources", () => {
  const root = folder({
    "dist/a.js": "import { b } from './node/b.js';\nexport * from \"@x/errors/retry\";\nimport \"node:fs\";",
    "dist/node/b.js": "export { a } from \"../a.js\"; const c = import(\"send\");",
    "dist/a.d.ts": "import type { B } from \"./node/b.js\";",
    "dist/node/b.d.ts": "export type B = import(\"react/jsx\").C;",
    "src/a.ts": "import \"never\";",
  });
  const target = { "types": { "@x/source": "./src/a.ts", "default": "./dist/a.d.ts" }, "@x/source": "./src/a.ts", "default": "./dist/a.js" };
  expect([...packagesReached(root, target)].sort()).toEqual(["@x/errors", "react", "send"]);
  expect([...packagesReached(root, "./dist/node/b.js")].sort()).toEqual(["@x/errors", "send"]);
});
