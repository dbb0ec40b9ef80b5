import { expect, test } from "vitest";
import { Advice, Steps, duration, explain, withoutColour } from "./console.mjs";

test.each([[0, "0.0 s"], [449, "0.4 s"], [12_345, "12.3 s"], [99_900, "99.9 s"], [99_950, "1:40 min"], [125_000, "2:05 min"], [3_599_999, "60:00 min"]])("duration(%i) is %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test("withoutColour() removes escape sequences and nothing else", () => {
  expect(withoutColour("\u001b[1m\u001b[31m✗ a [0m]\u001b[39m")).toBe("✗ a [0m]");
});

test("Steps numbers its steps and passes on what the work gives", async () => {
  const lines: string[] = [];
  const steps = new Steps(2, (line) => { lines.push(line); });
  expect(await steps.run("One", () => { steps.detail("a\nb"); return 1; })).toBe(1);
  await expect(steps.run("Two", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(lines.map((line) => line.replace(/[\d.]+ s$/, "T"))).toEqual(["[1/2] One", "      a", "      b", "      done in T", "[2/2] Two"]);
});

test("explain() gives advice without a stack, and everything else with one", () => {
  expect(explain(new Advice("it broke", "mend it"))).toBe("\n✗ it broke\n  → mend it");
  expect(explain(new Error("it broke"))).toMatch(/it broke\n\s+at /);
  expect(explain("it broke")).toContain("it broke");
});
