/** The client's bundles below the endpoint: over real HTTP, from a directory of the test's own. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { serve as serveServer, type ServeOptions } from "../src/node/serve.js";

const script = `/* the client */${"x".repeat(5000)}`;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bundles-"));
  for (const name of ["socket.io.min.js", "socket.io.esm.min.js"]) {
    writeFileSync(join(directory, name), script);
    writeFileSync(join(directory, `${name}.map`), "{}");
  }
  writeFileSync(join(directory, "secret.txt"), "secret");
});
afterAll(() => rmSync(directory, { recursive: true }));

async function serve(options: ServeOptions = {}): Promise<string> {
  const server = await serveServer({ clientDirectory: directory, ...options });
  onTestFinished(() => server.close());
  return server.url ?? "";
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The target goes out as it is: a URL would have its dots resolved. */
async function get(url: string, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, path, headers, method, agent: false }).end();
  const [answer] = await once(asked, "response") as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

test.each(["socket.io.min.js", "socket.io.esm.min.js", "socket.io.js"])("%s: type, caching, source map; HEAD tells the same without it", async (name) => {
  const url = await serve();
  const { status, headers, body } = await get(url, `/socket.io/${name}?t=1`);
  expect([status, body.toString()]).toEqual([200, script]);
  expect(headers).toMatchObject({
    "content-type": "application/javascript; charset=utf-8", "cache-control": "public, max-age=0", "vary": "Accept-Encoding", "x-content-type-options": "nosniff",
    "sourcemap": `${name.replace("io.js", "io.min.js")}.map`, "content-length": String(script.length), "etag": expect.stringMatching(/^"[\w-]{43}"$/) as string,
  });
  const head = await get(url, `/socket.io/${name}`, {}, "HEAD");
  expect([head.status, head.body.length, head.headers.etag, head.headers["content-length"]]).toEqual([200, 0, headers.etag, String(script.length)]);
});

test("source maps are JSON", async () => {
  const { status, headers, body } = await get(await serve(), "/socket.io/socket.io.min.js.map");
  expect([status, headers["content-type"], headers["sourcemap"], body.toString()]).toEqual([200, "application/json; charset=utf-8", undefined, "{}"]);
});

test.each([
  ["the same", (tag: string) => tag, 304], ["weak", (tag: string) => `W/${tag}`, 304], ["a list", (tag: string) => `"a", W/${tag} ,"b"`, 304], ["any", () => "*", 304],
  ["another", () => '"other"', 200], ["part of it", (tag: string) => tag.slice(1, -1), 200],
])("If-None-Match: %s", async (_name, tagOf, status) => {
  const url = await serve();
  const { headers } = await get(url, "/socket.io/socket.io.min.js");
  const again = await get(url, "/socket.io/socket.io.min.js", { "If-None-Match": tagOf(String(headers.etag)) });
  expect(again.status).toBe(status);
  if (status === 304) expect([again.body.length, again.headers.etag, again.headers["content-type"], again.headers.vary]).toEqual([0, headers.etag, undefined, "Accept-Encoding"]);
});

describe("Accept-Encoding", () => {
  test.each([
    ["gzip, br", "br"], ["br;q=0.5, gzip", "gzip"], ["gzip;q=0, *;q=0.1", "br"], ["br;q=0, gzip;q=0.2, identity;q=0.1", "gzip"],
    ["identity", undefined], ["zstd", undefined], ["", undefined], ["gzip;q=0.5, identity", undefined],
  ])("%j is answered %s", async (accepted, coding) => {
    const { headers, body } = await get(await serve(), "/socket.io/socket.io.min.js", { "Accept-Encoding": accepted });
    const plain = coding === "br" ? brotliDecompressSync(body) : coding === "gzip" ? gunzipSync(body) : body;
    expect([headers["content-encoding"], plain.toString(), headers["content-length"]]).toEqual([coding, script, String(body.length)]);
  });

  test("what was read and compressed is kept, whatever becomes of the file", async () => {
    const url = await serve();
    const file = join(directory, "socket.io.msgpack.min.js");
    expect((await get(url, "/socket.io/socket.io.msgpack.min.js")).status).toBe(404); // not built yet
    writeFileSync(file, script);
    const first = await get(url, "/socket.io/socket.io.msgpack.min.js", { "Accept-Encoding": "gzip" });
    rmSync(file);
    const second = await get(url, "/socket.io/socket.io.msgpack.min.js", { "Accept-Encoding": "gzip" });
    expect([first.status, second.status, second.body]).toEqual([200, 200, first.body]);
  });
});

test.each(["/socket.io/secret.txt", "/socket.io/../secret.txt", "/socket.io/socket.io.js/../secret.txt", "/socket.io/socket.io.min.js%00", "/socket.io/%2e%2e/socket.io.js", "/socket.io/x/socket.io.min.js", "/socket.io/socket.io.zip", "/socket.io/__proto__"])(
  "no other name exists: %s", async (path) => {
    const { status, body } = await get(await serve(), path);
    expect(status).toBe(400); // an Engine.IO request that says nothing
    expect(body.toString()).not.toContain("secret");
  },
);

test("serveClient: false, as option and later, leaves the names to Engine.IO; so do other methods", async () => {
  expect((await get(await serve({ serveClient: false }), "/socket.io/socket.io.js")).status).toBe(400);
  const server = await serveServer({ clientDirectory: directory });
  onTestFinished(() => server.close());
  expect((await get(server.url ?? "", "/socket.io/socket.io.js", {}, "POST")).status).toBe(400);
  server.serveClient(false);
  expect((await get(server.url ?? "", "/socket.io/socket.io.js")).status).toBe(400);
});

test("another path, and one that a framework has taken off the URL", async () => {
  const server = await serveServer({ clientDirectory: directory, path: "/live/" });
  onTestFinished(() => server.close());
  expect((await get(server.url ?? "", "/live/socket.io.min.js")).status).toBe(200);
  const mounted = await server.fetch(new Request("http://a.example/socket.io.min.js"));
  expect([mounted.status, await mounted.text()]).toEqual([200, script]);
});

test("cors: the pages that may connect may load it as a module; others may not", async () => {
  const url = await serve({ cors: { origin: "https://good.example" } });
  const [good, evil, none] = await Promise.all(["https://good.example", "https://evil.example", ""].map((origin) => get(url, "/socket.io/socket.io.esm.min.js", origin === "" ? {} : { Origin: origin })));
  expect([good?.status, good?.headers["access-control-allow-origin"], good?.headers.vary]).toEqual([200, "https://good.example", "Origin, Accept-Encoding"]);
  expect([evil?.status, evil?.body.length, none?.status]).toEqual([403, 0, 200]);
});

test("a rule that fails is reported, and answered", async () => {
  const failures: unknown[] = [];
  const url = await serve({ cors: { origin: () => { throw new Error("broken rule"); } }, onError: (error) => failures.push(error) });
  expect((await get(url, "/socket.io/socket.io.js", { Origin: "https://a.example" })).status).toBe(500);
  expect(failures).toEqual([expect.objectContaining({ message: "broken rule" })]);
});

test("by default they are this package's: 404 until it is built, and the ETag is its version", async () => {
  const server = await serveServer();
  onTestFinished(() => server.close());
  const { status, headers } = await get(server.url ?? "", "/socket.io/socket.io.js");
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  expect([[404, undefined], [200, `"${version}"`]]).toContainEqual([status, headers.etag]);
});
