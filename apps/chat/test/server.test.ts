/** The server from outside: HTTP as a browser speaks it, and people who are connected at the same time. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ask } from "@x/testkit";
import type { Member, Message, Room } from "../src/shared/contract.js";
import { limits } from "../src/shared/limits.js";
import { type ChatSocket, cookieOf, nextOf, TestServer, type Visitor } from "./chat-server.js";
import { type FreshDatabase, makeFreshDatabase } from "./fresh-database.js";

let fresh: FreshDatabase;
beforeAll(async () => { fresh = await makeFreshDatabase(); });
afterAll(() => { fresh[Symbol.dispose](); });

/** As many more as a bucket takes that has been refilled since then, on a machine however slow. */
const comeBack = (perSecond: number, sinceMs: number): number => Math.ceil(((performance.now() - sinceMs) / 1000) * perSecond);

describe("HTTP", () => {
  let server: TestServer;
  beforeAll(async () => { server = await TestServer.start(fresh); });
  afterAll(async () => { await server[Symbol.asyncDispose](); });

  test("the page comes with headers that keep browsers safe, compressed, and not again while it is the same", async () => {
    const page = await server.fetch("/", { headers: { "Accept-Encoding": "gzip, br" } });
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(page.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(page.headers.get("Content-Encoding")).toBe("br");
    expect(await page.text()).toContain("<title>Chat</title>");
    const again = await server.fetch("/", { headers: { "If-None-Match": page.headers.get("ETag") ?? "" } });
    expect(again.status).toBe(304);
    const plain = await server.fetch("/", { headers: { "Accept-Encoding": "br;q=0, identity" } });
    expect(plain.headers.get("Content-Encoding")).toBeNull();
    expect((await server.fetch("/", { method: "HEAD" })).headers.get("Content-Length")).not.toBe("0");
  });

  test.each(["/nothing", "/../package.json", "/%2e%2e/%2e%2e/etc/passwd", "//index.html", "/data/session-secret", "/__proto__"])("%s is not found", async (path) => {
    expect((await server.fetch(path)).status).toBe(404);
  });

  test("/healthz asks the database", async () => {
    const response = await server.fetch("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  test("signing in gives a cookie that scripts and other sites cannot use, and the session is known by it", async () => {
    const response = await server.signIn("  Ada \t Lovelace ");
    expect(response.status).toBe(201);
    expect(response.headers.get("Set-Cookie")).toMatch(/^chat-session=1\.[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/u);
    const asked = await server.fetch("/api/session", { headers: { Cookie: cookieOf(response) } });
    expect(await asked.json()).toMatchObject({ user: { name: "Ada Lovelace" } });
    expect(asked.headers.get("Cache-Control")).toBe("no-store");
    const forged = cookieOf(response).replace(/.$/u, (last) => (last === "A" ? "B" : "A"));
    expect(await (await server.fetch("/api/session", { headers: { Cookie: forged } })).json()).toEqual({ user: null });
  });

  test("a taken name is refused, its owner may enter again", async () => {
    const first = await server.signIn("Taken");
    expect((await server.signIn("ｔａｋｅｎ")).status).toBe(409);
    expect((await server.signIn("Taken", { Cookie: cookieOf(first) })).status).toBe(201);
  });

  test.each([
    ["too short", "A"], ["too long", "A".repeat(limits.nameChars.max + 1)], ["invisible", "Ada\u200b"], ["turned around", "Ada\u202e"], ["no text", 5], ["nothing", undefined],
  ])("a name that is %s is refused", async (_, name) => {
    const response = await server.fetch("/api/session", { method: "POST", body: JSON.stringify({ name }) });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid" } });
  });

  test("other sites' requests, bodies that are no JSON and bodies that are too long are refused", async () => {
    expect((await server.signIn("Mallory", { Origin: "https://evil.example" })).status).toBe(403);
    expect((await server.signIn("Mallory", { Origin: "null" })).status).toBe(403);
    expect((await server.signIn("Mallory", { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await server.fetch("/api/session", { method: "POST", body: "{" })).status).toBe(400);
    expect((await server.fetch("/api/session", { method: "POST", body: "x".repeat(5000) })).status).toBe(413);
    expect((await server.signIn("Friendly", { Origin: server.url })).status).toBe(201);
  });
});

test("a page whose own name leads to this machine is told to use a name of ours, on every way in but the health check", async () => {
  await using server = await TestServer.start(fresh, { PUBLIC_URL: "http://chat.example" });
  const upgrade = { "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
  const askAs = async (host: string, path: string, headers: Record<string, string> = {}, content?: string) =>
    ask(`${server.url}${path}`, { method: content === undefined ? "GET" : "POST", headers: { Host: host, Origin: `http://${host}`, ...headers } }, content);
  const told = { status: 403, body: expect.stringContaining("PUBLIC_URL=http://name:port") as string };
  const ways: readonly [path: string, headers?: Record<string, string>, content?: string][] =
    [["/"], ["/api/session"], ["/api/session", { "Content-Type": "application/json" }, '{"name":"Mallory"}'], ["/socket.io/?EIO=4&transport=polling"], ["/socket.io/?EIO=4&transport=websocket", upgrade]];
  for (const way of ways) expect(await askAs("evil.example:3000", ...way)).toEqual(told);
  for (const way of ways.slice(0, -1)) expect((await askAs("chat.example", ...way)).status).toBeLessThan(300);
  expect(await askAs("evil.example", "/healthz")).toEqual({ status: 200, body: '{"status":"ok"}' });
});

test("HTTP: sign-ins are limited per address, and say when to come back", async () => {
  await using server = await TestServer.start(fresh);
  const sinceMs = performance.now();
  let taken = 0;
  let answer = await server.signIn("A");
  for (; answer.status === 400; answer = await server.signIn("A")) taken++;
  expect(taken).toBeGreaterThanOrEqual(limits.signInBurst);
  expect(taken).toBeLessThanOrEqual(limits.signInBurst + comeBack(limits.signInsPerSecond, sinceMs));
  expect(answer.status).toBe(429);
  expect(answer.headers.get("Retry-After")).toMatch(/^[12]$/u);
});

test("HTTP: behind https the cookie is Secure and bound to the host, and the public address counts as the same origin", async () => {
  await using server = await TestServer.start(fresh, { PUBLIC_URL: "https://chat.example", TRUST_PROXY: "1" });
  const response = await server.signIn("Ada", { Origin: "https://chat.example", "X-Forwarded-For": "203.0.113.9" });
  expect(response.status).toBe(201);
  expect(response.headers.get("Set-Cookie")).toMatch(/^__Host-chat-session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/u);
  expect(response.headers.get("Strict-Transport-Security")).toContain("max-age=");
});

test("closing is not held up by a connection that never sends a request", async () => {
  await using server = await TestServer.start(fresh);
  const silent = connect(Number(new URL(server.url).port), "127.0.0.1");
  onTestFinished(() => void silent.destroy());
  await once(silent, "connect");
  const hungUp = once(silent.resume(), "close");
  await server.fetch("/healthz"); // answered after the silent one was taken
  await server.close();
  await hungUp;
});

describe("realtime", () => {
  let server: TestServer;
  let ada: Visitor;
  let bob: Visitor;
  let lobby: string;
  beforeAll(async () => {
    server = await TestServer.start(fresh);
    ada = await server.enter("Ada");
    bob = await server.enter("Bob");
    lobby = await ada.lobby();
    await bob.lobby();
  });
  afterAll(async () => { await server[Symbol.asyncDispose](); });

  test.each([["no cookie", ""], ["a forged one", "chat-session=1.0b0f7f3e-4b9d-4f0e-9c39-0f6f5f1a2b3c.9999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]])(
    "with %s nobody is let in, and told why", async (_, cookie) => {
      const socket = server.socket(cookie);
      const refused = nextOf<Error & { data?: unknown }>(socket, "connect_error");
      socket.connect();
      expect((await refused).data).toEqual({ code: "signed-out" });
      socket.disconnect();
    });

  test("another site's page is not let in, cookie or not", async () => {
    const socket = server.socket(ada.cookie, { Origin: "https://evil.example" });
    const refused = nextOf<Error & { data?: unknown }>(socket, "connect_error");
    socket.connect();
    expect((await refused).data).toBeUndefined();
    socket.disconnect();
  });

  test("a message is answered to its author and told to the others, once, whatever its id is repeated", async () => {
    const input = { roomId: lobby, clientId: randomUUID(), text: "hello" };
    const told: Message[] = [];
    bob.socket.on("message", (message) => void told.push(message));
    const stored = await ada.ask("message:send", input);
    expect(stored).toMatchObject({ ...input, author: ada.user });
    expect(await ada.ask("message:send", input)).toEqual(stored);
    await ada.ask("message:send", { ...input, clientId: randomUUID(), text: "bye" });
    await bob.ask("state:load", {}); // answered after what was told before
    expect(told.map(({ text }) => text)).toEqual(["hello", "bye"]);
    expect(told[0]).toEqual(stored);
  });

  test("receipts and typing reach the others and not oneself", async () => {
    const own: unknown[] = [];
    bob.socket.on("receipt", (receipt) => void own.push(receipt));
    bob.socket.on("typing", (typing) => void own.push(typing));
    const receipt = ada.next("receipt");
    await bob.ask("receipt", { roomId: lobby, deliveredSeq: 2, readSeq: 1 });
    expect(await receipt).toEqual({ roomId: lobby, userId: bob.user.id, deliveredSeq: 2, readSeq: 1 });
    const typing = ada.next("typing");
    await bob.ask("typing", { roomId: lobby, isTyping: true });
    expect(await typing).toEqual({ roomId: lobby, user: bob.user, isTyping: true });
    await bob.ask("state:load", {});
    expect(own).toEqual([]);
  });

  test("rooms: told to everybody when made, their messages to members only", async () => {
    const made = bob.next<Room>("room:changed", ({ name }) => name === "Engines");
    const room = await ada.ask("room:create", { name: "Engines", topic: "" });
    expect(await made).toMatchObject({ id: room.id, memberCount: 1 });
    const overheard: Message[] = [];
    bob.socket.on("message", (message) => void overheard.push(message));
    await ada.ask("message:send", { roomId: room.id, clientId: randomUUID(), text: "secret" });
    await bob.ask("state:load", {});
    expect(overheard).toEqual([]);
    for (const [name, input] of [["room:open", { roomId: room.id }], ["message:history", { roomId: room.id, beforeSeq: 9 }], ["message:since", { roomId: room.id, afterSeq: 0 }], ["typing", { roomId: room.id, isTyping: true }], ["message:send", { roomId: room.id, clientId: randomUUID(), text: "x" }]] as const) {
      expect(await bob.answer(name, input)).toMatchObject({ ok: false, error: { code: "not-a-member" } });
    }
    const joined = ada.next<{ member: Member }>("member:joined");
    expect(await bob.ask("room:join", { roomId: room.id })).toMatchObject({ lastSeq: 1, readSeq: 1 });
    expect((await joined).member).toMatchObject({ user: bob.user, isOnline: true });
    const heard = bob.next<Message>("message", ({ text }) => text === "welcome");
    await ada.ask("message:send", { roomId: room.id, clientId: randomUUID(), text: "welcome" });
    expect(await heard).toMatchObject({ seq: 2 });
    const left = ada.next("member:left");
    await bob.ask("room:leave", { roomId: room.id });
    expect(await left).toEqual({ roomId: room.id, userId: bob.user.id });
    overheard.length = 0;
    await ada.ask("message:send", { roomId: room.id, clientId: randomUUID(), text: "secret again" });
    await bob.ask("state:load", {});
    expect(overheard).toEqual([]);
  });

  test("presence: online with the first window, away with the last", async () => {
    const isCaro = ({ userId }: { userId: string }): boolean => userId !== bob.user.id;
    const came = ada.next<{ userId: string; isOnline: boolean }>("presence", isCaro);
    const caro = await server.enter("Caro");
    expect(await came).toEqual({ userId: caro.user.id, isOnline: true });
    const second = await server.connect(caro.user, caro.cookie);
    await second.lobby();
    caro.socket.disconnect();
    const went = ada.next<{ userId: string; isOnline: boolean }>("presence", isCaro);
    second.socket.disconnect();
    expect(await went).toEqual({ userId: caro.user.id, isOnline: false });
  });

  test("a user opens connectionsPerUser windows and not one more, however many ask at once; a closed one makes room", async () => {
    const dora = await server.enter("Dora");
    const tellApart = async (socket: ChatSocket): Promise<unknown> => {
      const outcome = Promise.race([nextOf(socket, "connect").then(() => "in"), nextOf<Error & { data?: unknown }>(socket, "connect_error").then(({ data }) => data)]);
      socket.connect();
      return outcome;
    };
    const sockets = Array.from({ length: 2 * limits.connectionsPerUser }, () => server.socket(dora.cookie));
    onTestFinished(() => { for (const socket of [dora.socket, ...sockets]) socket.disconnect(); });
    const outcomes = await Promise.all(sockets.map(tellApart));
    expect(outcomes.filter((outcome) => outcome === "in")).toHaveLength(limits.connectionsPerUser - 1);
    expect(outcomes.find((outcome) => outcome !== "in")).toEqual({ code: "too-many-connections" });
    dora.socket.disconnect();
    const late = server.socket(dora.cookie);
    sockets.push(late);
    await expect.poll(async () => tellApart(late)).toBe("in"); // once the server has heard of the end
  });

  test("a user sends messageBurst messages at once and not one more, from however many windows", async () => {
    const eve = await server.enter("Eve");
    const other = await server.connect(eve.user, eve.cookie);
    const sinceMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 2 * limits.messageBurst }, async (_, i) => (i % 2 === 0 ? eve : other).answer("message:send", { roomId: lobby, clientId: randomUUID(), text: "x" })));
    const taken = answers.filter(({ ok }) => ok).length;
    expect(taken).toBeGreaterThanOrEqual(limits.messageBurst);
    expect(taken).toBeLessThanOrEqual(limits.messageBurst + comeBack(limits.messagesPerSecond, sinceMs));
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { code: "rate-limited" } });
  });

  test("nonsense is answered, not obeyed, and harms nobody", async () => {
    const raw = ada.socket as unknown as { emit(...args: unknown[]): void };
    raw.emit("message:send");
    raw.emit("__proto__", {});
    raw.emit("no:such:event", { a: 1 }, 2, null);
    raw.emit("room:join", { roomId: lobby }, "no callback");
    expect(await ada.answer("room:join", { roomId: "'; drop table rooms; --" })).toMatchObject({ ok: false, error: { code: "invalid" } });
    expect(await ada.answer("room:join", { roomId: randomUUID() })).toMatchObject({ ok: false, error: { code: "room-unknown" } });
    expect(await bob.ask("state:load", {})).toMatchObject({ me: bob.user });
  });

  test("a packet of packetBytes is taken, one byte more is refused, and only its sender is affected", async () => {
    const polling = "/socket.io/?EIO=4&transport=polling";
    const open = async (): Promise<string> => {
      const opened = await (await server.fetch(polling, { headers: { Cookie: bob.cookie } })).text();
      return (JSON.parse(opened.slice(1)) as { sid: string }).sid;
    };
    const post = async (bytes: number): Promise<number> => {
      const body = `40${JSON.stringify({ padding: "" })}`.replace('""', `"${"x".repeat(bytes - 16)}"`);
      return (await server.fetch(`${polling}&sid=${await open()}`, { method: "POST", headers: { "Content-Type": "text/plain;charset=UTF-8" }, body })).status;
    };
    expect(await post(limits.packetBytes)).toBe(200);
    expect(await post(limits.packetBytes + 1)).toBe(413);
    expect(await bob.ask("state:load", {})).toMatchObject({ me: bob.user });
  });

  test("signing out ends every window, tells the rooms, and frees the name", async () => {
    const fay = await server.enter("Fay");
    const window = await server.connect(fay.user, fay.cookie);
    const [told, left] = [window.next("session:ended"), ada.next<{ userId: string }>("member:left")];
    const ended = Promise.all([fay.next("disconnect"), window.next("disconnect")]);
    const response = await server.fetch("/api/session", { method: "DELETE", headers: { Cookie: fay.cookie } });
    expect(response.status).toBe(204);
    expect(response.headers.get("Set-Cookie")).toContain("Max-Age=0");
    await Promise.all([told, ended]);
    expect((await left).userId).toBe(fay.user.id);
    expect(await (await server.fetch("/api/session", { headers: { Cookie: fay.cookie } })).json()).toEqual({ user: null });
    expect((await server.enter("Fay")).user.id).not.toBe(fay.user.id);
  });
});
