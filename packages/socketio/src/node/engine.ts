/**
 * The Engine.IO server under a Socket.IO server: below its path the client's bundles are found, too.
 *
 * Room: socketio node.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Server as EngineServer, type ServerOptions as EngineOptions } from "@x/engineio/server";
import { type ClientFiles, clientFileName } from "./client-files.js";

export class Engine extends EngineServer {
  readonly #files: () => ClientFiles | undefined;

  /** @param files asked for each request for one; `undefined` while none are served. */
  constructor(options: EngineOptions, files: () => ClientFiles | undefined) {
    super(options);
    this.#files = files;
  }

  override handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const name = clientFileName(request, this.opts.path);
    const files = name === undefined ? undefined : this.#files();
    if (name === undefined || files === undefined) super.handleRequest(request, response);
    else void this.#serve(files, name, request, response);
  }

  async #serve(files: ClientFiles, name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const headers = await this.corsHeaders(request);
      if (headers === undefined) response.writeHead(403).end();
      else await files.serve(name, request, response, headers);
    } catch (error) {
      this.opts.onError(error, { event: "serveClient" });
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }
}
