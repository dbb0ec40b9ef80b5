import { InvalidStateError } from "@x/errors/pool";
import { describe, expect, test } from "vitest";
import { statesPage } from "../../../test/resilient/states-page.js";
import { checkTransition, isActive, isTerminal, mayFollow, TRANSITIONS, type SocketState } from "./states.js";

const states = Object.keys(TRANSITIONS) as SocketState[];

/** JetSocket's table, as documented. */
const documented: Readonly<Record<SocketState, readonly SocketState[]>> = {
  idle: ["connecting"],
  connecting: ["connected", "backingOff", "failed"],
  connected: ["disconnecting", "disconnected", "reconnecting"],
  disconnecting: ["disconnected", "closed"],
  disconnected: ["reconnecting", "closed"],
  reconnecting: ["backingOff", "connecting", "failed"],
  backingOff: ["connecting", "failed", "closed"],
  failed: [],
  closed: [],
};

describe.each(states)("from %s", (from) => {
  test.each(states)("to %s", (to) => {
    const edge = TRANSITIONS[from][to];
    expect(documented[from].includes(to)).toBe(edge !== undefined && edge.isAdded !== true);
    expect(mayFollow(from, to)).toBe(edge !== undefined);
    if (edge === undefined) expect(() => checkTransition(from, to)).toThrow(InvalidStateError);
    else checkTransition(from, to);
  });
});

test("an illegal transition tells the present state and those that could have followed", () => {
  expect(() => checkTransition("idle", "connected")).toThrow(expect.objectContaining({
    code: "pool/invalid-state", currentState: "idle", allowedStates: ["connecting", "closed"],
    message: "Cannot become connected: socket is idle, must be connecting or closed",
  }) as Error);
});

test("two states are final, and something goes on in all others but the first", () => {
  expect(states.filter(isTerminal)).toEqual(["failed", "closed"]);
  expect(states.filter((state) => !isActive(state))).toEqual(["idle", "failed", "closed"]);
});

test("docs/reference/resilient-socket.md shows the table; `vitest --update` writes it", async () => {
  await expect(statesPage()).toMatchFileSnapshot("../../../../../docs/reference/resilient-socket.md");
});
