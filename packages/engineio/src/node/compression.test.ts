/** Compressed answers to polls, and compressed WebSockets. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { type WebSocketConnection, connect } from "@x/simple-ws/client";
import { describe, expect, test } from "vitest";
import { handshakeQuery, next, open, send, serve } from "../../test/http.js";
import { prepareMessage } from "../core/packet.js";
import { MAX_COMPRESSIONS, chooseCoding, compress } from "./compression.js";
import { parseServerOptions } from "./parse-options.js";
import type { ServerOptions } from "./server-options.js";

const decoders = { br: brotliDecompressSync, gzip: gunzipSync, deflate: inflateSync };

async function poll(options: ServerOptions, message: string, acceptEncoding?: string): Promise<{ encoding: string | undefined; vary: string | undefined; text: string; length: number }> {
  const { url, sockets } = await serve(options);
  const session = await open(url);
  void sockets[0]!.send(message);
  const { headers, bytes } = await send(session.url, acceptEncoding === undefined ? {} : { headers: { "Accept-Encoding": acceptEncoding } });
  const encoding = headers["content-encoding"];
  expect(Number(headers["content-length"])).toBe(bytes.length);
  const text = encoding === undefined ? bytes.toString() : decoders[encoding as keyof typeof decoders](bytes).toString();
  return { encoding, vary: headers.vary, text, length: bytes.length };
}

describe("httpCompression", () => {
  test.each([["br", "br"], ["gzip", "gzip"], ["deflate", "deflate"], ["gzip;q=0.5, deflate", "deflate"], ["identity", undefined], ["gzip;q=0", undefined], [undefined, undefined]])("Accept-Encoding: %s is answered with %s", async (accepted, encoding) => {
    const message = "žluťoučký kůň ".repeat(100);
    const answer = await poll({}, message, accepted);
    expect(answer).toMatchObject({ encoding, text: `4${message}`, vary: "Accept-Encoding" });
    if (encoding !== undefined) expect(answer.length).toBeLessThan(300);
  });

  test("from the threshold on, in bytes: one less is sent as it is", async () => {
    expect(await poll({}, "x".repeat(1023), "gzip")).toMatchObject({ encoding: "gzip" });
    expect(await poll({}, "x".repeat(1022), "gzip")).toMatchObject({ encoding: undefined, vary: undefined });
    expect(await poll({}, "€".repeat(341), "gzip")).toMatchObject({ encoding: "gzip" });
    expect(await poll({ httpCompression: { threshold: 10 } }, "x".repeat(9), "gzip")).toMatchObject({ encoding: "gzip" });
    expect(await poll({ httpCompression: { threshold: 10 } }, "x".repeat(8), "gzip")).toMatchObject({ encoding: undefined });
  });

  test("false switches it off; zlib's options are zlib's", async () => {
    const text = Array.from({ length: 2000 }, (_, i) => String.fromCharCode(97 + (i * i) % 26)).join("");
    expect(await poll({ httpCompression: false }, text, "gzip")).toMatchObject({ encoding: undefined, vary: undefined });
    const [stored, best] = [await poll({ httpCompression: { level: 0 } }, text, "gzip"), await poll({ httpCompression: { level: 9 } }, text, "gzip")];
    expect(stored.length).toBeGreaterThan(2000);
    expect(best.length).toBeLessThan(500);
    await expect(serve({ httpCompression: { threshold: -1 } })).rejects.toMatchObject({ code: "engineio/invalid-option" });
  });

  test("Vary joins what CORS says", async () => {
    const { url, sockets } = await serve({ cors: { origin: ["https://a.example"] } });
    const session = await open(url);
    void sockets[0]!.send("x".repeat(2000));
    expect((await send(session.url, { headers: { "Origin": "https://a.example", "Accept-Encoding": "gzip" } })).headers).toMatchObject({ "vary": "Origin, Accept-Encoding", "access-control-allow-origin": "https://a.example", "content-encoding": "gzip" });
  });

  test("MAX_COMPRESSIONS run at once; the next answer is sent as it is", async () => {
    const settings = { thresholdBytes: 0, zlib: {} };
    const done = Array.from({ length: MAX_COMPRESSIONS }, () => next<Buffer | undefined>((resolve) => compress("x".repeat(100_000), "gzip", settings, resolve)));
    expect(chooseCoding("gzip")).toBeUndefined();
    for (const body of await Promise.all(done)) expect(gunzipSync(body!).length).toBe(100_000);
    expect(chooseCoding(["identity;q=0.1", "gzip"])).toBe("gzip");
  });

  test("what zlib refuses to do is sent as it is", async () => {
    const settings = { thresholdBytes: 0, zlib: { maxOutputLength: 1 } };
    expect(await next((resolve) => compress("x".repeat(100_000), "gzip", settings, resolve))).toBeUndefined();
    expect(chooseCoding("gzip")).toBe("gzip");
  });
});

/** A bare WebSocket whose frames say, once they have come, whether they were compressed; OPEN is read. */
async function member(url: string, perMessageDeflate = true): Promise<{ ws: WebSocketConnection; compressed: boolean[] }> {
  const compressed: boolean[] = [];
  const ws = await connect(url.replace("http", "ws") + handshakeQuery.replace("polling", "websocket"), {
    perMessageDeflate,
    trace: (event) => { if (event.kind === "frame" && event.direction === "received") compressed.push(event.isCompressed); },
  });
  await ws.receive();
  compressed.length = 0;
  return { ws, compressed };
}

describe("compress: false", () => {
  const secret = "secret ".repeat(300);

  test("keeps one message of the WebSocket as it is; all others are compressed as ever", async () => {
    const { url, sockets } = await serve({ perMessageDeflate: true });
    const { ws, compressed } = await member(url);
    const [socket] = sockets;
    for (const options of [undefined, {}, { compress: undefined }, { compress: true }, { compress: false }]) void socket!.send(secret, options);
    void socket!.write(secret, { compress: false });
    void socket!.write(secret, () => undefined);
    expect(socket!.trySend(secret, { compress: false })).toBe(true);
    void socket!.send(new Uint8Array(2000), { compress: false });
    for (let count = 0; count < 8; count++) expect(await ws.receive()).toBe(`4${secret}`);
    expect(await ws.receive()).toEqual(Buffer.alloc(2000));
    expect(compressed).toEqual([true, true, true, true, false, false, true, false, false]);
  });

  test("by session id, too", async () => {
    const { url, server, sockets } = await serve({ perMessageDeflate: true });
    const { ws, compressed } = await member(url);
    const { id } = sockets[0]!;
    void server.send(id, secret, { compress: false });
    expect(server.trySend(id, secret, { compress: false })).toBe(true);
    void server.send(id, secret);
    for (let count = 0; count < 3; count++) await ws.receive();
    expect(compressed).toEqual([false, false, true]);
  });

  test("holds for a message that has waited for the WebSocket, as those do that somebody looks at", async () => {
    const { url, sockets } = await serve({ perMessageDeflate: true });
    const { ws, compressed } = await member(url);
    sockets[0]!.on("packetCreate", () => undefined);
    for (const compress of [true, false, true]) void sockets[0]!.send(secret, { compress });
    for (let count = 0; count < 3; count++) expect(await ws.receive()).toBe(`4${secret}`);
    expect(compressed).toEqual([true, false, true]);
  });

  test.each([["", "4"], ["&j=0", '___eio[0]("4']])("leaves the answer of polling%s that carries the message as it is, whatever else is in it; the next is compressed", async (jsonp, start) => {
    const { url, sockets } = await serve({ jsonp: true, cors: { origin: "*" } });
    const session = await open(url);
    const poll = async (): Promise<unknown[]> => {
      const { headers, bytes } = await send(session.url + jsonp, { headers: { "Accept-Encoding": "gzip" } });
      const encoding = headers["content-encoding"];
      const text = (encoding === undefined ? bytes : gunzipSync(bytes)).toString();
      expect(text.startsWith(start)).toBe(true);
      return [encoding, headers.vary?.includes("Accept-Encoding") === true, text.split("secret ").length - 1];
    };
    void sockets[0]!.send("first");
    void sockets[0]!.send(secret, { compress: false });
    void sockets[0]!.send(secret);
    expect(await poll()).toEqual([undefined, false, 600]);
    void sockets[0]!.sendPrepared(prepareMessage(secret, { compress: false }));
    expect(await poll()).toEqual([undefined, false, 300]);
    void sockets[0]!.sendPrepared(prepareMessage(secret));
    expect(await poll()).toEqual(["gzip", true, 300]);
  });

  test("a broadcast is encoded once, whether its members poll, compress or do neither", async () => {
    const { url, sockets } = await serve({ perMessageDeflate: true });
    const members = [await member(url), await member(url), await member(url, false)];
    const { url: polling } = await open(url);
    const [plain, other] = [prepareMessage(secret, { compress: false }), prepareMessage(secret)];
    const frames = new Set<unknown>();
    for (const message of [other, plain, other, plain]) {
      for (const socket of sockets) {
        void socket.sendPrepared(message);
        frames.add(message.frame);
      }
    }
    for (const { ws } of members) for (let count = 0; count < 4; count++) expect(await ws.receive()).toBe(`4${secret}`);
    expect(members.map(({ compressed }) => compressed)).toEqual([[true, false, true, false], [true, false, true, false], [false, false, false, false]]);
    expect(frames.size).toBe(2);
    expect((await send(polling, { headers: { "Accept-Encoding": "gzip" } })).headers["content-encoding"]).toBeUndefined();
  });
});

describe("perMessageDeflate", () => {
  test.each<[string, ServerOptions["perMessageDeflate"], string]>([
    ["off by default", undefined, ""],
    ["on", true, "permessage-deflate"],
    ["by ours", { thresholdBytes: 10, serverNoContextTakeover: true }, "permessage-deflate; server_no_context_takeover"],
    ["by the peers' names", { threshold: 10, zlibDeflateOptions: { level: 1, memLevel: 4 }, serverNoContextTakeover: true }, "permessage-deflate; server_no_context_takeover"],
  ])("%s", async (_name, perMessageDeflate, extensions) => {
    const { url, sockets } = await serve({ perMessageDeflate });
    const ws = await connect(url.replace("http", "ws") + handshakeQuery.replace("polling", "websocket"), { perMessageDeflate: true });
    await ws.receive();
    expect(ws.extensions.startsWith(extensions)).toBe(true);
    expect(ws.extensions === "").toBe(extensions === "");
    const big = "compress me ".repeat(1000);
    void sockets[0]!.send(big);
    expect(await ws.receive()).toBe(`4${big}`);
    const got = next<unknown>((done) => sockets[0]!.on("message", done));
    void ws.send(`4${big}`);
    expect(await got).toBe(big);
  });

  test("maxHttpBufferSize holds for what a message inflates to", async () => {
    const { url, sockets } = await serve({ perMessageDeflate: true, maxHttpBufferSize: 10_000 });
    const ws = await connect(url.replace("http", "ws") + handshakeQuery.replace("polling", "websocket"), { perMessageDeflate: true });
    await ws.receive();
    const ended = next<unknown[]>((done) => sockets[0]!.on("close", (...args) => done(args)));
    void ws.send("4".padEnd(10_001, "x"));
    expect(await ended).toEqual(["transport error", expect.objectContaining({ name: "ContentTooLongError" })]);
    expect((await ws.closed).code).toBe(1009);
  });

  test.each<ServerOptions>([{ perMessageDeflate: { serverMaxWindowBits: 99 } }, { perMessageDeflate: { zlibDeflateOptions: { level: 12 } } }, { httpCompression: { level: 12 } }])("%o is refused when the server is made", (options) => {
    expect(() => parseServerOptions(options)).toThrow(expect.objectContaining({ name: "EngineIOError", code: "engineio/invalid-option", cause: expect.anything() as unknown }));
  });
});
