/**
 * The connection as its sockets need it, and what they tell of it.
 *
 * Room: socketio shell. The real one is `Manager`; tests play others.
 */
import type { Clock, Random, Timers } from "@x/errors/clock";
import type { OnError } from "@x/errors/handlers";
import type { ReconnectPolicy } from "../../core/client-connection.js";
import type { PacketEncoder } from "../../core/codec.js";
import type { Untyped } from "../../core/event-types.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { EncodedPacket } from "../../core/packet.js";
import type { Attempt } from "./attempt.js";

export interface SocketManager {
  readonly isOpen: boolean;
  readonly isReconnecting: boolean;
  readonly isWritable: boolean;
  readonly clock: Clock;
  readonly codec: PacketEncoder;
  readonly attempt: Attempt;
  /** Whether and when a failure that leaves the connection as it is is followed by another CONNECT, and how long each may wait for its answer. */
  readonly policy: ReconnectPolicy;
  readonly random: Random;
  readonly sweep: Timers;
  readonly report: OnError;
  open(): unknown;
  write(packets: EncodedPacket, flags?: EmitFlags): void;
  release(): void;
  /** A socket was let in. */
  answered(): void;
  /** A socket had no answer in time. @returns whether the connection was lost with it. */
  giveUp(error: Error): boolean;
}

export interface ClientReservedEvents {
  connect: () => void;
  /**
   * An attempt failed, the answer did not come, `auth` failed, or the server refused: a {@link ConnectionRefusedError}, or
   * {@link BadNamespaceError}. While `active` stays `true` there is another attempt, as the options `reconnection…` and `retryIf` say;
   * after a refusal only where its data name a delay (`retryAfterMs`), and never with `auth` that cannot be sent.
   */
  connect_error: (error: Error & { readonly data?: Untyped }) => void;
  /** The description is a {@link ConnectionRefusedError} where a server lets in first and refuses then, as python-socketio with `always_connect`. */
  disconnect: (reason: DisconnectReason, description?: unknown) => void;
}

/** Why a socket ended; the peers' words. After the first two it stays so until `connect()`. */
export type DisconnectReason =
  | "io server disconnect" | "io client disconnect"
  | "ping timeout" | "transport close" | "transport error" | "parse error" | "forced close";
