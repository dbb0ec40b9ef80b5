/** A script for socket.io's server, run on the official one and on ours, with the official client: both must say what it expects. */
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { Server as OfficialServer } from "socket.io";
import { io as officialClient, type ManagerOptions, type Socket as OfficialClient, type SocketOptions } from "socket.io-client";
import { onTestFinished } from "vitest";
import type { Untyped } from "../src/core/event-types.js";
import { Server, type Socket } from "../src/server.js";

type Options = Partial<ManagerOptions & SocketOptions>;
export interface Pair {
  readonly client: OfficialClient;
  readonly peer: Socket;
}
export interface Place {
  readonly io: Server;
  /** A client with a connection of its own, and the server's end of it. */
  readonly join: (options?: Options, namespace?: string) => Promise<Pair>;
}
export interface Row {
  readonly name: string;
  readonly says: unknown;
  readonly script: (place: Place) => Promise<unknown>;
}

export const servers: readonly (readonly [string, typeof Server])[] = [["socket.io", OfficialServer as unknown as typeof Server], ["ours", Server]];

export async function place(Class: typeof Server): Promise<Place> {
  const http = createServer();
  const io = new Class(http, { maxHttpBufferSize: 1000, cors: { origin: "http://page.example" }, onError: () => undefined });
  onTestFinished(() => io.close());
  const url = await listening(http);
  return { io, join: (options, namespace) => join(io, url, options, namespace) };
}

async function listening(http: HttpServer): Promise<string> {
  await once(http.listen(0, "127.0.0.1"), "listening");
  const address = http.address();
  return `http://127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}`;
}

export async function join(io: Server, url: string, options: Options = {}, namespace = "/"): Promise<Pair> {
  const arrival = new Promise<Socket>((resolve) => void io.of(namespace).once("connection", resolve));
  const client = officialClient(url + namespace, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
  onTestFinished(() => void client.disconnect());
  await next(client, "connect");
  return { client, peer: await arrival };
}

/** The arguments of the next event. */
export function next(emitter: { once(event: Untyped, listener: Untyped): unknown }, event: string): Promise<unknown[]> {
  return new Promise((resolve) => void emitter.once(event, (...args: unknown[]) => resolve(args)));
}

/** Whatever was emitted before has arrived. */
export async function synced({ client, peer }: Pair): Promise<void> {
  client.once("sync", (ack: () => void) => ack());
  await peer.emitWithAck("sync");
}

export function heard(client: OfficialClient): unknown[][] {
  const events: unknown[][] = [];
  client.onAny((...event: unknown[]) => {
    if (event[0] !== "sync") events.push(event);
  });
  return events;
}
