/**
 * The end of a node:http(s) server, in bounded time.
 *
 * Room: engineio node. Node's `close` waits for every connection: without end for one that never sends a request, such as browsers
 * open beforehand and attackers hold, and a keep-alive time for one whose last answer has been read.
 */
import { type Clock, type Timer, backgroundClock } from "@x/errors/clock";

/** A server of node:http, node:https or a library like them; those of node:http2 cannot hang up on connections. */
export interface ClosableServer {
  close(callback: (error?: Error) => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

export interface CloseHttpOptions {
  /** How long requests that are being answered, and connections that never sent one, are waited for. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}

/** How often connections that have become idle are looked for. */
const LOOK_EVERY_MS = 100;

/**
 * Stops listening, hangs up on connections as soon as their requests are answered, and on all that are left after `timeoutMs`.
 * @returns when that is done, what the server's own `close` says: `ERR_SERVER_NOT_RUNNING` for one that never listened, or no longer does.
 */
export function closeHttpServer(server: ClosableServer, { timeoutMs = 5000, clock = backgroundClock }: CloseHttpOptions = {}): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const deadlineMs = clock.now() + timeoutMs;
    let timer: Timer;
    const hangUp = (): void => {
      const leftMs = deadlineMs - clock.now();
      if (leftMs <= 0) {
        server.closeAllConnections?.();
        resolve(undefined);
        return;
      }
      server.closeIdleConnections?.();
      timer = clock.setTimer(hangUp, Math.min(leftMs, LOOK_EVERY_MS));
    };
    server.close((error) => {
      clock.clearTimer(timer);
      resolve(error);
    });
    hangUp();
  });
}
