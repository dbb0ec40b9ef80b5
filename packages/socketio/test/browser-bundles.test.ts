/** The files for `<script src>`, run as a page would: no modules, only what browsers have. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleForBrowsers } from "../browser-bundles.js";
import type * as Client from "../src/client.js";
import { serve, type ServerOptions } from "../src/index.js";
import { msgpackCodec } from "../src/msgpack.js";

type Global = typeof Client.io & typeof Client & { readonly io: typeof Client.io };

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "browser-bundles-"));
  await bundleForBrowsers("1.2.3", folder, ["@x/source"]);
});
afterAll(() => rm(folder, { recursive: true }));

/** @returns the global `io` that the script leaves behind. */
async function ioOf(name: string): Promise<Global> {
  const names = ["AbortController", "AbortSignal", "TextDecoder", "TextEncoder", "URL", "URLSearchParams", "atob", "btoa", "clearTimeout", "console", "fetch", "performance", "queueMicrotask", "setTimeout"] as const;
  const page = createContext(Object.fromEntries(names.map((key) => [key, globalThis[key]]))) as { io?: Global };
  runInContext(await readFile(join(folder, name), "utf8"), page);
  if (page.io === undefined) throw new Error(`${name} sets no global io`);
  return page.io;
}

async function expectEcho(io: typeof Client.io, options: ServerOptions = {}): Promise<void> {
  await using server = await serve({ host: "127.0.0.1", ...options });
  server.on("connection", (socket) => {
    socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value));
  });
  const socket = io(`http://127.0.0.1:${server.port}`, { transports: ["polling"], forceNew: true });
  await expect(socket.emitWithAck("echo", "é")).resolves.toBe("é");
  socket.disconnect();
}

test("socket.io.min.js sets the global io, with what socket.io-client puts on it", async () => {
  const io = await ioOf("socket.io.min.js");
  expect(io.io).toBe(io);
  expect(io.connect).toBe(io);
  expect(io.protocol).toBe(5);
  const manager = new io.Manager("http://127.0.0.1:1", { autoConnect: false });
  expect(manager.socket("/")).toBeInstanceOf(io.Socket);
  await expectEcho(io);
});

test("socket.io.msgpack.min.js speaks MessagePack without being told", async () => {
  const io = await ioOf("socket.io.msgpack.min.js");
  await expectEcho(io, { parser: msgpackCodec() });
  expect(new io.Manager("http://127.0.0.1:1", { autoConnect: false }).opts.parser).toBeDefined();
});

test("socket.io.esm.min.js exports what @x/socketio/client does", async () => {
  const bundle = await import(pathToFileURL(join(folder, "socket.io.esm.min.js")).href) as typeof Client;
  const source = await import("../src/client.js");
  expect(Object.keys(bundle).sort()).toEqual(Object.keys(source).sort());
  await expectEcho(bundle.io);
});

test.each(["socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"])("%s names its version and its map, which holds the sources", async (name) => {
  const code = await readFile(join(folder, name), "utf8");
  expect(code.startsWith(`/*! @x/socketio 1.2.3 ${name}`)).toBe(true);
  expect(code.trimEnd().endsWith(`//# sourceMappingURL=${name}.map`)).toBe(true);
  const map = JSON.parse(await readFile(join(folder, `${name}.map`), "utf8")) as { sources: string[]; sourcesContent: string[] };
  expect(map.sources.some((source) => source.endsWith("shell/client/manager.ts"))).toBe(true);
  expect(map.sourcesContent).toHaveLength(map.sources.length);
});
