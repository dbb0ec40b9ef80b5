/** Before codecs are measured side by side, they must do the same: what is written here, byte for byte. */
import { expect, test } from "vitest";
import { tasks as parser } from "./codecs/socket.io-parser.js";
import { PAYLOADS, type SocketioTask } from "./codecs/socketio-tasks.js";
import { tasks as socketio } from "./codecs/socketio.js";
import type { Task, Tasks } from "./codecs/contract.js";
import { tasks as ws } from "./codecs/ws.js";
import { INCOMING, OUTGOING, type WsframeTask } from "./codecs/wsframe-tasks.js";
import { tasks as wsframe } from "./codecs/wsframe.js";
import { ROWS } from "./rows.js";
import { frame, unmasked } from "./wire.js";

function outcome({ run, outcome }: Task): unknown {
  for (let turn = 0; turn < 3; turn++) run(); // ws unmasks in place: an odd and an even number of times
  return outcome();
}

test.each([["@x/socketio", socketio], ["socket.io-parser", parser]])("%s encodes and decodes what the protocol says", (_name, tasks: Tasks<SocketioTask>) => {
  for (const name of ["small", "1 KiB attached", "nested"] as const) {
    expect(outcome(tasks[`encode ${name}`]())).toEqual(PAYLOADS[name].wire);
    expect(outcome(tasks[`decode ${name}`]())).toEqual(PAYLOADS[name].data);
  }
});

test.each([["@x/wsframe", wsframe], ["ws", ws]])("%s encodes and decodes what RFC 6455 says", (_name, tasks: Tasks<WsframeTask>) => {
  for (const [name, { data }] of Object.entries(INCOMING)) {
    const decoded = outcome(tasks[`decode ${name}` as WsframeTask]());
    expect(typeof decoded).toBe(typeof data);
    expect(Buffer.from(decoded as string).equals(Buffer.from(data)), name).toBe(true);
  }
  for (const [name, [data, isMasked]] of Object.entries(OUTGOING)) {
    const encoded = outcome(tasks[`encode ${name}` as WsframeTask]()) as Buffer;
    const bytes = Buffer.from(data);
    expect((isMasked ? unmasked(encoded) : encoded).equals(isMasked ? bytes : frame(1, bytes, false)), name).toBe(true);
  }
});

test("every task has its row", () => {
  const inRows = ROWS.flatMap((row) => (row.kind === "work" && row.task !== undefined ? [row.task] : []));
  expect(inRows.toSorted()).toEqual([...Object.keys(socketio), ...Object.keys(wsframe)].toSorted());
});
