/** Our Socket.IO client in a real browser: every transport and codec, both ways; servers that restart, networks that go, sessions that come back. */
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { retry } from "@x/errors/retry";
import { type Socket, Server as OurServer, type ServerOptions } from "@x/socketio/server";
import { msgpackCodec } from "@x/socketio/msgpack";
import { describeInBrowser } from "@x/testkit/browser";
import { launchChromium } from "@x/testkit/chromium";
import type { Browser, Page } from "playwright-core";
import { Server as OfficialServer } from "socket.io";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { untilFree } from "../socketio/peers.js";
import * as sites from "./site.js";
import { logged, picture } from "./site.js";
import type { Plain, Scenarios } from "./socketio-page.js";

let browser: Browser;
let script: string;
/** The same page, on socket.io-client. */
let officialScript: string;
/** What socket.io-client is published as. */
const officialBundles = dirname(createRequire(import.meta.url).resolve("socket.io-client/dist/socket.io.js"));

const pageAt = (origin: string): ReturnType<typeof sites.pageAt> => sites.pageAt(browser, origin);
const run = <Name extends keyof Scenarios>(page: Page, name: Name, ...args: Parameters<Scenarios[Name]>): Promise<Awaited<ReturnType<Scenarios[Name]>>> => sites.run<Scenarios, Name>(page, name, ...args);

interface Answering {
  on(event: string, listener: (value: unknown, answer: (value: unknown) => void) => unknown): unknown;
  timeout(ms: number): { emitWithAck(event: string, value: unknown): Promise<unknown> };
}

function answers(socket: Answering): void {
  socket.on("echo", (value, answer) => answer(value));
  socket.on("ask me", async (value, answer) => answer(await socket.timeout(30_000).emitWithAck("ask", value)));
}

/** Our server, which answers, and a page of its own origin. */
async function ours(options: ServerOptions = {}, page = () => sites.site("app", "Socket.IO", script)) {
  const site = await page();
  const server = new OurServer(site.http, options);
  const sockets: Socket[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    answers(socket);
  });
  onTestFinished(() => server.close());
  return { ...site, server, sockets };
}

const values: readonly Plain[] = ["one", "", "€🐎", [0, 1, 30, 255], [], "last"];
const ways = [
  { transports: ["polling"], isUpgrading: false, ends: "polling" },
  { transports: ["websocket"], isUpgrading: false, ends: "websocket" },
  { transports: ["polling", "websocket"], isUpgrading: true, ends: "websocket" },
] as const;

describeInBrowser("Socket.IO in Chromium", () => {
  beforeAll(async () => {
    script = await sites.bundle("socketio-page.ts");
    officialScript = await sites.bundle("socketio-page.ts", { "@x/socketio/client": "official-client.ts" });
    browser = await launchChromium();
  });
  afterAll(async () => { await browser.close(); });

  test.each(["json", "msgpack"] as const)("our server, %s: text and bytes, acknowledged both ways, over every transport", async (parser) => {
    const { origin } = await ours(parser === "json" ? {} : { parser: msgpackCodec() });
    const { page } = await pageAt(origin);
    for (const { transports, isUpgrading, ends } of ways) {
      const where = { url: origin, options: { transports: [...transports] }, ...(parser === "json" ? {} : { parser }) };
      expect(await run(page, "echo", { ...where, values, isUpgrading })).toEqual({ echoed: values, asked: values, transport: ends });
    }
    await picture(page, `socketio-page-${parser}`);
  });

  test("the official server, which is of another origin", async () => {
    const { origin } = await sites.site("app", "Socket.IO", script);
    const api = await sites.site("api", "Socket.IO", script);
    const server = new OfficialServer(api.http, { cors: { origin } });
    server.on("connection", (socket) => answers(socket as unknown as Answering));
    onTestFinished(() => void server.close()); // it waits for connections that the browser holds; the site hangs up on them
    const { page } = await pageAt(origin);
    for (const { transports, isUpgrading, ends } of ways) {
      expect(await run(page, "echo", { url: api.origin, options: { transports: [...transports] }, values, isUpgrading })).toEqual({ echoed: values, asked: values, transport: ends });
    }
  });

  test.each(["socket.io.js", "socket.io.msgpack.min.js"])("socket.io-client's own %s, which our server hands out, over every transport", async (name) => {
    const options = { clientDirectory: officialBundles, ...(name.includes("msgpack") && { parser: msgpackCodec() }) };
    const { origin, server } = await ours(options, () => sites.site("app", "Socket.IO", officialScript, `/socket.io/${name}`));
    const { page } = await pageAt(origin);
    for (const { transports, isUpgrading, ends } of ways) {
      expect(await run(page, "echo", { url: origin, options: { transports: [...transports] }, asBuffers: true, values, isUpgrading })).toEqual({ echoed: values, asked: values, transport: ends });
    }
    await run(page, "stay", { url: origin });
    server.emit("news", "hello");
    await logged(page).toEqual(expect.arrayContaining(["connect", "news: hello"]));
    await run(page, "start", { url: `${origin}/nowhere` });
    await logged(page).toEqual(expect.arrayContaining(["connect_error: Error: Invalid namespace"]));
    server.disconnectSockets(true);
    await logged(page).toEqual(expect.arrayContaining(["disconnect: io server disconnect"]));
  });

  test("events from outside, text and bytes; a refusal is told by name", async () => {
    const { origin, server } = await ours({ onError: () => undefined });
    server.of("/secret").use(() => { throw new TypeError("token is undefined"); });
    const { page } = await pageAt(origin);
    await run(page, "stay", { url: origin });
    server.emit("news", "hello");
    server.emit("news", Buffer.from([1, 2, 3]));
    await logged(page).toEqual(["connect", "news: hello", "news: bytes 1,2,3"]);
    await run(page, "start", { url: `${origin}/secret`, options: { reconnection: false } });
    await run(page, "start", { url: `${origin}/nowhere`, options: { reconnection: false } });
    await logged(page).toEqual(expect.arrayContaining(["connect_error: ConnectionRefusedError: Internal server error", "connect_error: BadNamespaceError: Invalid namespace"]));
  });

  test("a server that restarts: the page comes back by itself, and what it said meanwhile arrives", async () => {
    const { origin, port, server, close } = await ours();
    const { page } = await pageAt(origin);
    await run(page, "stay", { url: origin, options: { reconnectionDelay: 20, reconnectionDelayMax: 100 } });
    await server.close();
    await close();
    await logged(page).toEqual(expect.arrayContaining([expect.stringMatching(/^disconnect: transport/)]));
    const answer = run(page, "tell", { text: "still here" });
    const http = createServer();
    const next = new OurServer(http);
    next.on("connection", (socket) => answers(socket));
    onTestFinished(() => next.close());
    await retry(() => once(http.listen(port, "127.0.0.1"), "listening"), untilFree);
    expect(await answer).toBe("still here");
    expect((await run(page, "log")).at(-1)).toBe("connect");
  });

  test.each(["polling", "websocket"] as const)("a session that is cut over %s comes back: its id, its room, and what it missed", async (transport) => {
    const { origin, server, sockets } = await ours({ connectionStateRecovery: {} });
    server.on("connection", (socket) => {
      if (!socket.recovered) void socket.join("red");
    });
    const { page } = await pageAt(origin);
    const id = await run(page, "stay", { url: origin, options: { transports: [transport], reconnection: false } });
    server.to("red").emit("news", "first");
    await logged(page).toEqual(["connect", "news: first"]);
    const lost = new Promise((resolve) => sockets[0]?.once("disconnect", resolve));
    await run(page, "cut");
    await lost;
    server.to("red").emit("news", Buffer.from([7]));
    server.to("red").emit("news", "missed");
    await run(page, "again");
    await logged(page).toEqual(["connect", "news: first", expect.stringMatching(/^disconnect: /), `connect, recovered: ${id}`, "news: bytes 7", "news: missed"]);
  });

  test("offline ends the connection at once; back online it is made again", async () => {
    const { origin } = await ours();
    const { page, context } = await pageAt(origin);
    await run(page, "stay", { url: origin, options: { transports: ["websocket"], reconnectionDelay: 20, reconnectionDelayMax: 100 } });
    await context.setOffline(true);
    await logged(page).toEqual(expect.arrayContaining(["disconnect: transport close"]));
    const answer = run(page, "tell", { text: "from the tunnel" });
    await context.setOffline(false);
    expect(await answer).toBe("from the tunnel");
    expect((await run(page, "log")).filter((line) => line === "connect")).toHaveLength(2);
  });
});
