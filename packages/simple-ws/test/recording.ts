/** Outputs and sinks that write down what a core does, and frames as a peer would send them. */
import { neutralText, writeFrame, type AgreedExtensions, type Role } from "@x/wsframe";
import { Connection, type ConnectionSink } from "../src/core/connection.js";
import type { ByteOutput } from "../src/core/frames.js";
import type { CloseInfo } from "../src/core/closing.js";
import { createProfile } from "../src/core/profile.js";
import { parseConnectionOptions, type ConnectionOptions } from "../src/core/options.js";

export class Recording implements ByteOutput, ConnectionSink {
  /** In order: `write <hex>`, `end`, `destroy`, `message …`, `pong …`, `settled …`, `closed …`. */
  readonly log: string[] = [];
  isCongested = false;
  heldBytes = 0;
  target: Uint8Array = new Uint8Array(0);
  onMessage: (data: string | Uint8Array) => void = (data) => void this.log.push(`message ${typeof data === "string" ? data : `[${data.join(" ")}]`}`);

  reserve(bytes: number): number {
    this.target = new Uint8Array(bytes + 3);
    return 3;
  }

  commit(end: number): void {
    this.append(this.target.subarray(3, end));
  }

  append(bytes: Uint8Array): void {
    this.log.push(`write ${Buffer.from(bytes).toString("hex")}`);
  }

  end(): void {
    this.log.push("end");
  }

  destroy(): void {
    this.log.push("destroy");
  }

  hold(bytes: number): void {
    this.heldBytes += bytes;
  }

  onBusy(isBusy: boolean): void {
    this.log.push(isBusy ? "busy" : "not busy");
  }

  wantsFragments = false;

  onFragment(payload: Uint8Array, opcode: number, isLast: boolean): void {
    this.log.push(`fragment ${opcode} [${payload.join(" ")}]${isLast ? " last" : ""}`);
  }

  onPing(): void {
    // the Pong tells
  }

  onPong(payload: Uint8Array): void {
    this.log.push(`pong ${Buffer.from(payload).toString()}`);
  }

  onSettled(info: CloseInfo): void {
    this.log.push(`settled ${describe(info)}`);
  }

  onClosed(info: CloseInfo): void {
    this.log.push(`closed ${describe(info)}`);
  }

  /** What was logged since the last call. */
  take(): string[] {
    return this.log.splice(0);
  }
}

export function describe(info: CloseInfo): string {
  return `${info.code} ${JSON.stringify(info.reason)} ${info.wasClean ? "clean" : "unclean"} ${info.initiator}`;
}

/** A connection whose masks are all zero, so that its frames can be read in hex. */
export function machine(role: Role, options: ConnectionOptions = {}, extensions?: AgreedExtensions): { connection: Connection; seen: Recording } {
  const seen = new Recording();
  const codec = { text: neutralText, random: () => 0, allocate: (bytes: number) => new Uint8Array(bytes) };
  const connection = new Connection(createProfile(role, parseConnectionOptions({ pingIntervalMs: 0, ...options }), codec), extensions, seen, 0);
  return { connection, seen };
}

/** A frame as the peer of `role` sends it: masked towards a server. `firstByte` has FIN, RSV and opcode. */
export function frame(role: Role, firstByte: number, payload: string | Uint8Array = ""): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const target = new Uint8Array(bytes.length + 14);
  return target.slice(0, writeFrame(target, 0, firstByte, bytes, role === "server" ? 0x12345678 : undefined));
}

export function closePayload(code: number, reason = ""): Uint8Array {
  return Uint8Array.of(code >> 8, code & 0xff, ...new TextEncoder().encode(reason));
}
