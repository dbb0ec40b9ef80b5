/** The committed reference pages are what the sources say; `pnpm reference` writes them. */
import { describe, expect, test } from "vitest";
import { compilerFor, optionsOf } from "./options.js";
import { optionsPage, pageOf } from "./page.js";
import { publishedPackages } from "./packages.js";

const packages = publishedPackages();
const tables = optionsOf(packages, compilerFor(packages));

describe.each([...tables].filter(([, found]) => found.length > 0))("%s", (name, found) => {
  test("its page of options is what its sources say", async () => {
    await expect(optionsPage(name, found)).toMatchFileSnapshot(`../../../docs/reference/${pageOf(name)}`);
  });

  test("every option says what it means", () => {
    const silent = found.flatMap((table) => table.options.filter(({ meaning, defaultsTo }) => meaning === "" && defaultsTo === undefined).map((option) => `${table.name}.${option.name}`));
    expect(silent).toEqual([]);
  });
});

test("options that others declare are linked, not repeated", () => {
  const connect = tables.get("@x/simple-ws")?.find(({ name }) => name === "ConnectOptions");
  expect(connect?.inherited.map(({ from }) => from)).toEqual(["ConnectionOptions", "ExtensionOptions"]);
  expect(connect?.takenBy).toContain("connect(url, options)");
  expect(connect?.options.find(({ name }) => name === "connectTimeoutMs")).toMatchObject({ type: "number", isRequired: false, defaultsTo: "10 000", unit: "ms", codes: ["simple-ws/connect-timeout"] });
});
