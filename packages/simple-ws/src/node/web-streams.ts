/**
 * A connection as a pair of web streams: what nobody reads holds up the peer, and what the peer does not take holds up the writer.
 *
 * Room: simple-ws node.
 */
import { closedError } from "../core/closed-error.js";
import { endsQuietly } from "../core/closing.js";
import type { MessageConnection, Sendable } from "../shell/contract.js";

export interface ConnectionStreams {
  /** Messages in order. Ends after a clean close, fails with ConnectionClosed after any other; cancelling closes the connection. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** One chunk is one message. Closing it closes the connection with 1000, aborting it with 1011. */
  readonly writable: WritableStream<Sendable>;
}

/** @param connection nobody else must read it. */
export function toWebStreams(connection: MessageConnection): ConnectionStreams {
  return { readable: readableOf(connection), writable: writableOf(connection) };
}

function readableOf(connection: MessageConnection): ReadableStream<string | Uint8Array> {
  return new ReadableStream<string | Uint8Array>({
    async pull(controller) {
      try {
        const message = await connection.receive();
        if (message !== null) controller.enqueue(message);
      } catch (error) {
        const info = await connection.closed;
        if (endsQuietly(info, info.initiator === "local" && info.wasClean)) controller.close();
        else controller.error(error);
      }
    },
    async cancel() {
      await connection.close();
    },
  }, { highWaterMark: 0 }); // the connection's inbox is the buffer
}

function writableOf(connection: MessageConnection): WritableStream<Sendable> {
  return new WritableStream<Sendable>({
    start(controller) {
      void connection.closed.then((info) => { // after a clean end a pipe that closes us has nothing to complain of
        if (!endsQuietly(info, info.initiator === "local" && info.wasClean)) controller.error(closedError(info));
      });
    },
    async write(message) {
      await connection.send(message);
    },
    async close() {
      await connection.close();
    },
    async abort() {
      await connection.close(1011);
    },
  });
}
