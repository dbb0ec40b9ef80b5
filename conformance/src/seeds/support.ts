/** Servers for the examples' live versions, on free ports, gone after the test. */
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import { connect, type Connection as EngineClient, type ConnectOptions } from "@x/engineio/client";
import { Server as EngineServer, type ServerOptions, type Socket as EngineSocket } from "@x/engineio/server";
import { serve, type ServeOptions, type WebSocketServer } from "@x/simple-ws/server";
import { listen } from "@x/testkit";
import { onTestFinished } from "vitest";

/** A server of node:http with nothing but `handler`. */
export async function http(handler: RequestListener, server: HttpServer = createServer()): Promise<string> {
  server.on("request", handler);
  const { url, close } = await listen(server);
  onTestFinished(close);
  return url;
}

/** Where nobody listens: a port that the system gives to no one by chance, as it may one that was given back. */
export const deadUrl = "http://127.0.0.1:1";

export interface Engine {
  readonly url: string;
  readonly server: EngineServer;
  /** The sockets of clients, as they connect. */
  readonly connected: Promise<EngineSocket>;
}

export async function engine(onConnection: (socket: EngineSocket) => unknown = () => undefined, options: ServerOptions = {}): Promise<Engine> {
  const httpServer = createServer();
  const server = new EngineServer(options).attach(httpServer);
  const { url, close } = await listen(httpServer);
  onTestFinished(async () => {
    await server.close();
    await close();
  });
  server.on("connection", onConnection);
  return { url, server, connected: new Promise((resolve) => void server.once("connection", resolve)) };
}

export async function engineClient(url: string, options: ConnectOptions = {}): Promise<EngineClient> {
  const client = await connect(url, options);
  onTestFinished(() => void client.close(true));
  return client;
}

export async function webSocketServer(onConnection: ServeOptions["onConnection"], options: Omit<ServeOptions, "onConnection"> = {}): Promise<WebSocketServer> {
  const server = await serve({ ...options, onConnection });
  onTestFinished(() => server.close());
  return server;
}

/** @returns the first argument of the next `event`. */
export function next<Value>(subscribe: (listener: (value: Value) => void) => unknown): Promise<Value> {
  return new Promise((resolve) => void subscribe(resolve));
}

export interface Printed {
  (line: string): void;
  readonly lines: string[];
}

/** Collects what an example prints. */
export function printer(): Printed {
  const lines: string[] = [];
  return Object.assign((line: string) => void lines.push(line), { lines });
}
