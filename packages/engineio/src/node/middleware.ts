/**
 * Express-style middlewares in front of both transports.
 *
 * Room: engineio node. An upgrade request has no response of Node's; it gets one over its bare socket, so that a middleware
 * may set headers for the handshake's answer or end the request itself.
 */
import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isThenable } from "@x/errors/handlers";

const SWITCHING_PROTOCOLS = 101;

/** `next()` goes on, `next(error)` refuses. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

/** Calls `done` once all have called `next`; with the error of the first that failed. A middleware that ends the response never gets there. */
export function runMiddlewares(middlewares: readonly Middleware[], request: IncomingMessage, response: ServerResponse, done: (error?: unknown) => void, index = 0): void {
  const middleware = middlewares[index];
  if (middleware === undefined) {
    done();
    return;
  }
  let isCalled = false;
  const next = (error?: unknown): void => {
    if (isCalled) return;
    isCalled = true;
    if (error === undefined || error === null) runMiddlewares(middlewares, request, response, done, index + 1);
    else done(error);
  };
  try {
    const returned = middleware(request, response, next);
    if (isThenable(returned)) returned.then(undefined, (error: unknown) => next(error ?? new Error("middleware rejected")));
  } catch (error) {
    next(error ?? new Error("middleware threw"));
  }
}

/** Runs `middlewares` for an upgrade; `done` gets the headers that they set. */
export function runForUpgrade(middlewares: readonly Middleware[], request: IncomingMessage, socket: Duplex, done: (headers: OutgoingHttpHeaders, error?: unknown) => void): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  const passThrough = socket as unknown as Parameters<ServerResponse["assignSocket"]>[0]; // only `write` and `end` are used
  response.assignSocket(passThrough);
  response.once("finish", () => socket.end());
  runMiddlewares(middlewares, request, response, (error) => {
    response.detachSocket(passThrough);
    if (error === undefined) response.writeHead(SWITCHING_PROTOCOLS); // written nowhere; some (express-session) set their headers only now
    done(response.getHeaders(), error);
  });
}
