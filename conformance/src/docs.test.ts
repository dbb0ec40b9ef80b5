/** The pages for those who come from elsewhere: every row names a test, and the test exists. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const folder = new URL("../../docs/how-to/", import.meta.url);

describe.each([["from-websocket-client.md", 70], ["from-simple-websocket.md", 26], ["from-python-engineio.md", 100], ["from-engine-io.md", 55], ["from-jetsocket.md", 80], ["from-socket-io.md", 65], ["from-python-socketio.md", 55]])("%s", (page, rows) => {
  const lines = readFileSync(new URL(page, folder), "utf8").split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| there |"));

  test("has a row for everything", () => {
    expect(lines.length).toBeGreaterThanOrEqual(rows);
  });

  test.each(lines)("%s", (line) => {
    const [, title = "", file = ""] = /\[([^\]]+)\]\(([^)]+\.test\.ts)\) \|$/.exec(line) ?? [];
    expect(title).not.toBe("");
    expect(readFileSync(new URL(file, folder), "utf8")).toContain(title);
  });
});
