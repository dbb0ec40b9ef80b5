/** Official and own servers and clients on a free port, and the three ways to travel. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { retry, type RetryPolicy } from "@x/errors/retry";
import * as ours from "@x/socketio";
import { Server as OfficialServer, type ServerOptions as OfficialOptions } from "socket.io";
import { io as officialIo, type ManagerOptions, type Socket as OfficialClient, type SocketOptions } from "socket.io-client";
import { expect, onTestFinished } from "vitest";

export const routes = [
  { route: "polling only", transports: ["polling"] },
  { route: "websocket only", transports: ["websocket"] },
  { route: "upgrade", transports: ["polling", "websocket"] },
] as const;

export async function officialServer(options: Partial<OfficialOptions> = {}): Promise<{ server: OfficialServer; url: string }> {
  const http = createServer();
  const server = new OfficialServer(http, options);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(async () => {
    await server.close();
  });
  return { server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

/** For a port that was given back: it may be somebody else's for a moment. */
export const untilFree: RetryPolicy = { attempts: 100, baseMs: 20, capMs: 200, retryIf: () => true };

export async function ourServer(options: ours.ServeOptions = {}): Promise<{ server: ours.Server; url: string }> {
  const server = await retry(() => ours.serve({ host: "127.0.0.1", ...options }), options.port === undefined ? { attempts: 1 } : untilFree);
  onTestFinished(() => server.close());
  return { server, url: `http://127.0.0.1:${server.port}` };
}

export function officialClient(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): OfficialClient {
  const socket = officialIo(url, { forceNew: true, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

export function ourClient(url: string, options: ours.ClientOptions = {}): ours.ClientSocket {
  const socket = ours.io(url, { forceNew: true, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

interface Listenable {
  once(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** A session of Engine.IO, of either end: a client's `io.engine`, a socket's `conn`. */
export interface Session {
  readonly transport: { readonly name: string };
  once(event: "upgrade", listener: () => void): unknown;
}

/** Waits until a session travels as its route ends: with more than one transport it begins with the first and is upgraded to the last. */
export async function arrived(session: Session | undefined, transports: readonly string[]): Promise<void> {
  const last = transports.at(-1);
  if (session !== undefined && session.transport.name !== last && transports.length > 1) await new Promise<void>((resolve) => void session.once("upgrade", resolve));
  expect(session?.transport.name).toBe(last);
}

/** @returns the arguments of the next event. */
export function next(emitter: Listenable, event: string): Promise<unknown[]> {
  return new Promise((resolve) => void emitter.once(event, (...args) => resolve(args)));
}
