/** The closing handshake, cell by cell: every state × every input (RFC 6455 §5.5.1, §7.1). */
import { describe, expect, test } from "vitest";
import { endsQuietly, onCloseReceived, onCloseRequested, onCloseTimeout, onEndReceived, onFault, onLinkClosed, onTerminated, OPEN, type CloseInfo, type ClosingState, type Transition } from "./closing.js";

const bye = { code: 3001, reason: "bye" };
const theirs = { code: 4001, reason: "hi" };
const fault = { code: 1002, reason: "broken" };
const info: CloseInfo = { ...theirs, wasClean: true, initiator: "remote" };
const closing: ClosingState = { kind: "closing", sent: bye };
const draining: ClosingState = { kind: "draining", info };
const closed: ClosingState = { kind: "closed", info };
const unanswered = { ...bye, wasClean: false, initiator: "local" };
const lost = { code: 1006, reason: "", wasClean: false, initiator: "network" };

const inputs: Record<string, (state: ClosingState) => Transition> = {
  closeRequested: (state) => onCloseRequested(state, bye),
  closeReceivedByServer: (state) => onCloseReceived(state, theirs, "server"),
  closeReceivedByClient: (state) => onCloseReceived(state, theirs, "client"),
  fault: (state) => onFault(state, fault),
  endReceived: onEndReceived,
  closeTimeout: onCloseTimeout,
  terminated: onTerminated,
  linkClosed: onLinkClosed,
};

type Row = readonly [input: string, state: ClosingState, next: object, effects: readonly string[]];
const table: readonly Row[] = [
  ["closeRequested", OPEN, closing, ["send 3001"]],
  ["closeRequested", closing, closing, []],
  ["closeRequested", draining, draining, []],
  ["closeRequested", closed, closed, []],
  ["closeReceivedByServer", OPEN, draining, ["send 4001", "end"]],
  ["closeReceivedByServer", closing, { kind: "draining", info: { ...bye, wasClean: true, initiator: "local" } }, ["end"]],
  ["closeReceivedByServer", draining, draining, []],
  ["closeReceivedByServer", closed, closed, []],
  ["closeReceivedByClient", OPEN, draining, ["send 4001"]],
  ["closeReceivedByClient", closing, { kind: "draining", info: { ...bye, wasClean: true, initiator: "local" } }, []],
  ["closeReceivedByClient", draining, draining, []],
  ["closeReceivedByClient", closed, closed, []],
  ["fault", OPEN, { kind: "draining", info: { ...fault, wasClean: false, initiator: "local" } }, ["send 1002", "end"]],
  ["fault", closing, { kind: "draining", info: unanswered }, ["end"]],
  ["fault", draining, draining, []],
  ["fault", closed, closed, []],
  ["endReceived", OPEN, { kind: "draining", info: lost }, ["destroy"]],
  ["endReceived", closing, { kind: "draining", info: unanswered }, ["end"]],
  ["endReceived", draining, draining, ["end"]],
  ["endReceived", closed, closed, []],
  ["closeTimeout", OPEN, OPEN, []],
  ["closeTimeout", closing, { kind: "draining", info: unanswered }, ["destroy"]],
  ["closeTimeout", draining, draining, ["destroy"]],
  ["closeTimeout", closed, closed, []],
  ["terminated", OPEN, { kind: "draining", info: { ...lost, initiator: "local" } }, ["destroy"]],
  ["terminated", closing, { kind: "draining", info: unanswered }, ["destroy"]],
  ["terminated", draining, draining, ["destroy"]],
  ["terminated", closed, closed, []],
  ["linkClosed", OPEN, { kind: "closed", info: lost }, []],
  ["linkClosed", closing, { kind: "closed", info: unanswered }, []],
  ["linkClosed", draining, closed, []],
  ["linkClosed", closed, closed, []],
];

test.each(table.map((row) => [row[0], row[1].kind, ...row] as const))("%s in state %s (§7.1)", (_input, _kind, input, state, next, effects) => {
  const [after, done] = inputs[input]!(state);
  expect(after).toEqual(next);
  expect(done.map((effect) => effect.kind === "send" ? `send ${effect.close.code}` : effect.kind)).toEqual(effects);
});

test("the table has every cell", () => {
  expect(table).toHaveLength(Object.keys(inputs).length * 4);
  expect(new Set(table.map(([input, state]) => `${input} ${state.kind}`)).size).toBe(table.length);
});

describe("endsQuietly()", () => {
  test.each([[1000, true], [1001, true], [1005, true], [1002, false], [1008, false], [1011, false], [3000, false], [4001, false]])("a peer that leaves with %i: %s", (code, expected) => {
    expect(endsQuietly({ ...info, code }, false)).toBe(expected);
  });
  test("a lost network is no quiet end, one's own close always is", () => {
    expect(endsQuietly({ code: 1006, reason: "", wasClean: false, initiator: "network" }, false)).toBe(false);
    expect(endsQuietly({ code: 4000, reason: "", wasClean: false, initiator: "local" }, true)).toBe(true);
  });
});
