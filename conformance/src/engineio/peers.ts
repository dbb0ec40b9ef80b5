/** Real servers and clients of both makes around one test, each server on a port of its own. */
import { type Server as HttpServer, createServer } from "node:http";
import { Server as OurServer, type ServerOptions as OurOptions } from "@x/engineio/server";
import { listen } from "@x/testkit";
import { Server as PeerServer, type ServerOptions as PeerOptions } from "engine.io";
import { Socket as PeerSocket, type SocketOptions } from "engine.io-client";

const closers: (() => unknown)[] = [];

/** Close `thing` when the test is over. */
export function closeLater(close: () => unknown): void {
  closers.push(close);
}

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** `parked` resolves when a polling client has its handshake, and its poll waits. */
export async function ourServer(options: OurOptions = {}): Promise<{ readonly server: OurServer; readonly url: string; readonly parked: Promise<void> }> {
  const http = createServer();
  const server = new OurServer(options).attach(http);
  const { url, close } = await listen(http);
  closers.push(close, () => server.close());
  return { server, url, parked: secondRequest(http) };
}

export async function peerServer(options: PeerOptions = {}): Promise<{ readonly server: PeerServer; readonly url: string; readonly parked: Promise<void> }> {
  const http = createServer();
  const server = new PeerServer(options);
  server.attach(http);
  const { url, close } = await listen(http);
  closers.push(close, () => server.close());
  return { server, url, parked: secondRequest(http) };
}

/** Over polling: the handshake is answered, and a poll waits. */
function secondRequest(http: HttpServer): Promise<void> {
  let requests = 0;
  return new Promise((resolve) => http.on("request", () => {
    if (++requests === 2) setImmediate(resolve);
  }));
}

export function peerClient(url: string, options: Partial<SocketOptions> = {}): PeerSocket {
  const socket = new PeerSocket(url, options);
  socket.binaryType = "arraybuffer";
  socket.on("error", () => undefined); // its close event tells
  closers.push(() => socket.close());
  return socket;
}

/** @returns the first argument of the next call of a listener. */
export function once<Value>(subscribe: (listener: (value: Value) => void) => unknown): Promise<Value> {
  return new Promise((resolve) => subscribe(resolve));
}

export const transportSets: { name: string; transports: ("polling" | "websocket")[] }[] = [
  { name: "polling", transports: ["polling"] },
  { name: "websocket", transports: ["websocket"] },
  { name: "polling, then websocket", transports: ["polling", "websocket"] },
];
