/**
 * A listening server in one call.
 *
 * Room: socketio node.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { reportHandlerError } from "@x/errors/handlers";
import type { DefaultEventsMap, Untyped } from "../core/event-types.js";
import { Server, type ServerOptions } from "./server.js";

export interface ServeOptions extends ServerOptions {
  /** Default 0: any free port; `server.port` tells which. */
  readonly port?: number;
  /** Default 127.0.0.1; `0.0.0.0` or `::` for all addresses. */
  readonly host?: string;
}

/**
 * @returns the server, listening. Whoever calls closes it: `await server.close()` or `await using`.
 * @throws the system's error when the port cannot be had; {@link SocketIOError} `socketio/invalid-option`.
 */
export async function serve<Listen = DefaultEventsMap, Emit = DefaultEventsMap, InterServer = DefaultEventsMap, SocketData = Untyped>(options: ServeOptions = {}): Promise<Server<Listen, Emit, InterServer, SocketData>> {
  const httpServer = createServer((_request, response) => response.writeHead(404).end());
  const server = new Server<Listen, Emit, InterServer, SocketData>(httpServer, options);
  httpServer.listen(options.port ?? 0, options.host ?? "127.0.0.1");
  await once(httpServer, "listening"); // rejects with what "error" tells
  httpServer.on("error", (error) => reportHandlerError(error, { event: "server" })); // no room for another connection ends none, and no process
  return server;
}
