/**
 * What every server of the bench is: a way to start it on a free port of 127.0.0.1.
 *
 * `echo` answers each message with the same message; `ack` answers an event with its acknowledgement; `broadcast` answers a
 * message with `perTrigger` equal messages to everybody, who with Socket.IO are the members of a room. Limits are on and equal everywhere; compression is on where BENCH_DEFLATE says so.
 */
import type { AddressInfo, Server } from "node:net";

export interface ServerSpec {
  readonly behaviour: "echo" | "ack" | "broadcast";
  /** Broadcast: messages in one tick. */
  readonly perTrigger: number;
  /** Broadcast: what is sent, as text. */
  readonly message: string;
}

export interface Subject {
  /** 0 when the subject is no server. */
  readonly port: number;
  /** Subjects that are no servers do their operation so often. */
  work?(count: number): Promise<void>;
}

export type Start = (spec: ServerSpec) => Promise<Subject>;

export const MAX_MESSAGE_BYTES: number = 1024 * 1024;
/** Long enough that no heartbeat falls into a measurement. */
export const QUIET_MS = 600_000;

export async function listening(server: Server): Promise<Subject> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return { port: (server.address() as AddressInfo).port };
}
