/**
 * Taking the requests under one path from a node:http(s) server that others use, too.
 *
 * Room: engineio node.
 */
import type { IncomingMessage, RequestListener, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "@x/errors/clock";
import { pathMatcher } from "./path.js";

/** What may be said differently for one server. */
export interface AttachOptions {
  /** Default: the server's own `path`. */
  readonly path?: string | undefined;
  /** Default: the server's own. */
  readonly addTrailingSlash?: boolean | undefined;
  /** Default: the server's own. */
  readonly destroyUpgrade?: boolean | undefined;
  /** Milliseconds, default: the server's own. */
  readonly destroyUpgradeTimeout?: number | undefined;
}

/** Where the requests go; `isShared` where listeners of others see them, too. */
export interface RequestTaker {
  handleRequest(request: IncomingMessage, response: ServerResponse, isShared: boolean): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, isShared: boolean): void;
}

/** Listeners that were there before get every other request, as if nothing had changed. @returns what undoes it. */
export function attachTo(server: HttpServer, taker: RequestTaker, options: Required<{ [Key in keyof AttachOptions]: Exclude<AttachOptions[Key], undefined> }>, clock: Clock): () => void {
  const isUnderPath = pathMatcher(options.path, options.addTrailingSlash);
  const isOurs = (request: IncomingMessage): boolean => isUnderPath(request.url);
  const others = server.listeners("request") as RequestListener[];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (isOurs(request)) taker.handleRequest(request, response, server.listenerCount("request") > 1);
    else for (const other of others) other.call(server, request, response);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (isOurs(request)) taker.handleUpgrade(request, socket, head, server.listenerCount("upgrade") > 1);
    else if (options.destroyUpgrade) destroyIfSilent(socket, options.destroyUpgradeTimeout, clock);
  };
  server.removeAllListeners("request");
  server.on("request", onRequest);
  server.on("upgrade", onUpgrade);
  return () => {
    server.off("upgrade", onUpgrade);
    if (others.length === 0) return; // nobody else would answer the polls that are on their way
    server.off("request", onRequest);
    for (const other of others) server.on("request", other);
  };
}

/** Another upgrade listener may want the socket; when nobody has said anything in time, nobody does. */
function destroyIfSilent(socket: Duplex, timeoutMs: number, clock: Clock): void {
  clock.setTimer(() => {
    const isSilent = !("bytesWritten" in socket) || Number(socket.bytesWritten) <= 0;
    if (socket.writable && isSilent) socket.destroy();
  }, timeoutMs);
}
