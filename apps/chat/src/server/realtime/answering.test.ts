import { pino } from "pino";
import { expect, test, vi } from "vitest";
import type { Answer } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import { RequestRefused } from "../storage/refused.js";
import { answerRequests, type Handlers } from "./answering.js";

const roomId = "0b0f7f3e-4b9d-4f0e-9c39-0f6f5f1a2b3c";
const logger = pino({ level: "silent" });

function connect(handlers: Partial<Record<keyof Handlers, (data: never) => Promise<unknown>>>, nowMs: () => number = () => 0) {
  const listeners = new Map<string, (...args: unknown[]) => void>();
  answerRequests({ on: (event, listener) => listeners.set(event, listener) }, handlers as unknown as Handlers, logger, nowMs);
  const ask = async (event: string, ...args: unknown[]): Promise<Answer<unknown>> =>
    new Promise((resolve) => { listeners.get(event)?.(...args, resolve); });
  return { ask, listeners };
}

test("answerRequests(): a valid request reaches its handler, trimmed and with defaults, and is answered", async () => {
  const create = vi.fn(async () => Promise.resolve("made"));
  const { ask } = connect({ "room:create": create });
  expect(await ask("room:create", { name: "  Analytical \t Engines ", extra: 1 })).toEqual({ ok: true, value: "made" });
  expect(create).toHaveBeenCalledWith({ name: "Analytical Engines", topic: "" });
});

test.each([
  ["message:send", undefined], ["message:send", null], ["message:send", []], ["message:send", "text"],
  ["message:send", { roomId, clientId: roomId, text: "" }], ["message:send", { roomId, clientId: roomId, text: " \n" }],
  ["message:send", { roomId, clientId: roomId, text: "x".repeat(limits.messageChars + 1) }],
  ["message:send", { roomId, clientId: roomId, text: "\u0000x" }],
  ["message:send", { roomId: "general", clientId: roomId, text: "x" }],
  ["message:send", { roomId, clientId: 1, text: "x" }],
  ["room:create", { name: "x" }], ["room:create", { name: "x".repeat(limits.roomNameChars.max + 1) }],
  ["room:create", { name: "a\u202eb" }], ["room:create", { name: "abc", topic: "x".repeat(limits.topicChars + 1) }],
  ["message:history", { roomId, beforeSeq: 0 }], ["message:history", { roomId, beforeSeq: 1.5 }], ["message:since", { roomId, afterSeq: -1 }],
  ["receipt", { roomId, deliveredSeq: 2 ** 60, readSeq: 0 }], ["typing", { roomId, isTyping: "yes" }],
])("answerRequests(): %s with %j is refused as invalid, and no handler runs", async (event, input) => {
  const handler = vi.fn();
  const { ask } = connect({ "message:send": handler, "room:create": handler, "message:history": handler, "message:since": handler, receipt: handler, typing: handler });
  expect(await ask(event, input)).toMatchObject({ ok: false, error: { code: "invalid" } });
  expect(handler).not.toHaveBeenCalled();
});

test("answerRequests(): the longest message and the shortest name pass", async () => {
  const { ask } = connect({ "message:send": async () => Promise.resolve(1), "room:create": async () => Promise.resolve(2) });
  expect(await ask("message:send", { roomId, clientId: roomId, text: "x".repeat(limits.messageChars) })).toMatchObject({ ok: true });
  expect(await ask("room:create", { name: "ab" })).toMatchObject({ ok: true });
});

test("answerRequests(): refusals keep their code, other failures are hidden and logged", async () => {
  const { ask } = connect({
    "room:join": async () => Promise.reject(new RequestRefused("room-full")),
    "room:leave": async () => Promise.reject(new Error("password=hunter2")),
  });
  expect(await ask("room:join", { roomId })).toMatchObject({ ok: false, error: { code: "room-full" } });
  const answer = await ask("room:leave", { roomId });
  expect(answer).toMatchObject({ ok: false, error: { code: "internal" } });
  expect(JSON.stringify(answer)).not.toContain("hunter2");
});

test("answerRequests(): a connection may ask requestBurst times at once and not once more, until time passes", async () => {
  let nowMs = 0;
  const { ask } = connect({ "state:load": async () => Promise.resolve(1) }, () => nowMs);
  for (let i = 0; i < limits.requestBurst; i++) expect(await ask("state:load", {})).toMatchObject({ ok: true });
  expect(await ask("state:load", {})).toMatchObject({ ok: false, error: { code: "rate-limited", retryAfterMs: 1000 / limits.requestsPerSecond } });
  nowMs += 1000 / limits.requestsPerSecond;
  expect(await ask("state:load", {})).toMatchObject({ ok: true });
});

test("answerRequests(): a request without a callback is served and harms nothing", async () => {
  const handler = vi.fn(async () => Promise.resolve(null));
  const { listeners } = connect({ typing: handler });
  listeners.get("typing")?.({ roomId, isTyping: true });
  listeners.get("typing")?.();
  await vi.waitFor(() => { expect(handler).toHaveBeenCalledTimes(1); }, { timeout: 30_000 });
});
