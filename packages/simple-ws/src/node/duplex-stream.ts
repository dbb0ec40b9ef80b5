/**
 * A connection as a Node stream.
 *
 * Room: simple-ws node.
 */
import { Duplex, type DuplexOptions } from "node:stream";
import { endsQuietly } from "../core/closing.js";
import type { MessageConnection } from "../shell/contract.js";

/**
 * @param options `readableObjectMode: true` keeps messages apart, text as strings; otherwise they are joined into bytes, as a socket's are.
 *   What is written is sent as one message per chunk; strings are text where `decodeStrings: false` says so, bytes otherwise.
 * @returns a stream whose back pressure is the connection's. Nobody else must read it.
 */
export function toDuplex(connection: MessageConnection, options: DuplexOptions = {}): Duplex {
  return new Duplex({
    ...options,
    read(): void {
      connection.receive().then((message) => void this.push(typeof message === "string" && options.readableObjectMode !== true ? Buffer.from(message) : message), (error: unknown) => {
        void connection.closed.then((info) => {
          if (endsQuietly(info, info.initiator === "local" && info.wasClean)) this.push(null);
          else this.destroy(error instanceof Error ? error : new Error("the connection ended"));
        });
      });
    },
    write(chunk: Uint8Array | string, _encoding, done): void {
      try {
        connection.send(chunk).then(() => done(), done);
      } catch (error) {
        done(error instanceof Error ? error : new Error("the connection ended"));
      }
    },
    final(done): void {
      connection.close().then(() => done(), done);
    },
    destroy(error, done): void {
      if (connection.state !== "closed") connection.terminate();
      done(error);
    },
  });
}
