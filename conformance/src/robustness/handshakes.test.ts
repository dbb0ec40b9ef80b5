/** Opening handshakes that take for ever, or never end: of clients, as a server sees them, and of servers, as a client does. */
import { createServer, type Socket, connect as connectTcp } from "node:net";
import { type TLSSocket, connect as connectTls } from "node:tls";
import { generate } from "selfsigned";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connect, serve, type WebSocketServer } from "@x/simple-ws";
import { listen } from "@x/testkit";
import { readHead, requestHead } from "../rfc/raw-end.js";
import { alive, nothingLeft, until, type Alive } from "./nothing-left.js";

let before: Alive;
const open: { close(): unknown }[] = [];
beforeEach(() => void (before = alive()));
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await nothingLeft(before);
});

/** Writes a piece at every turn of the event loop until the socket is gone. */
function drip(socket: Socket, piece: () => string | Uint8Array): void {
  setImmediate(() => {
    if (socket.destroyed || !socket.writable) return;
    if (socket.writableLength < 65_536) socket.write(piece());
    drip(socket, piece);
  });
}

/** The octets of `text`, one at a time, again and again: they outlast any deadline of a test. */
function dripSlowly(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text.charAt(at++ % text.length)), 3);
  socket.once("close", () => clearInterval(timer));
}

describe("our server", () => {
  let opened = 0;
  async function serverThatWaits(handshakeTimeoutMs: number): Promise<WebSocketServer> {
    opened = 0;
    const server = await serve({ handshakeTimeoutMs, maxHeaderBytes: 4_096, onConnection: () => { opened++; } });
    open.push(server);
    return server;
  }

  /** @returns what was answered until the server hung up. */
  function attack({ port }: WebSocketServer, act: (socket: Socket) => void): Promise<string> {
    const socket = connectTcp(port, "127.0.0.1");
    let answer = "";
    socket.on("error", () => undefined).on("data", (chunk) => (answer += chunk.toString("latin1")));
    act(socket);
    return new Promise((resolve) => socket.once("close", () => resolve(answer)));
  }

  test.each<[string, (socket: Socket) => void]>([
    ["says nothing", () => undefined],
    ["sends half a request", (socket) => socket.write(requestHead("/").slice(0, -4))],
    ["sends its request an octet at a time", (socket) => dripSlowly(socket, `${requestHead("/").slice(0, -2)}X: `)],
  ])("a client that %s is hung up on after handshakeTimeoutMs", async (_name, act) => {
    const server = await serverThatWaits(150);
    expect(await attack(server, act)).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect([opened, server.connectionsCount]).toEqual([0, 0]);
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ["sends header fields without end", (socket) => {
      socket.write(requestHead("/").slice(0, -2));
      drip(socket, () => "X-More: and more\r\n".repeat(300));
    }, /^HTTP\/1\.1 431 /],
    ["sends one field without end", (socket) => {
      socket.write(`${requestHead("/").slice(0, -2)}X: `);
      drip(socket, () => "x".repeat(5_000));
    }, /^HTTP\/1\.1 431 /],
    ["sends one line without end", (socket) => drip(socket, () => "G".repeat(5_000)), /^HTTP\/1\.1 400 /],
    ["sends a URL without end", (socket) => {
      socket.write("GET /");
      drip(socket, () => "x".repeat(5_000));
    }, /^HTTP\/1\.1 431 /],
    ["asks for a page, and for another, and another", (socket) => drip(socket, () => "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), /^HTTP\/1\.1 426 /],
    ["posts a body without end", (socket) => {
      socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n");
      drip(socket, () => "x".repeat(5_000));
    }, /^HTTP\/1\.1 426 /],
  ])("a client that %s is answered and hung up on", async (_name, act, expected) => {
    const server = await serverThatWaits(60_000);
    expect(await attack(server, act)).toMatch(expected);
    expect([opened, server.connectionsCount]).toEqual([0, 0]);
  });

  test("two hundred slow ones at once keep nobody else out", async () => {
    const server = await serverThatWaits(60_000);
    const slow = Array.from({ length: 200 }, () => attack(server, (socket) => dripSlowly(socket, `${requestHead("/").slice(0, -2)}X: `)));
    const quick = await connect(server.url, { proxy: false });
    await quick.close();
    await server.close();
    await Promise.all(slow);
    expect(opened).toBe(1);
  });

  test("close() does not wait for those that have not finished", async () => {
    const patient = await serve({ handshakeTimeoutMs: 60_000, onConnection: () => undefined });
    const socket = connectTcp(patient.port, "127.0.0.1").on("error", () => undefined);
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.write(requestHead("/").slice(0, -2));
    await until(() => !socket.connecting, "TCP is connected");
    await patient.close();
    await ended;
  });
});

describe("our server with TLS", () => {
  let certificate: { readonly key: string; readonly cert: string };
  beforeAll(async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], { keyType: "ec", algorithm: "sha256" });
    certificate = { key, cert };
  });

  let opened = 0;
  async function secure(handshakeTimeoutMs: number): Promise<WebSocketServer> {
    opened = 0;
    const server = await serve({ tls: certificate, handshakeTimeoutMs, onConnection: () => { opened++; } });
    open.push(server);
    return server;
  }

  /** The first octets of a ClientHello that announces 508 of them. */
  const hello = Uint8Array.of(22, 3, 1, 1, 252, 1, 0, 1, 248, 3, 3);
  const tcp = (port: number): Socket => connectTcp(port, "127.0.0.1").on("error", () => undefined).on("data", () => undefined);
  const tls = (port: number): Promise<TLSSocket> => new Promise((resolve) => {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => resolve(socket)).on("error", () => undefined).on("data", () => undefined);
    socket.once("close", () => resolve(socket)); // whoever is slow is hung up on before TLS is done
  });
  const gone = (socket: Socket): Promise<unknown> => socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", resolve));

  test.each<[string, (port: number) => Promise<Socket>]>([
    ["connects and says nothing", (port) => Promise.resolve(tcp(port))],
    ["sends half a ClientHello", (port) => {
      const socket = tcp(port);
      socket.write(hello);
      return Promise.resolve(socket);
    }],
    ["sends a ClientHello an octet at a time", (port) => {
      const socket = tcp(port);
      dripSlowly(socket, String.fromCharCode(...hello.subarray(0, 6)) + "\u0000".repeat(500));
      return Promise.resolve(socket);
    }],
    ["speaks HTTP without TLS", (port) => {
      const socket = tcp(port);
      socket.write(requestHead("/"));
      return Promise.resolve(socket);
    }],
    ["finishes TLS and never asks", (port) => tls(port)],
    ["finishes TLS and asks an octet at a time", async (port) => {
      const socket = await tls(port);
      dripSlowly(socket, `${requestHead("/").slice(0, -2)}X: `);
      return socket;
    }],
  ])("a client that %s is hung up on", async (_name, act) => {
    const server = await secure(150);
    await gone(await act(server.port));
    expect([opened, server.connectionsCount]).toEqual([0, 0]);
  });

  test("a hundred that never finish TLS keep nobody else out, nor does close() wait for them", async () => {
    const server = await secure(60_000);
    const slow = Array.from({ length: 100 }, () => {
      const socket = tcp(server.port);
      socket.write(hello);
      return gone(socket);
    });
    const quick = await connect(server.url, { proxy: false, tls: { rejectUnauthorized: false } });
    await quick.close();
    const silent = gone(await tls(server.port));
    await server.close();
    await Promise.all([...slow, silent]);
    expect(opened).toBe(1);
  });
});

describe("our client", () => {
  async function serverThat(act: (socket: Socket) => void): Promise<string> {
    const server = await listen(createServer((socket) => {
      socket.on("error", () => undefined);
      readHead(socket).then(() => {
        socket.resume();
        act(socket);
      }, () => undefined);
    }));
    open.push(server);
    return `ws://127.0.0.1:${server.port}/`;
  }

  const limits = { proxy: false, handshakeTimeoutMs: 60_000, maxHeaderBytes: 4_096, maxErrorBodyBytes: 1_000 } as const;
  const tooLong = { code: "simple-ws/bad-handshake", cause: { code: "wsframe/handshake-too-long" } };
  const ended = { code: "simple-ws/network-error", cause: { code: "wsframe/connection-lost" } };

  test.each<[string, (socket: Socket) => void]>([
    ["says nothing", () => undefined],
    ["answers an octet at a time", (socket) => dripSlowly(socket, "HTTP/1.1 101 Switching Protocols\r\nX: ")],
  ])("a server that %s is given up after handshakeTimeoutMs", async (_name, act) => {
    await expect(connect(await serverThat(act), { ...limits, handshakeTimeoutMs: 150 })).rejects.toMatchObject({ name: "ConnectionError", code: "simple-ws/handshake-timeout", cause: { phase: "handshake", afterMs: 150 } });
  });

  test("a server that refuses with a body an octet at a time: its status is told after handshakeTimeoutMs, too", async () => {
    const url = await serverThat((socket) => {
      socket.write("HTTP/1.1 500 Oh\r\nContent-Length: 999999\r\n\r\n");
      dripSlowly(socket, "x");
    });
    await expect(connect(url, { ...limits, maxErrorBodyBytes: 999_999, handshakeTimeoutMs: 1_500 })).rejects.toMatchObject({ name: "ConnectionError", code: "simple-ws/bad-status", statusCode: 500 });
  });

  test.each<[string, (socket: Socket) => void, object]>([
    ["sends header fields without end", (socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n");
      drip(socket, () => "X-More: and more\r\n".repeat(300));
    }, tooLong],
    ["sends one field without end", (socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nX: ");
      drip(socket, () => "x".repeat(5_000));
    }, tooLong],
    ["sends 103 after 103", (socket) => drip(socket, () => "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(200)), tooLong],
    ["refuses with a body without end", (socket) => {
      socket.write("HTTP/1.1 500 Oh\r\n\r\n");
      drip(socket, () => "x".repeat(50_000));
    }, { code: "simple-ws/bad-status", statusCode: 500, cause: { body: "x".repeat(1_000) } }],
    ["refuses with chunks without end", (socket) => {
      socket.write("HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n");
      drip(socket, () => "1\r\nx\r\n".repeat(1_100));
    }, { code: "simple-ws/bad-status", statusCode: 500, cause: { body: "x".repeat(1_000) } }],
    ["answers in another protocol", (socket) => socket.write("SSH-2.0-OpenSSH\r\n\r\n"), { code: "simple-ws/bad-handshake" }],
    ["hangs up", (socket) => socket.end(), ended],
    ["resets", (socket) => socket.resetAndDestroy(), ended],
    ["hangs up within the answer", (socket) => socket.end("HTTP/1.1 101 Sw"), ended],
  ])("a server that %s", async (_name, act, expected) => {
    await expect(connect(await serverThat(act), limits)).rejects.toMatchObject({ name: "ConnectionError", ...expected });
  });

  test("a signal ends it at any of these stages", async () => {
    const controller = new AbortController();
    const url = await serverThat((socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n");
      controller.abort();
    });
    await expect(connect(url, { proxy: false, signal: controller.signal })).rejects.toMatchObject({ code: "simple-ws/aborted" });
  });
});
