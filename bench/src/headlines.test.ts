import { expect, test } from "vitest";
import { HEADLINES, headlines } from "./headlines.js";
import type { Results } from "./results.js";
import { ROWS } from "./rows.js";

test("every headline is a ratio that is measured", () => {
  for (const [what, , id, of, to] of HEADLINES) expect(ROWS.find((row) => row.id === id)?.ratios, what).toContainEqual(expect.objectContaining({ of, to }));
});

test("headlines() shows medians, and leaves out what was not measured", () => {
  const measured = { "heap-socketio": { title: "", effort: "quick", node: "", ratios: [{ of: "@x/socketio", to: "socket.io", median: 0.444, q1: 0.4, q3: 0.5, rounds: [0.444] }] } } satisfies Results;
  expect(headlines(measured).split("\n").slice(2)).toEqual(["| heap of an idle Socket.IO connection | `socket.io` | 0.44 |"]);
});
