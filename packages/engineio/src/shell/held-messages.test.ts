/** Messages that nobody has asked for yet: kept in order, up to their limit. */
import { describe, expect, test } from "vitest";
import { HeldMessages } from "./held-messages.js";

function holding(limitBytes: number): { readonly held: HeldMessages; readonly ends: unknown[] } {
  const ends: unknown[] = [];
  return { held: new HeldMessages(limitBytes, (error) => void ends.push(error.code)), ends };
}

describe("HeldMessages", () => {
  test("gives back what it was given, once and in order", () => {
    const { held } = holding(1000);
    const bytes = new Uint8Array([1]);
    for (const data of ["a", bytes, ""]) held.onMessage(data);
    expect([held.take(), held.take()]).toEqual([["a", bytes, ""], []]);
  });

  test("maxBufferedBytes: at the limit, and one byte more; each message counts 8 bytes beside its length", () => {
    const { held, ends } = holding(20);
    held.onMessage("1234");
    held.onMessage("");
    expect(ends).toEqual([]);
    held.onMessage("");
    expect(ends).toEqual(["engineio/queue-full"]);
    const { held: other, ends: failures } = holding(20);
    other.onMessage("1234567890123");
    expect(failures).toEqual(["engineio/queue-full"]);
  });
});
