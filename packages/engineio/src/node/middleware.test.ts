/** Middlewares of others, as they are: helmet, express-session. */
import session from "express-session";
import helmet from "helmet";
import { expect, test } from "vitest";
import { handshakeQuery, open, raw, send, serve } from "../../test/http.js";
import type { Middleware } from "../server.js";

const upgradeHead = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
const websocketQuery = handshakeQuery.replace("polling", "websocket");
const isAnswered = (text: string): boolean => text.includes("\r\n\r\n");

test("helmet's headers are on both transports", async () => {
  const { url, port, server } = await serve();
  server.use(helmet());
  const expected = { "x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN", "strict-transport-security": expect.any(String) as unknown };
  expect((await send(url + handshakeQuery)).headers).toMatchObject(expected);
  const upgrade = await raw(port, upgradeHead(websocketQuery), isAnswered);
  expect(upgrade).toMatch(/^HTTP\/1\.1 101 /);
  for (const name of Object.keys(expected)) expect(upgrade.toLowerCase()).toContain(`\r\n${name}: `);
});

test("express-session: its cookie is set on both transports, beside ours, and the session is on the request", async () => {
  const { url, port, server, sockets } = await serve({ cookie: "io" });
  server.use(session({ secret: "keyboard cat", resave: true, saveUninitialized: true }) as unknown as Middleware); // its types want Express's request
  const answer = await send(url + handshakeQuery);
  expect(answer.headers["set-cookie"]).toEqual([expect.stringMatching(/^io=/), expect.stringMatching(/^connect\.sid=/)]);
  expect(sockets[0]!.request).toHaveProperty("session.cookie");
  const upgrade = await raw(port, upgradeHead(websocketQuery), isAnswered);
  expect(upgrade).toMatch(/^HTTP\/1\.1 101 /);
  expect(upgrade.match(/^set-cookie: (connect\.sid|io)=/gim)).toHaveLength(2);
});

test("a cookie that a middleware sets at once is kept beside ours, too", async () => {
  const { url, server } = await serve({ cookie: "io" });
  server.use((_request, response, next) => { response.setHeader("Set-Cookie", "a=1"); next(); });
  expect((await send(url + handshakeQuery)).headers["set-cookie"]).toEqual(["a=1", expect.stringMatching(/^io=/)]);
});

test("a Vary of a middleware's is kept beside ours", async () => {
  const { url, server } = await serve({ cors: { origin: ["https://a.example"] } });
  server.use((_request, response, next) => { response.setHeader("Vary", "Cookie"); next(); });
  expect((await send(url + handshakeQuery, { headers: { Origin: "https://a.example" } })).headers.vary).toBe("Cookie, Origin");
});

test("they run for every request of a session", async () => {
  const { url, server } = await serve();
  const seen: unknown[] = [];
  server.use((request, _response, next) => { seen.push(request.method); next(); });
  const opened = await open(url);
  await send(opened.url, { method: "POST", body: "4x", headers: { "Content-Type": "text/plain" } });
  expect(seen).toEqual(["GET", "POST"]);
});
