/**
 * One message sent piece by piece, as its pieces come (RFC 6455 §5.4).
 *
 * Room: simple-ws shell. Other messages wait until it is over, control frames do not. A message that has begun cannot be taken
 * back: if its source fails then, the connection ends with 1011.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { Opcode } from "@x/wsframe";
import { closedError } from "../core/closed-error.js";
import type { Connection } from "../core/connection.js";
import type { Fragments } from "./contract.js";
import type { Deferred } from "./deferred.js";
import { payloadOf } from "./payload.js";

const encoder = new TextEncoder();

/** @param whenReady resolves once the connection takes more. @param outcome is settled before anything follows from it. */
export async function sendFragments(machine: Connection, fragments: Fragments, whenReady: () => Promise<void>, outcome: Deferred<void>): Promise<void> {
  await new Promise<void>((resolve) => machine.beginFragments(resolve));
  try {
    await write(machine, fragments, whenReady);
    outcome.resolve();
  } catch (error) {
    outcome.reject(error);
  }
  machine.endFragments();
}

/** Runs one piece behind, because the last one is marked. */
async function write(machine: Connection, fragments: Fragments, whenReady: () => Promise<void>): Promise<void> {
  let kind: "string" | "object" | undefined;
  let opcode: Opcode = Opcode.continuation;
  let last: Uint8Array | undefined;
  const send = (piece: Uint8Array, isFinal: boolean): void => {
    const { info } = machine;
    if (info !== undefined) throw closedError(info);
    machine.sendFragment(piece, opcode, isFinal);
    opcode = Opcode.continuation;
  };
  for await (const fragment of fragments) {
    const piece = payloadOf(fragment);
    kind ??= kindOf(piece);
    if (kind !== kindOf(piece)) throw new SimpleWebsocketError("Cannot send fragment: text and bytes are mixed, must be of one kind", { code: "simple-ws/invalid-argument" });
    if (last === undefined) opcode = kind === "string" ? Opcode.text : Opcode.binary;
    else send(last, false);
    await whenReady();
    last = typeof piece === "string" ? encoder.encode(piece) : Uint8Array.from(piece);
  }
  if (last === undefined) opcode = Opcode.binary;
  send(last ?? new Uint8Array(0), true);
}

function kindOf(piece: string | Uint8Array): "string" | "object" {
  return typeof piece === "string" ? "string" : "object";
}
