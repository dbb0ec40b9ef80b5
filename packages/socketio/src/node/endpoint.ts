/**
 * What a server takes its clients from: Engine.IO servers, and the HTTP servers that they are attached to.
 *
 * Room: socketio node. Most have one of each; with a second `attach` they are more, and end together.
 */
import { createServer, type Server as HttpServer } from "node:http";
import { Server as HttpsServer } from "node:https";
import { SocketIOError } from "@x/errors/socketio";
import { closeHttpServer, type DrainOptions, type DrainReport, type Server as EngineServer } from "@x/engineio/server";

export class Endpoint {
  readonly #engines = new Set<EngineServer>();
  /** Each with an engine whose requests it carries, which says how long its end may take. */
  readonly #httpServers = new Map<HttpServer, EngineServer>();
  #last: HttpServer | undefined;

  /** Has sessions of its own. */
  add(engine: EngineServer): void {
    this.#engines.add(engine);
  }

  /** Carries `engine`'s requests. */
  attached(server: HttpServer, engine: EngineServer): void {
    this.#httpServers.set(server, engine);
    this.#last = server;
  }

  get port(): number | undefined {
    const address = this.#last?.address();
    return typeof address === "object" && address !== null ? address.port : undefined;
  }

  get url(): string | undefined {
    const address = this.#last?.address();
    if (typeof address !== "object" || address === null) return undefined;
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
    return `http${this.#last instanceof HttpsServer ? "s" : ""}://${host}:${address.port}`;
  }

  get isClosing(): boolean {
    return [...this.#engines].some(({ isClosing }) => isClosing);
  }

  async drain(options: DrainOptions): Promise<DrainReport> {
    const reports = await Promise.all([...this.#engines].map((engine) => engine.drain(options)));
    return reports.reduce(({ total, cutOff, tookMs }, report) => ({ total: total + report.total, cutOff: cutOff + report.cutOff, tookMs: Math.max(tookMs, report.tookMs) }), { total: 0, cutOff: 0, tookMs: 0 });
  }

  /** @returns what the first of the HTTP servers that fails to close says, such as that it does not listen. */
  async close(): Promise<Error | undefined> {
    await Promise.all([...this.#engines].map((engine) => engine.close()));
    const failures = await Promise.all(Array.from(this.#httpServers, ([server, { opts: { httpCloseTimeout: timeoutMs, clock } }]) => closeHttpServer(server, { timeoutMs, clock })));
    return failures.find((error) => error !== undefined);
  }
}

/**
 * @param target a port, also as text, such as an environment has it, or an HTTP server.
 * @returns the HTTP server; for a port one that listens, and answers 404 to everything that is not an engine's.
 * @throws {SocketIOError} `socketio/invalid-argument` for anything else, such as the request handler of a framework.
 */
export function httpServerOf(target: unknown): HttpServer | HttpsServer {
  const port = typeof target === "string" && target.trim() !== "" ? Number(target) : target;
  if (typeof port === "number" && Number.isInteger(port)) return createServer((_request, response) => response.writeHead(404).end()).listen(port);
  if (isHttpServer(target)) return target;
  const hint = typeof target === "function" ? "a request handler, give it to createServer() and attach to that" : "neither";
  throw new SocketIOError(`Cannot attach: the target must be a port or an HTTP server, it is ${hint}`, { code: "socketio/invalid-argument" });
}

/** Also one of another realm or library, such as `spdy`'s. */
function isHttpServer(target: unknown): target is HttpServer | HttpsServer {
  return typeof target === "object" && target !== null && "listeners" in target && "listen" in target;
}
