/** permessage-deflate with `ws` and undici: every window, with and without context, both ways (RFC 7692). */
import { on, once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket as UndiciSocket } from "undici";
import { connect, type PerMessageDeflateOptions } from "@x/simple-ws";
import { WebSocket as WsSocket, type PerMessageDeflateOptions as WsDeflate } from "ws";
import { Opened, ourEcho, wsEcho } from "./peers.js";

const opened = new Opened();
afterEach(() => opened.closeAll());

const text = (words: number): string => Array.from({ length: words }, (_, at) => `word${at * 7_919 % 97}`).join(" ");
const messages: readonly (string | Buffer)[] = ["", "short", text(40), text(45), text(41), text(5_000), Buffer.from(text(300)), Buffer.alloc(100_000), text(42), text(60_000)];

const windows = [8, 9, 10, 11, 12, 13, 14, 15];
const takeovers: readonly (readonly [boolean, boolean])[] = [[false, false], [true, false], [false, true], [true, true]];
const variants = windows.flatMap((bits) => takeovers.map(([server, client]) => [bits, server, client] as const));

describe("our server and a `ws` client", () => {
  test.each(variants)("windows of %i bits, serverNoContextTakeover %s, clientNoContextTakeover %s", async (bits, serverNoContextTakeover, clientNoContextTakeover) => {
    const deflate: PerMessageDeflateOptions = { thresholdBytes: 0, serverMaxWindowBits: bits, clientMaxWindowBits: bits, serverNoContextTakeover, clientNoContextTakeover };
    const { server } = await ourEcho(opened, { perMessageDeflate: deflate });
    const offer: WsDeflate = { threshold: 0, serverMaxWindowBits: bits, ...(bits === 8 ? {} : { clientMaxWindowBits: bits }) }; // zlib, and so ws, cannot compress with 8
    const socket = new WsSocket(server.url, { perMessageDeflate: offer });
    opened.add(() => socket.terminate());
    await once(socket, "open");
    expect(socket.extensions).toContain("permessage-deflate");
    const arrivals = on(socket, "message");
    for (const message of messages) socket.send(message);
    for (const message of messages) {
      const { value: [data] } = await arrivals.next() as { value: [Buffer] };
      expect(data.equals(Buffer.from(message))).toBe(true);
    }
  });
});

describe("our client and a `ws` server", () => {
  test.each(variants.filter(([bits]) => bits > 8))("windows of %i bits, serverNoContextTakeover %s, clientNoContextTakeover %s", async (bits, serverNoContextTakeover, clientNoContextTakeover) => {
    const { url } = await wsEcho(opened, { perMessageDeflate: { threshold: 0, serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits: bits, clientMaxWindowBits: bits } });
    const client = await connect(url, { perMessageDeflate: { thresholdBytes: 0 } });
    opened.add(() => client.terminate());
    expect(client.extensions).toContain(`client_max_window_bits=${bits}`);
    for (const message of messages) void client.send(message);
    for (const message of messages) {
      const data = await client.receive({ timeoutMs: 30_000 });
      expect([typeof data, Buffer.from(data as string).equals(Buffer.from(message))]).toEqual([typeof message, true]); // toEqual takes its time with bytes
    }
  });

  test("a server that declines is spoken to plainly", async () => {
    const { url } = await wsEcho(opened);
    const client = await connect(url, { perMessageDeflate: true });
    opened.add(() => client.terminate());
    expect(client.extensions).toBe("");
    void client.send(text(5_000));
    expect(await client.receive({ timeoutMs: 30_000 })).toBe(text(5_000));
  });
});

describe("messages that are not compressed, between others that refer to what went before", () => {
  const flags = [true, false, true, false, true];

  test("ws reads them from our server", async () => {
    const { server } = await ourEcho(opened, { perMessageDeflate: true });
    const socket = new WsSocket(server.url);
    opened.add(() => socket.terminate());
    await once(socket, "open");
    expect(socket.extensions).toContain("permessage-deflate");
    const arrivals = on(socket, "message");
    for (const connection of server.connections) for (const compress of flags) void connection.send(text(500), { compress });
    const received: string[] = [];
    while (received.length < flags.length) {
      const { value: [data] } = await arrivals.next() as { value: [Buffer] };
      received.push(data.toString());
    }
    expect(new Set(received)).toEqual(new Set([text(500)]));
  });

  test("ws reads them from our client", async () => {
    const { url } = await wsEcho(opened, { perMessageDeflate: { threshold: 0 } });
    const client = await connect(url, { perMessageDeflate: true });
    opened.add(() => client.terminate());
    for (const compress of flags) void client.send(text(500), { compress });
    const received: unknown[] = [];
    while (received.length < flags.length) received.push(await client.receive({ timeoutMs: 30_000 }));
    expect(new Set(received)).toEqual(new Set([text(500)]));
  });
});

test("undici's client, which offers what it can", async () => {
  const { server } = await ourEcho(opened, { perMessageDeflate: { thresholdBytes: 0 } });
  const socket = new UndiciSocket(server.url);
  socket.binaryType = "arraybuffer";
  opened.add(() => socket.close());
  await once(socket, "open");
  const arrivals = on(socket, "message");
  for (const message of messages) socket.send(message);
  for (const message of messages) {
    const { value: [{ data }] } = await arrivals.next() as { value: [{ data: string | ArrayBuffer }] };
    expect(Buffer.from(data as string).equals(Buffer.from(message))).toBe(true);
  }
});
