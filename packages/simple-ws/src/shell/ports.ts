/**
 * What the shell needs of a platform: a byte link, a clock, randomness, text, and a place to wait for the end of a turn.
 *
 * Room: simple-ws shell. `node` and `memory` implement these; nothing here knows which.
 */
import type { Clock, Random } from "@x/errors/clock";
import { Sweep } from "@x/errors/clock";
import type { TextPort } from "@x/wsframe";
import type { Codec } from "../core/profile.js";
import { WriteBatch } from "./write-batch.js";

/** A reliable, ordered link for bytes: TCP, TLS, a Unix socket, a pair in memory. */
export interface ByteDuplex {
  /** Bytes given to {@link write} that the system has not taken yet. */
  readonly bufferedBytes: number;
  /** Since the link was made; 0 where nobody counts. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** `bufferedBytes` above this make the link call {@link DuplexHandler.onDrain} later. */
  readonly highWaterMarkBytes: number;
  /** Whether {@link write} normally hands the bytes to the system before it returns, so that their memory is free again. */
  readonly writesAtOnce: boolean;
  /** From now on the link reports to `handler`, never from within a call of a method below. Reading is on. */
  start(handler: DuplexHandler): void;
  /** Ignored after {@link end} and {@link destroy}. */
  write(chunk: Uint8Array): void;
  /** FIN after what was written. */
  end(): void;
  /** Ends both directions now. */
  destroy(): void;
  setReading(isReading: boolean): void;
}

export interface DuplexHandler {
  /** The bytes are the link's again when this returns. */
  onChunk(chunk: Uint8Array): void;
  /** The peer's FIN. */
  onEnd(): void;
  /** What was over the high-water mark has been taken. */
  onDrain(): void;
  /** Both directions are over. Once; the last call. */
  onLinkClosed(): void;
}

/** What a platform brings. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly text: TextPort;
  /** Calls back after the present call stack and its promises, before any I/O. */
  readonly defer: (callback: () => void) => void;
  /** Uninitialised memory is fine. */
  readonly allocate: (bytes: number) => Uint8Array;
}

/** What all connections on one platform share: its codec, its write pool, its one timer. */
export interface Runtime {
  readonly clock: Clock;
  readonly codec: Codec;
  readonly batch: WriteBatch;
  readonly sweep: Sweep;
}

export function createRuntime(platform: Platform): Runtime {
  return {
    clock: platform.clock,
    codec: { text: platform.text, random: platform.random, allocate: platform.allocate },
    batch: new WriteBatch(platform.allocate, platform.defer),
    sweep: new Sweep(platform.clock),
  };
}
