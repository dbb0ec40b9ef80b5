/**
 * The whole server, put together: port first, then storage, then HTTP and realtime on it.
 *
 * Room: server. The port comes first because it is what most often fails, and needs no clean-up.
 */
import { once } from "node:events";
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { knownHosts } from "@x/app-base/hosts";
import { StartError } from "@x/app-base/start-error";
import type { Config } from "./config.js";
import { createApp } from "./http/app.js";
import { Assets } from "./http/assets.js";
import { type Realtime, startRealtime } from "./realtime/realtime.js";
import { loadSecret } from "./sessions/secret.js";
import { Sessions } from "./sessions/sessions.js";
import { SessionTokens } from "./sessions/tokens.js";
import { openStorage, type Storage } from "./storage/storage.js";

export interface ChatServerOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Folder of the built page. */
  readonly clientFolder: string;
  readonly presenceGraceMs?: number;
  /** How long requests under way, and connections that never sent one, keep the server from ending. Milliseconds, default 3000. */
  readonly closeGraceMs?: number;
}

export interface RunningServer {
  readonly url: string;
  /** Ends connections, answers what is under way, closes the database; idempotent. */
  readonly close: () => Promise<void>;
}

export async function startServer(options: ChatServerOptions): Promise<RunningServer> {
  const { config, logger } = options;
  let listener: RequestListener = (_request, response) => { response.writeHead(503, { "Retry-After": "1", "Content-Type": "text/plain" }).end("Starting\n"); };
  const httpServer = createServer((request, response) => { listener(request, response); });
  const url = await listen(httpServer, config);
  httpServer.on("error", (error) => { logger.error({ err: error }, "Connection could not be taken"); }); // such as no file descriptor for it
  let storage: Storage | undefined;
  try {
    const assets = await Assets.load(options.clientFolder);
    storage = await openStorage({ url: config.databaseUrl, folder: config.dataFolder, onError: (error) => { logger.error({ err: error }, "Database connection lost"); } });
    const sessions = new Sessions(new SessionTokens(await secretsOf(config, logger)), storage.users, config.publicUrl?.protocol === "https:");
    const isKnownHost = knownHosts(config.host, config.publicUrl?.hostname);
    const realtime = startRealtime({ httpServer, storage, sessions, logger, isKnownHost, closeGraceMs: options.closeGraceMs ?? 3000, ...(options.presenceGraceMs === undefined ? {} : { presenceGraceMs: options.presenceGraceMs }) });
    const app = createApp({ storage, sessions, assets, logger, publicUrl: config.publicUrl, isKnownHost, trustProxy: config.trustProxy, onArrival: realtime.arrive, onSignOut: realtime.signOut });
    listener = toListener(app.fetch);
    logger.info({ database: storage.description }, "Ready");
    return { url, close: closer(realtime, storage) };
  } catch (error) {
    httpServer.close();
    httpServer.closeAllConnections();
    await storage?.close();
    throw error;
  }
}

/** Answers promises nobody waits for are not an option: a failing listener has already answered 500. */
function toListener(fetch: Parameters<typeof getRequestListener>[0]): RequestListener {
  const handle = getRequestListener(fetch);
  return (request, response) => void handle(request, response);
}

async function listen(server: HttpServer, { host, port }: Config): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new StartError(`Port ${port} is in use by another program. Choose another one: PORT=${port + 1} npm start`, { cause: error });
    }
    throw error;
  }
  const address = server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}

async function secretsOf({ sessionSecrets, dataFolder, databaseUrl }: Config, logger: Logger): Promise<[string, ...string[]]> {
  const [first, ...more] = sessionSecrets;
  if (first !== undefined) return [first, ...more];
  if (databaseUrl !== undefined) logger.warn("SESSION_SECRET is not set: sessions are signed with a secret of this machine, other servers will not know them");
  return [await loadSecret(dataFolder)];
}

/** Realtime ends the HTTP server that it is attached to; the database comes last, for requests under way still need it. */
function closer(realtime: Realtime, storage: Storage): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await realtime.close();
    } finally {
      await storage.close();
    }
  };
  return async () => (closing ??= close());
}
