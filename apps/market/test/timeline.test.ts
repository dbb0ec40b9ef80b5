/** The picture of the connection's last minutes. */
import { expect, test } from "vitest";
import { Timeline, TIMELINE_MS } from "../src/page/state/timeline.js";

const counts = { connections: 1, reconnects: 0, gaps: 0, duplicates: 0, channels: 0, messages: 0 };

test("shows in which state it was, when, and forgets what is too old", () => {
  const timeline = new Timeline();
  timeline.note("open", counts, 1_000);
  timeline.note("lost", counts, 5_000);
  timeline.note("lost", counts, 6_000);
  timeline.note("open", { ...counts, reconnects: 1 }, 7_000);
  expect(timeline.stretches(9_000)).toEqual([{ fromMs: 1_000, toMs: 5_000, state: "open" }, { fromMs: 5_000, toMs: 7_000, state: "lost" }, { fromMs: 7_000, toMs: 9_000, state: "open" }]);
  expect(timeline.marks(9_000)).toEqual([{ atMs: 7_000, kind: "reconnects" }]);
  const laterMs = 6_500 + TIMELINE_MS;
  timeline.note("open", { ...counts, reconnects: 1, gaps: 3 }, laterMs);
  expect(timeline.stretches(laterMs)[0]).toEqual({ fromMs: 6_500, toMs: 7_000, state: "lost" });
  expect(timeline.marks(laterMs + 1_000)).toEqual([{ atMs: laterMs, kind: "gaps" }]);
});

test("keeps a bounded number of marks", () => {
  const timeline = new Timeline();
  for (let gaps = 0; gaps < 500; gaps++) timeline.note("open", { ...counts, gaps }, gaps);
  expect(timeline.marks(500)).toHaveLength(200);
});
