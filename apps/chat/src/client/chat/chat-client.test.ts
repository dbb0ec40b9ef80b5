import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import { ChatClient } from "./chat-client.js";
import { newClientId } from "./client-id.js";
import { MemoryServer } from "./memory-server.js";
import { tabStorage } from "./outbox-storage.js";

const ada: User = { id: "ada", name: "Ada" };
const bob: User = { id: "bob", name: "Bob" };

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function memoryStorage(): Parameters<typeof tabStorage>[0] & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) };
}

/** Lets everything that is under way come to rest, timers up to `ms` included. */
const settle = async (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function enter(server: MemoryServer, storage = memoryStorage()): Promise<{ client: ChatClient; texts: () => string[]; waiting: () => string[]; storage: ReturnType<typeof memoryStorage> }> {
  const client = new ChatClient(ada, server, tabStorage(storage));
  client.start();
  await settle();
  client.select("lobby");
  await settle();
  return {
    client, storage,
    texts: () => client.getState().rooms.get("lobby")?.log?.messages.map(({ text }) => text) ?? [],
    waiting: () => client.getState().outbox.map(({ text }) => text),
  };
}

test("a message is queued, stored and shown, once", async () => {
  const server = new MemoryServer(ada);
  const { client, texts, waiting } = await enter(server);
  client.send("lobby", "hello");
  expect(waiting()).toEqual(["hello"]);
  await settle();
  expect([texts(), waiting()]).toEqual([["hello"], []]);
  expect(server.asked.filter(([name]) => name === "message:send")).toHaveLength(1);
});

test("written offline: kept, shown as waiting, sent in order when the connection is back", async () => {
  const server = new MemoryServer(ada);
  const { client, texts, waiting } = await enter(server);
  server.cut();
  expect(client.getState().status).toBe("reconnecting");
  for (const text of ["one", "two", "three"]) client.send("lobby", text);
  await settle(60_000);
  expect(waiting()).toEqual(["one", "two", "three"]);
  server.connect();
  await settle();
  expect(client.getState().status).toBe("online");
  expect([texts(), waiting()]).toEqual([["one", "two", "three"], []]);
});

test("an answer lost with the connection: asked again by the same id, stored once", async () => {
  const server = new MemoryServer(ada);
  const { client, texts, waiting } = await enter(server);
  server.after = (name) => {
    if (name !== "message:send") return;
    server.after = () => undefined;
    server.cut();
    throw new Error("lost");
  };
  client.send("lobby", "once");
  await settle();
  expect(server.stored).toHaveLength(1);
  expect(waiting()).toEqual(["once"]);
  server.connect();
  await settle();
  expect(server.stored).toHaveLength(1);
  expect([texts(), waiting()]).toEqual([["once"], []]);
});

test("an answer that fails on a living connection is asked for again after a second", async () => {
  const server = new MemoryServer(ada);
  const { client, waiting } = await enter(server);
  server.before = () => { throw new Error("timeout"); };
  client.send("lobby", "again");
  await settle();
  server.before = () => undefined;
  await settle(999);
  expect(waiting()).toEqual(["again"]);
  await settle(1);
  expect(server.stored.map(({ text }) => text)).toEqual(["again"]);
});

test("a rate limit is waited for as long as it says, with a kind word, and the order holds", async () => {
  const server = new MemoryServer(ada);
  const { client, waiting } = await enter(server);
  server.before = (name) => (name === "message:send" ? { ok: false, error: { code: "rate-limited", message: "Slowly.", retryAfterMs: 700 } } : undefined);
  client.send("lobby", "one");
  client.send("lobby", "two");
  await settle();
  expect(client.getState().notice).toContain("Slowly.");
  server.before = () => undefined;
  await settle(699);
  expect(waiting()).toEqual(["one", "two"]);
  await settle(1);
  expect(server.stored.map(({ text }) => text)).toEqual(["one", "two"]);
});

test("another refusal stays with its message and holds nobody up; it can be sent again or discarded", async () => {
  const server = new MemoryServer(ada);
  const { client, waiting } = await enter(server);
  let refusals = 0;
  server.before = (name) => (name === "message:send" && refusals++ === 0 ? { ok: false, error: { code: "room-unknown", message: "Gone." } } : undefined);
  client.send("lobby", "refused");
  client.send("lobby", "fine");
  await settle();
  expect(client.getState().outbox).toMatchObject([{ text: "refused", problem: "Gone." }]);
  expect(server.stored.map(({ text }) => text)).toEqual(["fine"]);
  client.sendAgain(client.getState().outbox[0]?.clientId ?? "");
  await settle();
  expect(server.stored.map(({ text }) => text)).toEqual(["fine", "refused"]);
  expect(waiting()).toEqual([]);
});

test("the outbox outlives the page, for its user only, and damaged remains are ignored", async () => {
  const storage = memoryStorage();
  const { client } = await enter(new MemoryServer(ada), storage);
  client.stop();
  client.send("lobby", "left over");
  expect(tabStorage(storage).load("bob")).toEqual([]);
  const server = new MemoryServer(ada);
  await enter(server, storage);
  expect(server.stored.map(({ text }) => text)).toEqual(["left over"]);
  expect(storage.kept.size).toBe(0);
  for (const damaged of ["{", "{}", "[1,null,{\"clientId\":1}]"]) {
    storage.kept.set("chat-outbox-ada", damaged);
    expect(tabStorage(storage).load("ada")).toEqual([]);
  }
});

test("what was missed while away is caught up, below what was there", async () => {
  const server = new MemoryServer(ada);
  server.write(bob, "before");
  const { texts } = await enter(server);
  server.cut();
  server.write(bob, "missed 1");
  server.write(bob, "missed 2");
  server.connect();
  await settle();
  expect(texts()).toEqual(["before", "missed 1", "missed 2"]);
});

test("too much was missed: the newest page takes its place, and the rest is earlier history", async () => {
  const server = new MemoryServer(ada);
  server.write(bob, "before");
  const { client, texts } = await enter(server);
  server.cut();
  for (let i = 0; i < limits.pageSize + 5; i++) server.write(bob, `missed ${i}`);
  server.connect();
  await settle();
  expect(texts()).toHaveLength(limits.pageSize);
  await client.loadEarlier("lobby");
  expect(texts()).toHaveLength(limits.pageSize + 6);
  expect(texts()[0]).toBe("before");
  await client.loadEarlier("lobby"); // there is nothing more
  expect(server.asked.filter(([name]) => name === "message:history")).toHaveLength(1);
});

test("a message that came out of order makes the page ask for the gap, once", async () => {
  const server = new MemoryServer(ada);
  const { texts } = await enter(server);
  server.isConnected = false; // these two are not told
  server.write(bob, "one");
  server.write(bob, "two");
  server.isConnected = true;
  server.write(bob, "three");
  server.write(bob, "four");
  await settle();
  expect(texts()).toEqual(["one", "two", "three", "four"]);
  expect(server.asked.filter(([name]) => name === "message:since")).toHaveLength(1);
});

test("a message told while the room is being opened is not lost", async () => {
  const server = new MemoryServer(ada);
  server.write(bob, "one");
  server.after = (name) => {
    if (name === "room:open" && server.stored.length === 1) server.write(bob, "two");
  };
  const { texts, client } = await enter(server);
  expect(texts()).toEqual(["one", "two"]);
  expect(client.getState().rooms.get("lobby")?.room.lastSeq).toBe(2);
});

test("receipts: delivered on arrival, read when shown, gathered into one per room", async () => {
  const server = new MemoryServer(ada);
  const { client } = await enter(server);
  await settle(1000);
  server.asked.length = 0;
  server.write(bob, "one");
  server.write(bob, "two");
  client.markRead("lobby", 2);
  await settle(1000);
  expect(server.asked).toEqual([["receipt", { roomId: "lobby", deliveredSeq: 2, readSeq: 2 }]]);
  client.markRead("lobby", 2);
  await settle(1000);
  expect(server.asked).toHaveLength(1);
});

test("typing is told at once, then at most every typingRepeatMs, and its end once", async () => {
  const server = new MemoryServer(ada);
  const { client } = await enter(server);
  const told = (): unknown[] => server.asked.filter(([name]) => name === "typing").map(([, input]) => (input as { isTyping: boolean }).isTyping);
  client.setTyping("lobby", false);
  for (let i = 0; i < 20; i++) client.setTyping("lobby", true);
  await settle(limits.typingRepeatMs);
  client.setTyping("lobby", true);
  client.setTyping("lobby", false);
  client.setTyping("lobby", false);
  await settle();
  expect(told()).toEqual([true, true, false]);
});

test("a refusal ends the attempt: signed out leads to the way in, anything else is shown", async () => {
  const server = new MemoryServer(ada);
  const { client } = await enter(server);
  server.refuse("too-many-connections", "Close a window.");
  expect(client.getState()).toMatchObject({ status: "refused", notice: "Close a window." });
  server.refuse("signed-out", "You are signed out");
  expect(client.getState().status).toBe("signed-out");
});

test("a session that was ended elsewhere hangs up", async () => {
  const server = new MemoryServer(ada);
  const { client } = await enter(server);
  server.tell("session:ended");
  expect(client.getState().status).toBe("signed-out");
  expect(server.isConnected).toBe(false);
});

test("a room that cannot be loaded says why, and can be tried again", async () => {
  const server = new MemoryServer(ada);
  server.before = (name) => (name === "room:open" ? { ok: false, error: { code: "internal", message: "Sorry." } } : undefined);
  const { client, texts } = await enter(server);
  expect(client.getState().rooms.get("lobby")?.problem).toBe("Sorry.");
  server.before = () => undefined;
  server.write(bob, "there");
  client.select("lobby");
  await settle();
  expect(texts()).toEqual(["there"]);
});

test("newClientId() makes version 4 UUIDs, never two alike", () => {
  const ids = new Set(Array.from({ length: 100 }, newClientId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
});
