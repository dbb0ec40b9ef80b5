/** permessage-deflate on zlib: the port's contract, RFC 7692's examples, both ends of our own over TCP, and peers that misuse it. */
import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { hex, toHex } from "@x/testkit";
import { farthestDistance } from "../../test/deflate-distances.js";
import { acceptExtensions, Decoder, perMessageDeflate, prepareMessage, writeFrame, type PerMessageDeflateOptions } from "@x/wsframe";
import type { WebSocketConnection } from "../shell/socket.js";
import type { TraceEvent } from "../shell/trace.js";
import { connect } from "./client.js";
import { createZlibPort, MAX_DEFLATE_JOBS } from "./deflate.js";
import type { ServeOptions } from "./serve-options.js";
import { serve, type WebSocketServer } from "./server.js";

const nothing = new Uint8Array(0);
const text = (words: number): string => Array.from({ length: words }, (_, at) => `word${at * 7_919 % 97}`).join(" ");
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("the port", () => {
  const port = createZlibPort();

  test("leaves out the end of a sync flush, and reads it back, with what went before as dictionary (RFC 7692 §7.2)", () => {
    const options = { windowBits: 12, level: 6, memLevel: 5 };
    const first = port.deflate(bytesOf("Hello"), nothing, options);
    expect(toHex(first)).toBe("f2 48 cd c9 c9 07 00"); // §7.2.3.1
    const second = port.deflate(bytesOf("Hello"), bytesOf("Hello"), options);
    expect(second.length).toBeLessThan(first.length); // §7.2.3.2: refers back
    const inflated = port.inflate(Uint8Array.of(...second, 0, 0, 0xff, 0xff), bytesOf("Hello"), { windowBits: 12, maxBytes: 5 });
    expect(inflated).toEqual(Buffer.from("Hello"));
  });

  test.each<[string, string]>([
    ["one block (§7.2.3.1)", "f2 48 cd c9 c9 07 00"],
    ["no compression (§7.2.3.3)", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
    ["BFINAL set (§7.2.3.4)", "f3 48 cd c9 c9 07 00 00"],
    ["two blocks (§7.2.3.5)", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
  ])("reads the RFC's %s", (_what, wire) => {
    expect(port.inflate(Uint8Array.of(...hex(wire), 0, 0, 0xff, 0xff), nothing, { windowBits: 15, maxBytes: 5 })).toEqual(Buffer.from("Hello"));
  });

  test("maxBytes: at the limit it is read, one over is too big, and no more memory than that is taken", () => {
    const bomb = Uint8Array.of(...deflateRawSync(Buffer.alloc(1_000), { finishFlush: constants.Z_SYNC_FLUSH }));
    expect(port.inflate(bomb, nothing, { windowBits: 15, maxBytes: 1_000 })).toHaveLength(1_000);
    expect(port.inflate(bomb, nothing, { windowBits: 15, maxBytes: 999 })).toBe("too-big");
  });

  test("what is no DEFLATE is invalid, whatever it is", () => {
    expect(port.inflate(hex("07 07 07 07"), nothing, { windowBits: 15, maxBytes: 100 })).toBe("invalid");
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
      const result = port.inflate(input, nothing, { windowBits: 15, maxBytes: 1_000 });
      expect(typeof result === "string" || result.length <= 1_000).toBe(true);
    }), { numRuns: 2_000 });
  });

  test.each([9, 10, 12, 15])("a window of %i bits is kept, dictionary included, and the one of 9 keeps one of 8, which zlib has not (§7.1.2)", (windowBits) => {
    const limit = windowBits === 9 ? 256 : 2 ** windowBits;
    let farthest = 0;
    fc.assert(fc.property(fc.array(fc.constantFrom("ab", "abcd".repeat(60), "xyz", "0123456789".repeat(25), "q", "far away ".repeat(500)), { maxLength: 60 }), fc.uint8Array({ maxLength: 256 }), (pieces, dictionary) => {
      const input = Buffer.from(pieces.join(""));
      const output = port.deflate(input, dictionary, { windowBits, level: 9, memLevel: 9 });
      const whole = Buffer.concat([output, Buffer.of(0, 0, 0xff, 0xff)]);
      farthest = Math.max(farthest, farthestDistance(whole));
      expect(farthest).toBeLessThanOrEqual(limit);
      expect(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary.length === 0 ? {} : { dictionary }) })).toEqual(input);
    }), { numRuns: 60 });
    expect(farthest).toBeGreaterThan(200); // it looked at something
  });

  test(`at most so many jobs run at once, the others wait their turn (default ${MAX_DEFLATE_JOBS})`, async () => {
    const single = createZlibPort(1);
    const order: number[] = [];
    await Promise.all([3, 2, 1].map((megabytes) => new Promise<void>((resolve) => single.deflateLater(Buffer.alloc(megabytes * 1_000_000), nothing, { windowBits: 12, level: 1, memLevel: 5 }, () => {
      order.push(megabytes);
      resolve();
    }))));
    expect(order).toEqual([3, 2, 1]); // side by side the small ones would come first
  });
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(options: Partial<ServeOptions> = {}): Promise<WebSocketServer> {
  const server = await serve({ perMessageDeflate: true, onConnection: (connection) => connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined }), ...options });
  open.unshift(server);
  return server;
}

async function dial(url: string, perMessageDeflate: boolean | PerMessageDeflateOptions): Promise<WebSocketConnection> {
  const connection = await connect(url, { perMessageDeflate, maxMessageBytes: 8_000_000 });
  open.unshift(connection);
  return connection;
}

describe("both ends", () => {
  const variants: [string, PerMessageDeflateOptions, PerMessageDeflateOptions][] = [
    ["as shipped", {}, {}],
    ["without context", { serverNoContextTakeover: true, clientNoContextTakeover: true }, {}],
    ["windows of 8", { serverMaxWindowBits: 8, clientMaxWindowBits: 8 }, { serverMaxWindowBits: 8, clientMaxWindowBits: 8 }],
    ["windows of 15", { serverMaxWindowBits: 15, clientMaxWindowBits: 15 }, { clientMaxWindowBits: 15 }],
    ["every message", { thresholdBytes: 0, level: 9, memLevel: 9 }, { thresholdBytes: 0 }],
  ];

  test.each(variants)("%s: text and bytes of every size come back in order", async (_what, onServer, onClient) => {
    const server = await start({ perMessageDeflate: onServer, maxMessageBytes: 8_000_000 });
    const client = await dial(server.url, onClient);
    expect(client.extensions).toMatch(/^permessage-deflate/);
    const messages = ["", "é", text(100), text(150), text(200), "x".repeat(1_023), "x".repeat(1_024), text(2_000), nothing, randomBytes(1_500), randomBytes(300_000), text(200_000), "last"];
    for (const message of messages) void client.send(message);
    for (const message of messages) expect(await client.receive({ timeoutMs: 30_000 })).toEqual(typeof message === "string" ? message : Buffer.from(message));
  });

  test("one side without it: messages are plain", async () => {
    const server = await start({ perMessageDeflate: false });
    const client = await dial(server.url, true);
    expect(client.extensions).toBe("");
    void client.send(text(500));
    expect(await client.receive({ timeoutMs: 30_000 })).toBe(text(500));
  });

  test("a broadcast is compressed once and read by all, before and after messages of their own", async () => {
    const server = await start();
    const clients = await Promise.all([1, 2, 3].map(() => dial(server.url, true)));
    const news = prepareMessage(text(400));
    for (const client of clients) {
      void client.send(text(300));
      expect(await client.receive({ timeoutMs: 30_000 })).toBe(text(300));
    }
    expect(server.broadcast(news)).toBe(3);
    expect(server.broadcast(text(400))).toBe(3);
    for (const client of clients) {
      void client.send(text(400));
      for (let count = 0; count < 3; count++) expect(await client.receive({ timeoutMs: 30_000 })).toBe(text(400));
    }
  });

  test("a Close leaves after what was sent before it, however long that takes to compress", async () => {
    const server = await start({ maxMessageBytes: 8_000_000, onConnection: async (connection) => {
      void connection.send(text(300_000));
      await connection.close(4_000, "done");
    } });
    const client = await dial(server.url, true);
    expect(await client.receive({ timeoutMs: 30_000 })).toBe(text(300_000));
    expect(await client.closed).toMatchObject({ code: 4_000, reason: "done", wasClean: true });
  });
});

interface RawPeer {
  readonly socket: Socket;
  readonly send: (firstByte: number, payload: Uint8Array) => void;
  /** Messages as they came, compressed or not. */
  readonly frames: readonly ("compressed" | "plain")[];
  readonly close: Promise<{ code: number; reason: string }>;
}

/** A peer that speaks raw frames to our server. @param extensions what it offers. */
function rawPeer(url: string, extensions = "permessage-deflate"): RawPeer {
  const { port } = new URL(url);
  const frames: ("compressed" | "plain")[] = [];
  const socket = connectTcp(Number(port), "127.0.0.1");
  open.unshift({ close: () => socket.destroy() });
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`);
  const close = new Promise<{ code: number; reason: string }>((resolve) => {
    const decoder = new Decoder({ role: "client", reservedBits: 0x40, sink: { onMessage: () => void frames.push("plain"), onExtended: () => void frames.push("compressed"), onPing: () => undefined, onPong: () => undefined, onClose: (code, reason) => resolve({ code, reason }) } });
    let head = "";
    socket.on("data", (chunk: Buffer) => {
      if (head.includes("\r\n\r\n")) {
        decoder.push(chunk);
        return;
      }
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end >= 0) decoder.push(Buffer.from(head.slice(end + 4), "latin1"));
    });
  });
  socket.on("error", () => undefined);
  const send = (firstByte: number, payload: Uint8Array): void => {
    const frame = new Uint8Array(payload.length + 14);
    socket.write(frame.subarray(0, writeFrame(frame, 0, firstByte, payload, 0x12345678)));
  };
  return { socket, send, frames, close };
}

const compressed = (data: Uint8Array): Uint8Array => deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

describe("peers that misuse it", () => {
  test.each([["a small bomb", 2_000_000], ["a large one", 20_000_000]])("%s ends with 1009 before it is inflated", async (_what, bytes) => {
    const server = await start({ maxMessageBytes: 1_000_000 });
    const peer = rawPeer(server.url);
    const bomb = compressed(Buffer.alloc(bytes));
    const before = process.memoryUsage().arrayBuffers;
    peer.send(0xc2, bomb);
    expect(await peer.close).toMatchObject({ code: 1009 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes);
  });

  test.each<[string, number, (peer: ReturnType<typeof rawPeer>) => void]>([
    ["data that is no DEFLATE", 1007, (peer) => peer.send(0xc2, hex("07 07 07"))],
    ["text that is not UTF-8 once inflated", 1007, (peer) => peer.send(0xc1, compressed(hex("c3 28")))],
    ["the bit on a Ping", 1002, (peer) => peer.send(0xc9, nothing)],
    ["the bit on a continuation", 1002, (peer) => { peer.send(0x41, hex("f2")); peer.send(0xc0, hex("48")); }],
    ["another reserved bit", 1002, (peer) => peer.send(0xa1, nothing)],
  ])("%s ends with %i", async (_what, code, misuse) => {
    const server = await start();
    const peer = rawPeer(server.url);
    misuse(peer);
    expect(await peer.close).toMatchObject({ code });
  });

  test("messages may come in fragments, with controls between, empty, plain and compressed by turns", async () => {
    const received: unknown[] = [];
    const server = await start({ onConnection: (connection) => connection.attach({ onMessage: (data) => void received.push(data), onClose: () => undefined }) });
    const peer = rawPeer(server.url);
    const payload = compressed(bytesOf("Hello, hello, hello"));
    peer.send(0x41, payload.subarray(0, 3));
    peer.send(0x89, hex("70"));
    peer.send(0x00, payload.subarray(3, 4));
    peer.send(0x80, payload.subarray(4));
    peer.send(0x81, bytesOf("plain"));
    peer.send(0xc1, hex("00")); // §7.2.3.6: an empty message
    peer.send(0xc1, hex("f3 48 cd c9 c9 07 00 00")); // §7.2.3.4: BFINAL
    peer.send(0xc1, hex("f2 48 cd c9 c9 07 00"));
    peer.send(0x88, hex("03 e8"));
    expect(await peer.close).toMatchObject({ code: 1000 });
    expect(received).toEqual(["Hello, hello, hello", "plain", "", "Hello", "Hello"]);
  });
});

describe("compress: false", () => {
  const secret = text(400);

  test("leaves a message as it is, by whatever method it is sent; all others are compressed as ever", async () => {
    const server = await start({ onConnection: async (connection) => {
      const prepared = prepareMessage(secret);
      const plain = { compress: false };
      for (const options of [undefined, {}, { compress: true }, { compress: undefined }, plain]) void connection.send(secret, options);
      for (const options of [undefined, plain, undefined, plain]) void connection.sendPrepared(prepared, options);
      for (const options of [undefined, plain]) expect(connection.trySend(secret, options)).toBe(true);
      for (const options of [undefined, plain]) expect(connection.trySendPrepared(prepared, options)).toBe(true);
      await connection.close();
    } });
    const peer = rawPeer(server.url);
    await peer.close;
    const both = ["compressed", "plain"];
    expect(peer.frames).toEqual(["compressed", "compressed", "compressed", ...both, ...both, ...both, ...both, ...both]);
  });

  test("a broadcast is shared in both forms, by members with compression and without; windows stay in step", async () => {
    const server = await start();
    const members = [await dial(server.url, true), await dial(server.url, { serverMaxWindowBits: 9 }), await dial(server.url, false)];
    const [zipped, plain] = [rawPeer(server.url), rawPeer(server.url, "x-unknown")];
    await expect.poll(() => server.connectionsCount).toBe(5);
    const news = prepareMessage(secret);
    for (const options of [{}, { compress: false }, {}, { compress: false }]) expect(server.broadcast(news, options)).toBe(5);
    for (const member of members) {
      for (let count = 0; count < 4; count++) expect(await member.receive({ timeoutMs: 30_000 })).toBe(secret);
      void member.send(secret, { compress: false });
      void member.send(secret);
      for (let count = 0; count < 2; count++) expect(await member.receive({ timeoutMs: 30_000 })).toBe(secret);
    }
    for (const { send, close } of [zipped, plain]) {
      send(0x88, hex("03 e8"));
      await close;
    }
    expect(zipped.frames).toEqual(["compressed", "plain", "compressed", "plain"]);
    expect(plain.frames).toEqual(["plain", "plain", "plain", "plain"]);
  });

  test("a client's, too", async () => {
    const trace: TraceEvent[] = [];
    const server = await start();
    const client = await connect(server.url, { perMessageDeflate: true, trace: (event) => void trace.push(event) });
    open.unshift(client);
    void client.send(secret);
    void client.send(secret, { compress: false });
    for (let count = 0; count < 2; count++) expect(await client.receive({ timeoutMs: 30_000 })).toBe(secret);
    expect(trace.flatMap((event) => (event.kind === "frame" && event.direction === "sent" ? [event.isCompressed] : []))).toEqual([true, false]);
  });
});

test("a server may send messages with and without reference to what went before, and its peer reads both", () => {
  const port = createZlibPort();
  const factory = perMessageDeflate(port, { thresholdBytes: 0 });
  const server = acceptExtensions([factory], "permessage-deflate");
  const client = factory.agree({ name: "permessage-deflate", parameters: [] });
  const seen: string[] = [];
  const read = (payload: Uint8Array): void => client.decode(payload, 0x40, 10_000, (_error, plain) => void seen.push(Buffer.from(plain).toString()));
  for (const round of [1, 2, 3]) {
    server?.extension.encode(bytesOf(text(50 * round)), 1, (_error, payload) => read(payload), true);
    const shared = server?.extension.encodeShared?.(prepareMessage(text(60 * round)));
    if (shared !== undefined) read(shared.payload);
  }
  expect(seen).toEqual([1, 2, 3].flatMap((round) => [text(50 * round), text(60 * round)]));
});
