/** Real peers around @x/simple-ws, each on a port of its own, and what they saw. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve, type CloseInfo, type WebSocketConnection, type WebSocketServer } from "@x/simple-ws";
import { WebSocketServer as WsServer, type ServerOptions, type WebSocket as WsSocket } from "ws";

/** Things to close when a test is over. */
export class Opened {
  readonly #closers: (() => unknown)[] = [];

  add(closer: () => unknown): void {
    this.#closers.push(closer);
  }

  async closeAll(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) await closer();
  }
}

/** Our server, which echoes; `connections` and `closes` fill as clients come and go. */
export interface OurServer {
  readonly server: WebSocketServer;
  readonly connections: WebSocketConnection[];
  readonly closes: Promise<CloseInfo>[];
}

export async function ourEcho(opened: Opened, options: Partial<Parameters<typeof serve>[0]> = {}): Promise<OurServer> {
  const connections: WebSocketConnection[] = [];
  const closes: Promise<CloseInfo>[] = [];
  const server = await serve({
    onConnection: (connection) => {
      connections.push(connection);
      closes.push(connection.closed);
      connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined });
    },
    ...options,
  });
  opened.add(() => server.close());
  return { server, connections, closes };
}

export interface TheirServer {
  readonly url: string;
  /** The next client. */
  readonly client: Promise<WsSocket>;
}

/** A `ws` server that echoes. */
export async function wsEcho(opened: Opened, options: ServerOptions = {}, onClient: (client: WsSocket) => void = echo): Promise<TheirServer> {
  const server = new WsServer({ host: "127.0.0.1", port: 0, ...options });
  opened.add(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const client = new Promise<WsSocket>((resolve) => server.once("connection", resolve));
  server.on("connection", onClient);
  await once(server, "listening");
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, client };
}

function echo(client: WsSocket): void {
  client.on("error", () => undefined); // the close code tells
  client.on("message", (data: Buffer, isBinary: boolean) => client.send(data, { binary: isBinary }));
}

/** Payloads around every border of the length encoding, ASCII and not. */
export const texts: readonly string[] = ["", "a", "é", "x".repeat(125), "x".repeat(126), "é".repeat(62), "é".repeat(63), "日本語👩‍👩‍👧‍👦".repeat(500), "x".repeat(65_535), "x".repeat(65_536), "é".repeat(32_768), "x".repeat(1_000_000)];
export const blobs: readonly Buffer[] = [0, 1, 125, 126, 65_535, 65_536, 1_000_000].map((length) => Buffer.alloc(length, 0xa5));
