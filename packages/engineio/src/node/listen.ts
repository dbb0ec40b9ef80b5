/**
 * The peers' two ways to a server in one call.
 *
 * Room: engineio node.
 */
import { type Server as HttpServer, createServer } from "node:http";
import { type AttachOptions } from "./attach.js";
import { Server } from "./server.js";
import type { ServerOptions } from "./server-options.js";

/** @returns a server that takes its requests from `httpServer`. */
export function attach(httpServer: HttpServer, options: ServerOptions & AttachOptions = {}): Server {
  return new Server(options).attach(httpServer);
}

/** @returns a server on an HTTP server of its own, which answers 501 to everything else; `httpServer` says where it listens. */
export function listen(port: number, options?: ServerOptions, callback?: () => void): Server {
  const httpServer = createServer((_request, response) => response.writeHead(501).end("Not Implemented"));
  const server = attach(httpServer, options);
  server.own(httpServer);
  httpServer.listen(port, callback);
  return server;
}
