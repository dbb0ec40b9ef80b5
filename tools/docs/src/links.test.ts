/** Links in the documentation lead somewhere, and its map names every page. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsIn, complaintAbout, linksIn, markdownIn } from "./links.js";
import { root } from "./packages.js";

describe("the repository's pages", () => {
  test.each(markdownIn(root))("%s: every link leads somewhere", (page) => {
    const path = join(root, page);
    expect(linksIn(readFileSync(path, "utf8")).map((target) => complaintAbout(target, path)).filter((complaint) => complaint !== undefined)).toEqual([]);
  });

  test("docs/README.md is a map of all of them: a page that is not on it needs a line there", () => {
    const linked = new Set(linksIn(readFileSync(join(root, "docs/README.md"), "utf8")));
    expect(markdownIn(join(root, "docs")).filter((page) => page !== "README.md" && !linked.has(page))).toEqual([]);
  });
});

test("linksIn() leaves out the web and code", () => {
  expect(linksIn("[a](b.md) `[c](d)` [e](https://f) ![g](h.png \"title\")\n```md\n[i](j)\n```\n[k `l`](#m-n)")).toEqual(["b.md", "h.png", "#m-n"]);
});

test("anchorsIn() names headings as GitHub does", () => {
  expect([...anchorsIn("# A `b` & C\n## Two words\n## Two words\n```sh\n# no heading\n```\n### [Link](x.md), too")]).toEqual(["a-b--c", "two-words", "two-words-1", "link-too"]);
});

test.each([
  ["links.ts", undefined], ["none.md", "none.md: there is no such file"], ["../../../README.md#pick-your-layer", undefined], ["../../../README.md#nowhere", "../../../README.md#nowhere: there is no such heading"],
])("complaintAbout(%s)", (target, complaint) => {
  expect(complaintAbout(target, import.meta.filename)).toBe(complaint);
});
