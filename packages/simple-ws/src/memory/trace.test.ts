import { expect, test } from "vitest";
import { formatTrace } from "../shell/enable-trace.js";
import { TracedDuplex, type TraceEvent } from "../shell/trace.js";
import { MemoryDuplex } from "./link.js";

test("however the wire is cut, the same is told; what is no frame is told once", () => {
  const wire = Buffer.from("HTTP/1.1 101 Switching\r\nSet-Cookie: a\r\n\r\n\x81\x02hi\x02\x03abc\x80\x00\x88\x00\x83\x00\x81\x00", "latin1");
  const told = (cut: number): string[] => {
    const events: TraceEvent[] = [];
    const duplex = new TracedDuplex(new MemoryDuplex(), (event) => events.push(event), true);
    duplex.write(wire.subarray(0, cut));
    duplex.write(wire.subarray(cut));
    return events.map(formatTrace);
  };
  const whole = told(0);
  expect(whole).toEqual(["> HTTP/1.1 101 Switching\n> Set-Cookie: [redacted]", "> text (fin, 2 bytes) hi", "> binary (more follows, 3 bytes) 61 62 63", "> continuation (fin, 0 bytes)", "> close (fin, 0 bytes)", expect.stringMatching(/^> Cannot read frame: opcode 3/)]);
  for (let cut = 1; cut <= wire.length; cut++) expect(told(cut)).toEqual(whole);
});
