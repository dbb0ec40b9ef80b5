/** Our Engine.IO client in a real browser: polling, WebSocket, upgrade, other origins, lost networks, pages that go away. */
import { Server as OurServer, type ServerOptions } from "@x/engineio/server";
import { describeInBrowser } from "@x/testkit/browser";
import { launchChromium } from "@x/testkit/chromium";
import { Server as PeerServer, type Socket as PeerSocket } from "engine.io";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Plain, Scenarios } from "./engineio-page.js";
import * as sites from "./site.js";
import { logged, picture } from "./site.js";

let browser: Browser;
let script: string;

const site = (name: string): Promise<sites.Site> => sites.site(name, "Engine.IO", script);
const pageAt = (origin: string): ReturnType<typeof sites.pageAt> => sites.pageAt(browser, origin);
const run = <Name extends keyof Scenarios>(page: Page, name: Name, ...args: Parameters<Scenarios[Name]>): Promise<Awaited<ReturnType<Scenarios[Name]>>> => sites.run<Scenarios, Name>(page, name, ...args);

/** Our server, which answers each message with the same, and a page of its own origin. */
async function ours(options: ServerOptions = {}) {
  const { http, origin } = await site("app");
  const server = new OurServer(options);
  const closes: string[] = [];
  const cookies: (string | undefined)[] = [];
  http.prependListener("upgrade", (request) => cookies.push(request.headers.cookie));
  server.on("connection", (socket) => {
    socket.on("message", (data) => void socket.send(data));
    socket.on("close", (reason) => closes.push(reason));
  });
  server.attach(http);
  onTestFinished(() => server.close());
  return { server, origin, closes, cookies };
}

const messages: readonly Plain[] = ["one", "", "€🐎", [0, 1, 30, 255], "last"];
const ways = [
  { name: "polling", transports: ["polling"], isUpgrading: false, ends: "polling" },
  { name: "WebSocket", transports: ["websocket"], isUpgrading: false, ends: "websocket" },
  { name: "polling, then WebSocket", transports: ["polling", "websocket"], isUpgrading: true, ends: "websocket" },
] as const;

describeInBrowser("Engine.IO in Chromium", () => {
  beforeAll(async () => {
    script = await sites.bundle("engineio-page.ts");
    browser = await launchChromium();
  });
  afterAll(async () => { await browser.close(); });

  test("our server: text and bytes, in order, over every transport", async () => {
    const { origin } = await ours();
    const { page } = await pageAt(origin);
    for (const { transports, isUpgrading, ends } of ways) {
      expect(await run(page, "echo", { url: origin, options: { transports: [...transports] }, messages, isUpgrading })).toEqual({ received: messages, transport: ends });
    }
    await picture(page, "engineio-page");
  });

  test("the official server, which is of another origin", async () => {
    const { origin } = await site("app");
    const { http, origin: other } = await site("api");
    const server = new PeerServer({ cors: { origin } });
    server.attach(http);
    onTestFinished(() => void server.close());
    server.on("connection", (socket: PeerSocket) => socket.on("message", (data: unknown) => socket.send(data as string)));
    const { page } = await pageAt(origin);
    for (const { transports, isUpgrading, ends } of ways) {
      expect(await run(page, "echo", { url: other, options: { transports: [...transports] }, messages, isUpgrading })).toEqual({ received: messages, transport: ends });
    }
  });

  test("another origin with credentials: cookies go along, on the WebSocket, too", async () => {
    const { origin } = await site("web");
    const { origin: api, cookies } = await ours({ cors: { origin, credentials: true }, cookie: { name: "sticky", path: "/" } });
    const { page, context } = await pageAt(origin);
    const { transport } = await run(page, "echo", { url: api, options: { withCredentials: true }, messages, isUpgrading: true });
    expect(transport).toBe("websocket");
    expect(cookies).toEqual([expect.stringMatching(/^sticky=/)]);
    expect((await context.cookies(api)).map(({ name }) => name)).toEqual(["sticky"]);
  });

  test("another origin that is not allowed: refused on both transports, as ConnectionError", async () => {
    const { origin } = await site("evil");
    const { origin: api } = await ours();
    const { page } = await pageAt(origin);
    for (const transport of ["polling", "websocket"] as const) {
      expect(await run(page, "refused", { url: api, options: { transports: [transport] } })).toMatchObject({ name: "ConnectionError", code: "engineio/connection-failed" });
    }
  });

  test("a refusal by the server: status and body; an answer over maxMessageBytes: ContentTooLongError", async () => {
    const isInvited = (url = ""): boolean => url.includes("in=1");
    const { origin } = await ours({ allowRequest: ({ url }, callback) => callback(isInvited(url) ? null : "no entry", isInvited(url)), initialPacket: "x".repeat(100_000) });
    const { page } = await pageAt(origin);
    expect(await run(page, "refused", { url: origin, options: { transports: ["polling"] } })).toMatchObject({ code: "engineio/connection-refused", httpStatus: 403, body: { code: 4, message: "no entry" } });
    expect(await run(page, "refused", { url: `${origin}?in=1`, options: { transports: ["polling"], maxMessageBytes: 50_000 } })).toMatchObject({ name: "ConnectionError", cause: "ContentTooLongError" });
  });

  test("offline ends the session at once; online connects the resilient client again, long before its wait is over", async () => {
    const { origin, server } = await ours();
    const { page, context } = await pageAt(origin);
    for (const transport of ["polling", "websocket"] as const) await run(page, "open", { url: origin, options: { transports: [transport] } });
    await run(page, "resilient", { url: origin });
    await context.setOffline(true);
    await logged(page).toEqual(expect.arrayContaining(["disconnected: transport close"]));
    expect(await run(page, "states")).toEqual(["closed", "closed"]);
    await context.setOffline(false);
    await logged(page).toEqual(expect.arrayContaining(["connected again"]));
    for (const socket of Object.values(server.clients)) void socket.send("hello again");
    await logged(page).toEqual(expect.arrayContaining(["message: hello again"]));
  });

  test("after a sleep the session is over as soon as the page is looked at", async () => {
    const { origin } = await ours();
    const { page } = await pageAt(origin);
    await run(page, "open", { url: origin, options: { transports: ["websocket"] } });
    await run(page, "wakeUp", { afterMs: 20_000 });
    expect(await run(page, "states")).toEqual(["open"]);
    await run(page, "wakeUp", { afterMs: 30_000 });
    await logged(page).toEqual(expect.arrayContaining(["close: ping timeout"]));
  });

  test.each([true, false])("a page that goes away ends its sessions at once, with closeOnBeforeunload: %s", async (closeOnBeforeunload) => {
    const { origin, closes } = await ours();
    const { page } = await pageAt(origin);
    for (const transport of ["polling", "websocket"] as const) await run(page, "open", { url: origin, options: { transports: [transport], closeOnBeforeunload } });
    await page.goto("about:blank");
    await expect.poll(() => closes.length).toBe(2);
    for (const reason of closes) expect(["transport close", "transport error"]).toContain(reason); // the broken-off poll may be seen before the goodbye
  });
});
