/** Audiences as adapters get them. */
import { expect, test } from "vitest";
import { everybody } from "./broadcast.js";

test("what an adapter does with its options reaches no other broadcast", () => {
  const options = everybody.options();
  options.rooms.add("a");
  options.except?.add("b");
  Object.assign(options.flags ?? {}, { local: true });
  expect(everybody.options()).toEqual({ rooms: new Set(), except: new Set(), flags: {} });
  expect(everybody.to("c").except("d").with({ volatile: true }).options()).toEqual({ rooms: new Set(["c"]), except: new Set(["d"]), flags: { volatile: true } });
  expect(everybody.isNobody).toBe(false);
});
