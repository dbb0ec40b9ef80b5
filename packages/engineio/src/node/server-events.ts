/**
 * What a server tells its application.
 *
 * Room: engineio node. Names are the peers'.
 */
import type { IncomingMessage } from "node:http";
import type { AnswerHeaders } from "./answer-headers.js";
import type { ConnectionErrorEvent } from "./refusal.js";
import type { Socket } from "./server-socket.js";

export interface ServerEvents {
  connection: readonly [socket: Socket];
  /** A request was refused, whatever for. */
  connection_error: readonly [error: ConnectionErrorEvent];
  /** Before the first answer of a session is written. */
  initial_headers: readonly [headers: AnswerHeaders, request: IncomingMessage];
  /** Before any answer of a session is written. */
  headers: readonly [headers: AnswerHeaders, request: IncomingMessage];
  /** What waited for one of the sockets goes to its transport; told of sockets that connect after the listener came. */
  flush: readonly [socket: Socket];
  /** …and nothing waits any more. */
  drain: readonly [socket: Socket];
  close: readonly [];
}
