/**
 * A server in one call: the peers' two ways, and one that is awaited.
 *
 * Room: engineio node.
 */
import { type Server as HttpServer, createServer } from "node:http";
import { ConnectionError } from "@x/errors/engineio";
import { reportHandlerError } from "@x/errors/handlers";
import type { AttachOptions } from "./attach.js";
import { Server } from "./server.js";
import type { ServerOptions } from "./server-options.js";

export interface ServeOptions extends ServerOptions {
  /** Default 0: one that the system chooses. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Longest head of a request; a longer one is answered 431. Bytes, default 16384. */
  readonly maxHeaderBytes?: number | undefined;
}

const MAX_HEADER_BYTES = 16_384;

/** What `getSession` keeps when nothing else is said. */
type Untyped = Record<string, unknown>;

/**
 * @returns a server that listens, on an HTTP server of its own; `url` says where, `close()` ends both.
 * @throws {ConnectionError} `engineio/connection-failed` when it cannot listen there; the cause says why.
 */
export async function serve<Data extends object = Untyped>(options: ServeOptions = {}): Promise<Server<Data>> {
  const { port = 0, host = "127.0.0.1", maxHeaderBytes } = options;
  const httpServer = notImplemented(maxHeaderBytes);
  const server = attach<Data>(httpServer, options).own(httpServer);
  await new Promise<void>((resolve, reject) => {
    httpServer.once("error", (cause) => reject(new ConnectionError(`Cannot listen on ${host}:${port}`, { cause })));
    httpServer.listen(port, host, resolve);
  });
  httpServer.on("error", (error) => reportHandlerError(error, { event: "server" })); // no room for another connection ends none, and no process
  return server;
}

/** @returns a server that takes its requests from `httpServer`. */
export function attach<Data extends object = Untyped>(httpServer: HttpServer, options: ServerOptions & AttachOptions = {}): Server<Data> {
  return new Server<Data>(options).attach(httpServer);
}

/** @returns a server on an HTTP server of its own, which answers 501 to everything else; `httpServer` says where it listens. */
export function listen<Data extends object = Untyped>(port: number, options?: ServerOptions, callback?: () => void): Server<Data> {
  const httpServer = notImplemented();
  const server = attach<Data>(httpServer, options).own(httpServer);
  httpServer.listen(port, callback);
  return server;
}

function notImplemented(maxHeaderSize: number = MAX_HEADER_BYTES): HttpServer {
  return createServer({ maxHeaderSize }, (_request, response) => response.writeHead(501).end("Not Implemented"));
}
