/** Connection state recovery between our ends and socket.io's, over real sockets. */
import type { ServeOptions } from "@x/socketio";
import { SessionAwareAdapter } from "socket.io-adapter";
import { describe, expect, test } from "vitest";
import { arrived, next, officialClient, officialServer, ourClient, ourServer, routes, type Session } from "./peers.js";

/** What both servers' sockets have. */
interface PeerSocket {
  readonly id: string;
  readonly recovered: boolean;
  readonly data: unknown;
  readonly rooms: Set<string>;
  readonly conn: Session & { close(): unknown };
  join(room: string): unknown;
}

interface Peer {
  readonly id?: string | undefined;
  readonly io: { readonly engine: Session | undefined };
  readonly recovered: boolean;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  once(event: string, listener: (...args: unknown[]) => void): unknown;
}

interface PeerServer {
  on(event: string, listener: (socket: PeerSocket) => void): unknown;
  once(event: string, listener: (...args: never[]) => void): unknown;
  to(room: string): { emit(event: string, ...args: unknown[]): unknown };
}

/** Sessions as socket.io itself keeps them, in our server; adapters over Redis streams and MongoDB have the same two methods. */
function sessionAware(options: ServeOptions): ReturnType<typeof ourServer> {
  return ourServer({ ...options, adapter: SessionAwareAdapter });
}

const pairings = [
  { pairing: "socket.io-client ↔ our server", serve: ourServer, dial: officialClient },
  { pairing: "our client ↔ socket.io", serve: officialServer, dial: ourClient },
  { pairing: "our client ↔ our server", serve: ourServer, dial: ourClient },
  { pairing: "socket.io-client ↔ our server with socket.io's SessionAwareAdapter", serve: sessionAware, dial: officialClient },
  { pairing: "our client ↔ our server with socket.io's SessionAwareAdapter", serve: sessionAware, dial: ourClient },
];

describe.each(routes)("$route", ({ transports }) => {
  test.each(pairings)("$pairing: a client that loses its connection twice gets its id, its rooms and every event, once", async ({ serve, dial }) => {
    const { server: given, url } = await serve({ connectionStateRecovery: {} });
    const server = given as unknown as PeerServer;
    const sockets: PeerSocket[] = [];
    server.on("connection", (socket) => {
      sockets.push(socket);
      if (!socket.recovered) void socket.join("red");
    });
    const client = dial(url, { transports: [...transports], reconnectionDelay: 10, reconnectionDelayMax: 20 }) as unknown as Peer;
    const heard: unknown[] = [];
    client.on("event", (value) => void heard.push(value));
    await next(client, "connect");
    const { id } = client;
    const live = next(client, "event");
    server.to("red").emit("event", 0); // socket.io knows no offset before the first
    await live;
    for (const round of [1, 2]) {
      await arrived(client.io.engine, transports);
      await arrived(sockets.at(-1)?.conn, transports);
      const lost = next(client, "disconnect");
      const back = next(client, "connect");
      sockets.at(-1)?.conn.close(); // socket.io must know first: it keeps nothing of a socket that it holds for alive
      await lost;
      server.to("red").emit("event", round);
      server.to("red").emit("event", Buffer.from([round]));
      server.to("blue").emit("event", "not in it");
      await back;
      expect([client.recovered, client.id, sockets.at(-1)?.recovered, sockets.at(-1)?.rooms]).toEqual([true, id, true, new Set([id, "red"])]);
    }
    const last = new Promise<void>((resolve) => client.on("event", (value) => {
      if (value === "last") resolve();
    }));
    server.to("red").emit("event", "last");
    await last;
    expect(heard).toEqual([0, 1, Buffer.from([1]), 2, Buffer.from([2]), "last"]);
  });
});
