/** The reference page of the states, made from the table. */
import { TRANSITIONS, type SocketState } from "../../src/core/resilient/states.js";

const ADDED: Readonly<Record<string, string>> = {
  "idle closed": "closing what was never opened is no mistake",
  "connecting closed": "close() does not wait for an attempt",
  "failed connecting": "a socket can be used again",
  "closed connecting": "a socket can be used again",
};

export function statesPage(): string {
  const states = Object.keys(TRANSITIONS) as SocketState[];
  const edges = states.flatMap((from) => Object.entries(TRANSITIONS[from]).map(([to, edge]) => ({ from, to, ...edge })));
  return [
    "# States of a ResilientSocket",
    "",
    "Made from the table in `packages/pool/src/core/resilient/states.ts`. Every other transition throws InvalidStateError with `currentState` and `allowedStates`.",
    "While a connection is renewed the state stays `connected`.",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "  [*] --> idle",
    ...edges.map(({ from, to, when }) => `  ${from} --> ${to}: ${when.replaceAll(":", "")}`),
    "```",
    "",
    "| from | to | when | |",
    "|---|---|---|---|",
    ...edges.map(({ from, to, when, isAdded }) => `| ${from} | ${to} | ${when} | ${isAdded === true ? `not in JetSocket's table: ${ADDED[`${from} ${to}`] ?? ""}` : ""} |`),
    "",
  ].join("\n");
}
