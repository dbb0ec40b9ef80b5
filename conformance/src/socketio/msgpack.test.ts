/** MessagePack with the official packages and their parser, both ways. */
import { msgpackCodec } from "@x/socketio/msgpack";
import parser from "socket.io-msgpack-parser";
import { describe, expect, test } from "vitest";
import { arrived, next, officialClient, officialServer, ourClient, ourServer, routes, type Session } from "./peers.js";

interface PeerSocket {
  join(room: string): unknown;
  on(event: string, listener: (...args: never[]) => unknown): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}

interface PeerServer {
  on(event: "connection", listener: (socket: PeerSocket) => void): unknown;
  use(middleware: (socket: { readonly handshake: { readonly auth: object } }, pass: (error?: Error) => void) => void): unknown;
  to(room: string): { emit(event: string, ...args: unknown[]): unknown; timeout(ms: number): { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> } };
}

interface Peer {
  readonly io: { readonly engine: Session | undefined };
  readonly active: boolean;
  on(event: string, listener: (...args: never[]) => unknown): unknown;
  once(event: string, listener: (...args: unknown[]) => void): unknown;
  timeout(ms: number): { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> };
}

interface Dialling {
  readonly transports: ("polling" | "websocket")[];
  readonly auth?: Record<string, unknown>;
}

const pairings = [
  {
    pairing: "socket.io-client with socket.io-msgpack-parser, our server",
    serve: () => ourServer({ parser: msgpackCodec() }),
    dial: (url: string, options: Dialling) => officialClient(url, { parser, ...options }),
  },
  {
    pairing: "our client, socket.io with socket.io-msgpack-parser",
    serve: () => officialServer({ parser }),
    dial: (url: string, options: Dialling) => ourClient(url, { parser: msgpackCodec(), ...options }),
  },
];
const value = { list: [1, "ü", Buffer.from([1, 2])], nested: { none: null, deep: [Buffer.alloc(300, 7)] } };

describe.each(pairings.flatMap((pairing) => routes.map((route) => ({ ...pairing, ...route }))))("$route: $pairing", ({ serve, dial, transports }) => {
  const start = async (): Promise<{ readonly server: PeerServer; readonly connect: (auth?: Record<string, unknown>) => Peer }> => {
    const { server, url } = await serve();
    return { server, connect: (auth = {}) => dial(url, { transports: [...transports], auth }) };
  };

  test("what is nested comes back unchanged, before and after an upgrade", async () => {
    const { server, connect } = await start();
    server.on("connection", (socket) => socket.on("echo", (given: unknown, ack: (given: unknown) => void) => ack(given)));
    const client = connect();
    await next(client, "connect");
    expect(await client.timeout(30_000).emitWithAck("echo", value)).toEqual(value);
    await arrived(client.io.engine, transports);
    expect(await client.timeout(30_000).emitWithAck("echo", value)).toEqual(value);
  });

  test("the server speaks first, then to a room, and collects its acknowledgements", async () => {
    const { server, connect } = await start();
    server.on("connection", (socket) => {
      void socket.join("red");
      socket.emit("welcome", value, "second");
    });
    const clients = [connect(), connect()];
    expect(await Promise.all(clients.map((client) => next(client, "welcome")))).toEqual([[value, "second"], [value, "second"]]);
    await Promise.all(clients.map((client) => arrived(client.io.engine, transports)));
    const told = Promise.all(clients.map((client) => next(client, "told")));
    server.to("red").emit("told", value);
    expect(await told).toEqual([[value], [value]]);
    for (const client of clients) client.on("ask", (given: unknown, ack: (given: unknown) => void) => ack(given));
    expect(await server.to("red").timeout(30_000).emitWithAck("ask", value)).toEqual([value, value]);
  });

  test("middleware sees auth, and refuses with data", async () => {
    const { server, connect } = await start();
    server.use(({ handshake }, pass) => pass(Object.assign(new Error("not welcome"), { data: handshake.auth })));
    const client = connect({ token: "ü", key: Buffer.from([1, 2]) });
    const [error] = await next(client, "connect_error");
    expect(error).toMatchObject({ message: "not welcome", data: { token: "ü", key: Buffer.from([1, 2]) } });
    expect(client.active).toBe(false);
  });
});
