/** The browsers' classes: https://websockets.spec.whatwg.org and WebSocketStream, against our own server over TCP. */
import { Blob } from "node:buffer";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { listen } from "@x/testkit";
import type { WebSocketConnection } from "../shell/socket.js";
import { toWebStreams } from "./web-streams.js";
import { connect } from "./client.js";
import { toDuplex } from "./duplex-stream.js";
import type { ServeOptions } from "./serve-options.js";
import { serve, type WebSocketServer } from "./server.js";
import { WebSocketStream } from "./websocket-stream.js";
import { WebSocket } from "./whatwg.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const connections: WebSocketConnection[] = [];
async function start(options: Partial<ServeOptions> = {}): Promise<WebSocketServer> {
  connections.length = 0;
  const server = await serve({ onConnection: (connection) => {
    connections.push(connection);
    connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined });
  }, ...options });
  open.unshift(server);
  return server;
}

/** Everything that happens to a socket, in order. */
function logOf(socket: WebSocket): string[] {
  const log: string[] = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, (event) => {
      const { data, code, wasClean } = event as unknown as { data?: string; code?: number; wasClean?: boolean };
      log.push([type, socket.readyState, data ?? code, wasClean].filter((part) => part !== undefined).map(String).join(" "));
    });
  }
  return log;
}

describe("WebSocket", () => {
  test("opens, echoes, closes; events come in order with the states that the standard wants", async () => {
    const server = await start({ subprotocols: ["chat"] });
    const socket = new WebSocket(server.url, ["other", "chat"]);
    expect([socket.readyState, socket.protocol, socket.url]).toEqual([WebSocket.CONNECTING, "", server.url]);
    const log = logOf(socket);
    await once(socket, "open");
    expect(socket.protocol).toBe("chat");
    socket.send("hé");
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    await once(socket, "message");
    socket.close(3_000, "done");
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    await once(socket, "close");
    expect(log).toEqual(["open 1", "message 1 hé", "close 3 3000 true"]);
  });

  test("bytes arrive as binaryType says; whatever can be sent is", async () => {
    const socket = new WebSocket((await start()).url);
    await once(socket, "open");
    const received: unknown[] = [];
    socket.onmessage = ({ data }: { data: unknown }) => received.push(data);
    socket.send(Uint8Array.of(1, 2));
    await once(socket, "message");
    expect(await (received[0] as Blob).arrayBuffer()).toEqual(Uint8Array.of(1, 2).buffer);
    socket.binaryType = "arraybuffer";
    socket.binaryType = "nonsense" as "blob";
    expect(socket.binaryType).toBe("arraybuffer");
    socket.send(new Blob(["blob"]));
    socket.send("after the blob");
    socket.send(new DataView(Uint8Array.of(0, 7, 0).buffer, 1, 1));
    await expect.poll(() => received.length).toBe(4);
    expect(received.slice(1)).toEqual([new TextEncoder().encode("blob").buffer, "after the blob", Uint8Array.of(7).buffer]);
    socket.close();
  });

  test.each([["nonsense", []], ["ws://h/#part", []], ["ftp://h/", []], ["ws://h/", ["a b"]], ["ws://h/", ["a", "A"]], ["ws://h/", [""]]])("new WebSocket(%j, %j) throws SyntaxError", (url, protocols) => {
    expect(() => new WebSocket(url, protocols)).toThrow(expect.objectContaining({ name: "SyntaxError" }));
  });

  test.each<[string, readonly [code?: number | undefined, reason?: string], number]>([["without a code sends none", [], 1005], ["with a reason alone says 1000", [undefined, "bye"], 1000], ["says what it is given", [3001, "bye"], 3001]])("close() %s", async (_, given, code) => {
    const server = await start();
    const socket = new WebSocket(server.url);
    await once(socket, "open");
    const [peer] = server.connections;
    const closed = once(socket, "close");
    socket.close(...given);
    expect(await peer?.closed).toMatchObject({ code, reason: given[1] ?? "", wasClean: true });
    expect((await closed)[0]).toMatchObject({ code, wasClean: true });
  });

  test("close() and send() refuse what they must, when they must", async () => {
    const socket = new WebSocket((await start()).url);
    expect(() => socket.send("early")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    for (const code of [0, 999, 1001, 1005, 2999, 5000]) expect(() => socket.close(code)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    expect(() => socket.close(1000, "é".repeat(62))).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    await once(socket, "open");
    socket.close(1000, "é".repeat(61));
    socket.send("late");
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(4);
    await once(socket, "close");
    expect(socket.bufferedAmount).toBe(4);
  });

  test("close() while connecting: error, then close 1006", async () => {
    const socket = new WebSocket((await start()).url);
    const log = logOf(socket);
    socket.close();
    await once(socket, "close");
    expect(log).toEqual(["error 3", "close 3 1006 false"]);
  });

  test("close() when the connection is open and nobody knows yet: the same, and the connection goes", async () => {
    const server = await start();
    const onOpened = (): void => socket.close();
    subscribe("x:simple-ws:client:open", onOpened);
    const socket = new WebSocket(server.url);
    const log = logOf(socket);
    await once(socket, "close");
    unsubscribe("x:simple-ws:client:open", onOpened);
    expect(log).toEqual(["error 3", "close 3 1006 false"]);
    expect((await connections[0]?.closed)?.code).toBe(1006);
  });

  test("a server that is not there, refuses, or goes: error, then close", async () => {
    const gone = await listen(createServer());
    await gone.close();
    for (const url of [`ws://127.0.0.1:${gone.port}/`, (await start({ verify: () => ({ statusCode: 401 }) })).url]) {
      const socket = new WebSocket(url);
      const log = logOf(socket);
      const errors: unknown[] = [];
      socket.onerror = ({ error }) => errors.push(error);
      await once(socket, "close");
      expect(errors).toMatchObject([{ name: "ConnectionError" }]);
      expect(log).toEqual(["error 3", "close 3 1006 false"]);
    }
    const lost = new WebSocket((await start()).url);
    await once(lost, "open");
    const log = logOf(lost);
    connections[0]?.terminate();
    await once(lost, "close");
    expect(log).toEqual(["error 3", "close 3 1006 false"]);
  });

  test("on… attributes are listeners that can be read, replaced and taken away", async () => {
    const socket = new WebSocket((await start()).url);
    const calls: string[] = [];
    socket.onopen = () => calls.push("one");
    socket.onopen = function (this: unknown) { calls.push(this === socket ? "two" : "not this"); };
    socket.onclose = () => calls.push("closed");
    socket.onclose = null;
    expect([typeof socket.onopen, socket.onclose, socket.onerror]).toEqual(["function", null, null]);
    await once(socket, "open");
    socket.close();
    await once(socket, "close");
    expect(calls).toEqual(["two"]);
  });

  test("credentials of the URL reach the server, and are not shown", async () => {
    const seen: unknown[] = [];
    const server = await start({ onConnection: (connection, { headers }) => {
      seen.push(headers.authorization);
      void connection.close();
    } });
    const url = server.url.replace("ws://", "ws://me:secret@");
    const socket = new WebSocket(url);
    await once(socket, "close");
    const stream = new WebSocketStream(url);
    await stream.closed;
    const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    expect([seen, socket.url, stream.url]).toEqual([[basic, basic], server.url, server.url]);
  });

  test("close() rounds a code as Web IDL does", async () => {
    const server = await start();
    const socket = new WebSocket(server.url);
    await once(socket, "open");
    socket.close(3000.4);
    const [event] = await once(socket, "close") as [{ readonly code: number }];
    expect(event.code).toBe(3000);
  });

  test("the third argument takes the client's options", async () => {
    const server = await start({ perMessageDeflate: true, verify: ({ headers }) => (headers["x-token"] === "t" ? undefined : { statusCode: 401 }) });
    const socket = new WebSocket(server.url, [], { headers: { "X-Token": "t" }, perMessageDeflate: true });
    await once(socket, "open");
    expect(socket.extensions).toMatch(/^permessage-deflate/);
    socket.close();
  });
});

describe("WebSocketStream", () => {
  test("reads and writes messages, and tells how it was closed", async () => {
    const stream = new WebSocketStream((await start()).url);
    const { readable, writable, protocol } = await stream.opened;
    expect(protocol).toBe("");
    const writer = writable.getWriter();
    const reader = readable.getReader();
    await writer.write("one");
    await writer.write(Uint8Array.of(2));
    expect([await reader.read(), await reader.read()]).toEqual([{ done: false, value: "one" }, { done: false, value: Buffer.of(2) }]);
    stream.close({ closeCode: 4_000, reason: "enough" });
    expect(await stream.closed).toEqual({ closeCode: 4_000, reason: "enough" });
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    await expect(writer.write("late")).rejects.toMatchObject({ name: "ConnectionClosed" });
  });

  test("fails as connect() does, and as a lost connection does", async () => {
    const refused = new WebSocketStream((await start({ verify: () => ({ statusCode: 403 }) })).url);
    await expect(refused.opened).rejects.toMatchObject({ name: "ConnectionError", statusCode: 403 });
    await expect(refused.closed).rejects.toMatchObject({ statusCode: 403 });
    const lost = new WebSocketStream((await start()).url);
    const { readable } = await lost.opened;
    connections[0]?.terminate();
    await expect(readable.getReader().read()).rejects.toMatchObject({ name: "ConnectionClosed", reason: 1006 });
    await expect(lost.closed).rejects.toMatchObject({ reason: 1006 });
    expect(() => new WebSocketStream("nonsense")).toThrow(expect.objectContaining({ code: "wsframe/invalid-url" }));
  });
});

/** A server that sends until it is told to wait, and counts how much it was let. */
async function flooding(): Promise<{ server: WebSocketServer; sentBytes: () => number }> {
  let sentBytes = 0;
  const server = await start({ onConnection: async (connection) => {
    const chunk = Buffer.alloc(65_536);
    for (let count = 0; count < 1_000 && connection.state === "open"; count++) {
      const isTaken = connection.send(chunk);
      sentBytes += chunk.length;
      await isTaken.catch(() => undefined);
    }
  } });
  return { server, sentBytes: () => sentBytes };
}

describe("streams have real back pressure", () => {
  test("what nobody reads stays with the sender; cancelling closes", async () => {
    const { server, sentBytes } = await flooding();
    const connection = await connect(server.url, { proxy: false });
    const { readable } = toWebStreams(connection);
    const reader = readable.getReader();
    await reader.read();
    await settled(sentBytes);
    expect(sentBytes()).toBeLessThan(60_000_000);
    await reader.cancel();
    expect(await connection.closed).toMatchObject({ code: 1000, initiator: "local" });
  });

  test("toDuplex() pipes both ways and ends with the connection", async () => {
    const server = await start();
    const duplex = toDuplex(await connect(server.url, { proxy: false }));
    const chunks: Buffer[] = [];
    duplex.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length === 6) duplex.end();
    });
    Readable.from([Buffer.from("abc"), Buffer.from("def")]).on("data", (chunk) => duplex.write(chunk));
    await once(duplex, "close");
    expect(Buffer.concat(chunks).toString()).toBe("abcdef");
    const texts = toDuplex(await connect(server.url, { proxy: false }), { readableObjectMode: true, decodeStrings: false });
    texts.write("text");
    expect(await once(texts, "data")).toEqual(["text"]);
    texts.destroy();
  });

  test("a stream over a lost connection fails with its error", async () => {
    const duplex = toDuplex(await connect((await start()).url, { proxy: false }));
    duplex.resume();
    connections[0]?.terminate();
    const [error] = await once(duplex, "error") as [unknown];
    expect(error).toMatchObject({ name: "ConnectionClosed", reason: 1006 });
  });
});

/** Until `count` stands still for a few turns of the loop. */
async function settled(count: () => number): Promise<void> {
  for (let still = 0, before = -1; still < 20; still = count() === before ? still + 1 : 0) {
    before = count();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
