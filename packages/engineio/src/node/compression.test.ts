/** Compressed answers to polls, and compressed WebSockets. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { connect } from "@x/simple-ws/client";
import { describe, expect, test } from "vitest";
import { handshakeQuery, next, open, send, serve } from "../../test/http.js";
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
