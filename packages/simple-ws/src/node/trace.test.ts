/** What a trace and the diagnostics channels tell of connections over TCP. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, expect, test } from "vitest";
import { setErrorReporter } from "@x/errors/handlers";
import { enableTrace } from "../shell/enable-trace.js";
import { connect } from "./client.js";
import { serve, type WebSocketServer } from "./server.js";
import type { ServeOptions } from "./serve-options.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(options: Partial<ServeOptions> = {}): Promise<WebSocketServer> {
  const server = await serve({ onConnection: (connection) => connection.attach({ onMessage: (data) => void connection.send(data), onClose: () => undefined }), ...options });
  open.push(server);
  return server;
}

test("enableTrace() shows handshakes and frames of both sides, and no credentials", async () => {
  const [onServer, onClient]: [string[], string[]] = [[], []];
  const server = await start({ trace: enableTrace({ debug: (line) => onServer.push(line) }), perMessageDeflate: { thresholdBytes: 100 } });
  const client = await connect(server.url.replace("//", "//jo:secret@"), { proxy: false, cookie: "session=secret", perMessageDeflate: true, trace: enableTrace({ debug: (line) => onClient.push(line) }) });
  void client.send("tab\tand \u202e text");
  expect(await client.receive()).toBe("tab\tand \u202e text");
  void client.send(new Uint8Array(100));
  await client.receive();
  await client.close(4_000, "done");
  await server.close();
  expect(onClient.join("\n")).not.toContain("secret");
  expect(onClient[0]).toMatch(/^> GET \/ HTTP\/1\.1\n[^]*> Cookie: \[redacted\]/);
  expect(onClient[1]).toMatch(/^< HTTP\/1\.1 101/);
  expect(onClient.slice(2, 5)).toEqual([
    "> text (fin, masked, 16 bytes) tab\\u{9}and \\u{202e} text", "< text (fin, 16 bytes) tab\\u{9}and \\u{202e} text",
    `> binary (fin, masked, 100 bytes) ${Array<string>(64).fill("00").join(" ")} …`,
  ]);
  expect(onClient[5]).toMatch(/^< binary \(fin, compressed, \d+ bytes\)/);
  expect(onClient.slice(6)).toEqual(["> close (fin, masked, 6 bytes) 0f a0 64 6f 6e 65", "< close (fin, 6 bytes) 0f a0 64 6f 6e 65", "< end", "> end", "closed"]);
  expect(onServer[0]).toMatch(/^< GET \/ HTTP\/1\.1\n[^]*< authorization: \[redacted\]/i);
  expect(onServer[1]).toMatch(/^> HTTP\/1\.1 101/);
  expect(onServer[2]).toBe("< text (fin, masked, 16 bytes) tab\\u{9}and \\u{202e} text");
});

test("a trace that throws is reported and ends nothing", async () => {
  const reported: unknown[] = [];
  const before = setErrorReporter((error) => reported.push(error));
  const server = await start({ trace: () => { throw new Error("full disk"); } });
  const client = await connect(server.url, { proxy: false, trace: () => { throw new Error("full disk"); } });
  void client.send("hello");
  expect(await client.receive()).toBe("hello");
  await client.close();
  setErrorReporter(before);
  expect(reported.length).toBeGreaterThan(4);
});

test("diagnostics channels tell of both ends, refusals included", async () => {
  const seen: string[] = [];
  const listeners = ["client:open", "client:error", "server:open", "server:refused"].map((name) => {
    const listener = (): void => void seen.push(name);
    subscribe(`x:simple-ws:${name}`, listener);
    return () => unsubscribe(`x:simple-ws:${name}`, listener);
  });
  const server = await start({ verify: ({ url }) => (url === "/no" ? { statusCode: 403 } : undefined) });
  const client = await connect(server.url, { proxy: false });
  await client.close();
  await expect(connect(`${server.url}no`, { proxy: false })).rejects.toMatchObject({ statusCode: 403 });
  for (const stop of listeners) stop();
  expect(seen).toEqual(["server:open", "client:open", "server:refused", "client:error"]);
});

test("diagnostics channels tell of refusals by path and by number, too", async () => {
  const seen: unknown[] = [];
  const onRefused = (message: unknown): void => void seen.push(message);
  const server = await start({ path: "/chat", maxConnections: 1 });
  const client = await connect(server.url, { proxy: false });
  subscribe("x:simple-ws:server:refused", onRefused);
  await expect(connect(`${server.url}/no`, { proxy: false })).rejects.toMatchObject({ statusCode: 404 });
  await expect(connect(server.url, { proxy: false })).rejects.toMatchObject({ statusCode: 503 });
  unsubscribe("x:simple-ws:server:refused", onRefused);
  expect(seen).toMatchObject([{ error: { code: "simple-ws/not-found" } }, { error: { code: "simple-ws/overloaded" } }]);
  await client.close();
});
