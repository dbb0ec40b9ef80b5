/** Files beside the server: python-engineio's rules, and the ways out of a directory that attackers try. */
import { createServer } from "node:http";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "@x/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { handshakeQuery, raw, send } from "../../test/http.js";
import { Server } from "../server.js";
import { type StaticFiles, type StaticOptions, staticFiles } from "../static.js";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "static-"));
  mkdirSync(join(folder, "public/deep"), { recursive: true });
  const files = { "public/index.html": "<p>index", "public/home.html": "<p>home", "public/app.js": "1;", "public/style.css": "a{}", "public/pic.png": "png", "public/data.json": "{}",
    "public/a.txt": "0123456789", "public/.secret": "TOP SECRET", "public/with space.txt": "space", "public/noext": "?", "public/deep/index.html": "<p>deep", "secret.txt": "TOP SECRET", "page.html": "<p>page" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  symlinkSync(join(folder, "public"), join(folder, "link"));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function serve(files: Record<string, string | { filename: string; contentType?: string }>, options?: StaticOptions): Promise<{ url: string; port: number }> {
  const located: StaticFiles = Object.fromEntries(Object.entries(files).map(([path, file]) => [path, path === "" ? file : typeof file === "string" ? join(folder, file) : { ...file, filename: join(folder, file.filename) }]));
  const http = createServer(staticFiles(located, options));
  const engine = new Server().attach(http);
  const listening = await listen(http);
  onTestFinished(async () => {
    await engine.close();
    await listening.close();
  });
  return listening;
}

describe("staticFiles()", () => {
  test.each([
    ["/", 200, "<p>page", "text/html"],
    ["/home", 200, "<p>home", "text/html"],
    ["/typed", 200, "{}", "text/plain"],
    ["/static/app.js", 200, "1;", "text/javascript"],
    ["/static/style.css?v=1", 200, "a{}", "text/css"],
    ["/static/pic.png", 200, "png", "image/png"],
    ["/static/data.json", 200, "{}", "application/json"],
    ["/static/with%20space.txt", 200, "space", "text/plain"],
    ["/static/noext", 200, "?", undefined],
    ["/static/", 200, "<p>index", "text/html"],
    ["/static/deep/", 200, "<p>deep", "text/html"],
    ["/static/deep", 404, "Not Found", "text/plain"],
    ["/static", 404, "Not Found", "text/plain"],
    ["/static/missing.txt", 404, "Not Found", "text/plain"],
    ["/static/special/style.css", 200, "<p>page", "text/html"],
    ["/home/more", 404, "Not Found", "text/plain"],
    ["/elsewhere", 404, "Not Found", "text/plain"],
    ["/__proto__", 404, "Not Found", "text/plain"],
  ])("%s is answered %i %j", async (path, status, body, type) => {
    const { url } = await serve({ "/": "page.html", "/home": "public/home.html", "/typed": { filename: "public/data.json", contentType: "text/plain" }, "/static": "public", "/static/special/style.css": "page.html" });
    const answer = await send(url + path);
    expect(answer).toMatchObject({ status, body });
    if (type !== undefined) expect(answer.headers["content-type"]).toContain(type);
  });

  test.each([["/static/", "public/"], ["/static", "public/"], ["/static/", "public"], ["/static", "link"]])("%s for %s: slashes and links make no difference", async (path, target) => {
    const { url } = await serve({ [path]: target });
    expect([(await send(`${url}/static/a.txt`)).body, (await send(`${url}/static/`)).body]).toEqual(["0123456789", "<p>index"]);
  });

  test("the entry \"\" names the default file and its type", async () => {
    const { url } = await serve({ "/": "public/", "": { filename: "home.html", contentType: "text/x-home" } });
    expect(await send(`${url}/`)).toMatchObject({ body: "<p>home", headers: { "content-type": "text/x-home" } });
  });

  test.each([
    "/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/..%2fsecret.txt", "/static/..%5csecret.txt", "/static/deep/../../secret.txt", "/static/%2e%2e%2fsecret.txt", "/static//../secret.txt",
    "/static/..", "/static/%00", "/static/a.txt%00.html", "/static/%", "/static/.secret", "/static/%2esecret", "/..%2fsecret.txt", "/static/....//secret.txt",
  ])("%s leads nowhere", async (path) => {
    const { port } = await serve({ "/static": "public" });
    const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4(?:00|03|04) /);
    expect(answer).not.toContain("TOP SECRET");
  });

  test("validators, ranges, HEAD, maxAgeMs, nosniff", async () => {
    const { url } = await serve({ "/": "public/" }, { maxAgeMs: 60_000 });
    const first = await send(`${url}/a.txt`);
    expect(first.headers).toMatchObject({ "cache-control": "public, max-age=60", "x-content-type-options": "nosniff" });
    expect((await send(`${url}/a.txt`, { headers: { "If-None-Match": first.headers.etag ?? "" } })).status).toBe(304);
    expect(await send(`${url}/a.txt`, { headers: { Range: "bytes=2-4" } })).toMatchObject({ status: 206, body: "234" });
    expect((await send(`${url}/a.txt`, { headers: { Range: "bytes=50-" } })).status).toBe(416);
    expect(await send(`${url}/a.txt`, { method: "HEAD" })).toMatchObject({ status: 200, body: "", headers: { "content-length": "10" } });
    expect((await send(`${url}/a.txt`, { method: "POST", body: "x" })).status).toBe(404);
  });

  test("as a middleware it passes on what it does not have; Engine.IO's path is the engine's", async () => {
    const { url } = await serve({ "/": "public/" });
    expect((await send(url + handshakeQuery)).body).toMatch(/^0\{"sid"/);
    const handler = staticFiles({ "/": join(folder, "public") });
    const http = createServer((request, response) => handler(request, response, () => response.writeHead(418).end("next")));
    const listening = await listen(http);
    onTestFinished(() => listening.close());
    expect([(await send(`${listening.url}/none`)).status, (await send(`${listening.url}/deep`)).status, (await send(`${listening.url}/a.txt`)).body]).toEqual([418, 418, "0123456789"]);
  });
});
