/** Live interop: socket.io-client with our server, our client with socket.io; every way to travel. */
import { describe, expect, test } from "vitest";
import { arrived, next, officialClient, officialServer, ourClient, ourServer, routes, type Session } from "./peers.js";

type Serve = (options?: { transports: ["polling"] }) => Promise<{ server: PeerServer; url: string }>;
type Dial = (url: string, options: { transports: ("polling" | "websocket")[]; reconnection?: boolean; reconnectionDelay?: number; auth?: object }) => Peer;

const pairings = [
  { pairing: "socket.io-client ↔ our server", serve: ourServer as unknown as Serve, dial: officialClient as unknown as Dial },
  { pairing: "our client ↔ socket.io", serve: officialServer as unknown as Serve, dial: ourClient as unknown as Dial },
  { pairing: "our client ↔ our server", serve: ourServer as unknown as Serve, dial: ourClient as unknown as Dial },
];

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_key, item: unknown) => {
  const { type, data } = (item ?? {}) as { type?: unknown; data?: unknown };
  return type === "Buffer" ? { bytes: data } : item;
}));
const payload = { text: "grüße \u{1f600}", list: [1, null, true, -0.5], nested: { empty: {}, none: [] } };
const binary = { first: Buffer.from([1, 2, 3]), list: [Buffer.from([]), "x", Buffer.alloc(70_000, 7)] };

describe.each(pairings.flatMap((pairing) => routes.map((route) => ({ ...pairing, ...route }))))("$pairing, $route", ({ serve, dial, transports }) => {
  const options = { transports: [...transports] };

  test("text and binary events travel both ways, in order, unchanged", async () => {
    const { server, url } = await serve();
    server.on("connection", (socket: Peer) => {
      socket.on("echo", (...args: unknown[]) => void socket.emit("echo", ...args));
    });
    const arrival = next(server, "connection");
    const client = dial(url, options);
    await next(client, "connect");
    for (const value of [payload, binary, "", 0, null, "x".repeat(100_000)]) {
      const answer = next(client, "echo");
      client.emit("echo", value, "second");
      expect(plain(await answer)).toEqual(plain([value, "second"]));
    }
    const seen: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      client.on("echo", (n: unknown) => {
        if (seen.push(n) === 200) resolve();
      });
    });
    for (let n = 0; n < 100; n++) client.emit("echo", n % 10 === 0 ? Buffer.from([n]) : n); // perhaps meanwhile
    await arrived(client.io.engine, transports);
    for (let n = 100; n < 200; n++) client.emit("echo", n % 10 === 0 ? Buffer.from([n]) : n);
    await done;
    await arrived(((await arrival)[0] as Peer).conn, transports);
    expect(seen.map((n) => (typeof n === "number" ? n : Buffer.from(n as Uint8Array)[0]))).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  test("acknowledgements travel both ways, with text, with bytes, as callback and as promise", async () => {
    const { server, url } = await serve();
    const fromClient = new Promise<unknown[]>((resolve) => {
      server.on("connection", (socket: Peer) => {
        socket.on("sum", (a: number, b: number, ack: (sum: number) => void) => ack(a + b));
        socket.on("bytes", (value: Uint8Array, ack: (value: Uint8Array) => void) => ack(value));
        socket.on("go", () => {
          void Promise.all([socket.emitWithAck("ask", "who"), socket.timeout(30_000).emitWithAck("ask", Buffer.from([9])), new Promise((done) => void socket.emit("ask", 1, done))]).then(resolve);
        });
      });
    });
    const client = dial(url, options);
    client.on("ask", (value: unknown, ack: (value: unknown) => void) => ack(value));
    expect(await client.emitWithAck("sum", 1, 2)).toBe(3);
    expect(plain(await client.timeout(30_000).emitWithAck("bytes", Buffer.from([5])))).toEqual({ bytes: [5] });
    expect(await new Promise((resolve) => void client.timeout(30_000).emit("sum", 2, 2, (...reply: unknown[]) => resolve(reply)))).toEqual([null, 4]);
    await arrived(client.io.engine, transports);
    client.emit("go");
    expect(plain(await fromClient)).toEqual(["who", { bytes: [9] }, 1]);
  });

  test("namespaces share a connection and do not mix; an unknown one is refused", async () => {
    const { server, url } = await serve();
    server.of("/admin").on("connection", (socket: Peer) => void socket.emit("hello", "admin"));
    server.of(/^\/room-\d+$/).on("connection", (socket: Peer & { nsp: { name: string } }) => void socket.emit("hello", socket.nsp.name));
    const root = dial(url, options);
    await next(root, "connect");
    const on = (name: string) => root.io.socket(name);
    const admin = on("/admin");
    expect(await next(admin, "hello")).toEqual(["admin"]);
    expect(await next(on("/room-7"), "hello")).toEqual(["/room-7"]);
    expect(admin.id).not.toBe(root.id);
    const [error] = await next(on("/nowhere"), "connect_error");
    expect((error as Error).message).toBe("Invalid namespace");
    await arrived(root.io.engine, transports);
    expect(root.connected && admin.connected).toBe(true);
  });

  test("middleware sees auth and refuses with data", async () => {
    const { server, url } = await serve();
    server.use((socket: { handshake: { auth: { token?: unknown } } }, pass: (error?: Error) => void) => {
      if (socket.handshake.auth.token === "good") pass();
      else pass(Object.assign(new Error("not welcome"), { data: { code: 7 } }));
    });
    const refused = dial(url, { ...options, auth: { token: "bad" } });
    const [error] = await next(refused, "connect_error");
    expect(error).toMatchObject({ message: "not welcome", data: { code: 7 } });
    expect(refused.active).toBe(false);
    const admitted = dial(url, { ...options, auth: (answer: (auth: object) => void) => answer({ token: "good" }) });
    await next(admitted, "connect");
    await arrived(admitted.io.engine, transports);
    expect(admitted.connected).toBe(true);
  });

  test("both sides learn why a socket ended, in the peers' words", async () => {
    const { server, url } = await serve();
    const connect = async () => {
      const arrival = next(server, "connection");
      const client = dial(url, { ...options, reconnection: false });
      await next(client, "connect");
      await arrived(client.io.engine, transports);
      return { client, socket: (await arrival)[0] as Peer };
    };
    const first = await connect();
    const left = next(first.socket, "disconnect");
    const leaving = next(first.client, "disconnect");
    first.client.disconnect();
    expect((await left)[0]).toBe("client namespace disconnect");
    expect((await leaving)[0]).toBe("io client disconnect");
    const second = await connect();
    const kicked = next(second.client, "disconnect");
    const kicking = next(second.socket, "disconnect");
    second.socket.disconnect();
    expect((await kicked)[0]).toBe("io server disconnect");
    expect((await kicking)[0]).toBe("server namespace disconnect");
    const third = await connect();
    const lost = next(third.client, "disconnect");
    third.socket.disconnect(true);
    expect((await lost)[0]).toBe("io server disconnect");
  });

  test("a broadcast reaches the rooms' members once each, and collects their acknowledgements", async () => {
    const { server, url } = await serve();
    const arrivals: Peer[] = [];
    server.on("connection", (socket: Peer) => void arrivals.push(socket));
    const clients = await Promise.all([1, 2, 3].map(async (n) => {
      const client = dial(url, options);
      client.on("who", (bytes: Uint8Array, ack: (answer: string) => void) => ack(`${n}:${bytes.length}`));
      await next(client, "connect");
      await arrived(client.io.engine, transports);
      return client;
    }));
    const member = (client: Peer | undefined) => arrivals.find(({ id }) => id === client?.id);
    member(clients[0])?.join(["a", "b"]);
    member(clients[1])?.join("a");
    const room = server.to("a").to("b").timeout(30_000);
    expect(((await room.emitWithAck("who", Buffer.alloc(4))) as string[]).toSorted()).toEqual(["1:4", "2:4"]);
    const other = server.except("a").timeout(30_000);
    expect(await other.emitWithAck("who", Buffer.alloc(2))).toEqual(["3:2"]);
  });
});

test.each(pairings)("$pairing: what is assigned to the Manager's options holds from the next attempt on", async ({ serve, dial }) => {
  const { url } = await serve({ transports: ["polling"] });
  const client = dial(url, { transports: ["websocket"], reconnectionDelay: 10 });
  await next(client, "connect_error");
  client.io.opts.transports = ["polling"];
  await next(client, "connect");
  await arrived(client.io.engine, ["polling"]);
});

interface PeerServer extends Pick<Peer, "on" | "once" | "to" | "except"> {
  of(name: string | RegExp): Pick<Peer, "on">;
  use(middleware: (socket: { handshake: { auth: { token?: unknown } } }, pass: (error?: Error) => void) => void): unknown;
}

/** What both families of peers share. */
interface Peer {
  readonly id: string;
  readonly io: { readonly engine: Session | undefined; readonly opts: { transports?: string[] }; socket(name: string): Peer };
  readonly conn: Session;
  readonly connected: boolean;
  readonly active: boolean;
  on(event: string, listener: (...args: never[]) => unknown): unknown;
  once(event: string, listener: (...args: unknown[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  timeout(ms: number): Peer;
  disconnect(close?: boolean): unknown;
  join(rooms: string | string[]): unknown;
  to(room: string): Peer;
  except(room: string): Peer;
}
