/**
 * What the server's shell asks of an Engine.IO session, and what its parts share.
 *
 * Room: socketio shell. `@x/engineio/server` implements the connection; tests use one in memory.
 */
import type { PreparedPacket, Socket as EngineSocket } from "@x/engineio/server";
import type { Clock, Sweep } from "@x/errors/clock";
import type { WriteOptions } from "../../adapter/port.js";
import type { Codec } from "../../core/codec.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";
import type { ServerConnectionOptions } from "../../core/server-connection.js";
import type { Rates } from "./rates.js";
import type { FailureContext, ServerSettings } from "./options.js";

/** The HTTP request that opened a connection. */
export type Request = EngineSocket["request"];

/** One Engine.IO session. */
export type EngineConnection = EngineSocket;

/** What the parts of one server share. */
export interface ServerContext {
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly sweep: Sweep;
  /** How packets travel, both ways. */
  readonly encoder: Codec;
  /** {@link encoder}, for the answer that lets a client in. */
  readonly greet: (answer: Packet) => EncodedPacket;
  /** A new socket id: unguessable, 20 characters. */
  readonly generateId: () => string;
  /** What connections share; bytes are handed out as Buffers on Node, over the same memory. */
  readonly connections: ServerConnectionOptions;
  /** What the application's code did wrong. */
  readonly report: (error: unknown, context: FailureContext) => void;
  /** What a peer did wrong, or cannot have: not worth a log line unless somebody asks. */
  readonly reportPeer: (error: unknown, context: FailureContext) => void;
  /** How much clients may send; nothing where that is not limited. */
  readonly rates: Rates | undefined;
  /** Messages in wire form, shared by all members of a broadcast. */
  readonly prepare: (packets: EncodedPacket, options: WriteOptions) => readonly PreparedPacket[];
}
