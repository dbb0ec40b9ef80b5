/** All 65,536 close codes, received and sent (RFC 6455 §7.4). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { closePayload, frame, machine } from "../../test/recording.js";
import { pair } from "../memory/pair.js";

// A hundred thousand errors whose stacks nobody looks at.
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

/** §7.4.1, §7.4.2 and IANA's registry, written down once more. */
function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Which codes may be sent does not depend on the role: one sees all of them, the other those near the borders and some beyond. */
const all = Array.from({ length: 65_536 }, (_, code) => code);

test.each([["server", all], ["client", all.filter((code) => code < 5_100 || code % 251 === 0)]] as const)("a %s that receives a code: it stands if it may be sent, 1002 if not", (role, codes) => {
  const wrong: string[] = [];
  for (const code of codes) {
    const { connection, seen } = machine(role);
    connection.receive(frame(role, 0x88, Uint8Array.of(code >> 8, code & 255)), 0);
    const log = seen.take();
    const [answer = ""] = log;
    const expected = mayBeSent(code) ? [`settled ${code} "" clean remote`, code] : ["settled 1002 ", 1002];
    const isRight = log.some((line) => line.startsWith(String(expected[0]))) && answer.includes(Buffer.from(closePayload(Number(expected[1]), "")).toString("hex"));
    if (!isRight) wrong.push(`${code}: ${log.join(", ")}`);
  }
  expect(wrong).toEqual([]);
});

test.each(["client", "server"] as const)("close() of a %s takes exactly the codes that may be sent", (role) => {
  const wrong: number[] = [];
  const refusing = pair()[role]; // refusals change nothing
  for (let code = -2; code < 65_540; code++) {
    if (mayBeSent(code) || code === 1005) continue;
    try {
      void refusing.close(code);
      wrong.push(code);
    } catch {
      if (refusing.state !== "open") wrong.push(code);
    }
  }
  for (const code of [1000, 1001, 1002, 1003, 1005 /* an empty Close */, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000, 4401, 4999]) {
    const ours = pair()[role];
    void ours.close(code);
    if (ours.state !== "closing") wrong.push(code);
  }
  expect(wrong).toEqual([]);
});
