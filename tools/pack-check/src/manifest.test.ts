import { expect, test } from "vitest";
import { entriesWithoutPeers, entryNames, optionalPeers, unresolvedRanges } from "./manifest.js";

const pool = {
  name: "@x/pool", version: "1.0.0",
  exports: { ".": {}, "./simple-ws": {}, "./presets": {}, "./dist/*": "./dist/browser/*", "./package.json": "./package.json" },
  dependencies: { "@x/errors": "^1.0.0" },
  peerDependencies: { "@x/simple-ws": "^1.0.0", "react": "^19.0.0" },
  peerDependenciesMeta: { "@x/simple-ws": { optional: true } },
};

test("entryNames() are what importers write", () => {
  expect(entryNames(pool)).toEqual(["@x/pool", "@x/pool/simple-ws", "@x/pool/presets"]);
});

test("an optional peer takes the entries that lead to it out of what works alone", () => {
  const reached = (target: unknown): Set<string> => new Set(target === pool.exports["./simple-ws"] ? ["@x/errors", "@x/simple-ws"] : ["@x/errors", "react"]);
  expect(optionalPeers(pool)).toEqual(["@x/simple-ws"]);
  expect(entriesWithoutPeers(pool, reached)).toEqual(["@x/pool", "@x/pool/presets"]);
  expect(entriesWithoutPeers({ ...pool, peerDependenciesMeta: {} }, reached)).toEqual(entryNames(pool));
});

test("unresolvedRanges() finds what only the workspace understands", () => {
  expect(unresolvedRanges(pool)).toEqual([]);
  expect(unresolvedRanges({ ...pool, dependencies: { a: "workspace:^", b: "catalog:" }, peerDependencies: { c: "link:../c" } })).toEqual(["a: workspace:^", "b: catalog:", "c: link:../c"]);
});
