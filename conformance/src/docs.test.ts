/** The pages for those who come from elsewhere: every row names a test, and the test exists; what they know there has its row. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { titlesIn } from "./titles.js";

const folder = new URL("../../docs/how-to/", import.meta.url);
const titlesByFile = new Map<string, readonly string[]>();

/** @param file as a page of the folder names it. */
function titlesOf(file: string): readonly string[] {
  let titles = titlesByFile.get(file);
  if (titles === undefined) titlesByFile.set(file, (titles = [...titlesIn(readFileSync(new URL(file, folder), "utf8"))]));
  return titles;
}

function rowsOf(page: string): readonly string[] {
  return readFileSync(new URL(page, folder), "utf8").split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| there |"));
}

describe.each([["from-websocket-client.md", 70], ["from-simple-websocket.md", 26], ["from-python-engineio.md", 100], ["from-engine-io.md", 55], ["from-reconnecting-websocket.md", 30], ["from-jetsocket.md", 110], ["from-socket-io.md", 65], ["from-python-socketio.md", 130]])("%s", (page, rows) => {
  const lines = rowsOf(page);

  test("has a row for everything", () => {
    expect(lines.length).toBeGreaterThanOrEqual(rows);
  });

  test.each(lines)("%s", (line) => {
    const [, title = "", file = ""] = /\[([^\]]+)\]\(([^)]+\.test\.ts)\) \|$/.exec(line) ?? [];
    expect(title).not.toBe("");
    expect(titlesOf(file).filter((known) => known.includes(title))).not.toEqual([]);
  });
});

/** What a system has, section by section: words that the first column of a row must hold. */
describe.each(["python-engineio", "python-socketio", "jetsocket"])("%s", (system) => {
  const known = JSON.parse(readFileSync(new URL(`../rows/${system}.json`, import.meta.url), "utf8")) as Readonly<Record<string, readonly string[]>>;
  const there = rowsOf(`from-${system}.md`).map((line) => line.split(" | ", 1)[0] ?? "");

  test.each(Object.entries(known).flatMap(([section, entries]) => entries.map((entry) => [section, entry])))("%s: %s has its row", (_section, entry) => {
    expect(there.filter((cell) => cell.includes(entry))).not.toEqual([]);
  });
});
