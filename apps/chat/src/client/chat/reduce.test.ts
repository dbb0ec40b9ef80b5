import { describe, expect, test } from "vitest";
import type { JoinedRoom, Member, Message, OpenRoom, User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import { type Action, reduce } from "./reduce.js";
import { type ChatState, initialState, roomsInOrder, ticksOf, unreadOf } from "./state.js";

const ada: User = { id: "ada", name: "Ada" };
const bob: User = { id: "bob", name: "Bob" };
const message = (seq: number, author: User = bob, roomId = "lobby"): Message => ({ roomId, seq, clientId: `c${seq}`, author, text: `m${seq}`, sentAtMs: seq });
const room = (lastSeq: number, readSeq: number, id = "lobby"): JoinedRoom =>
  ({ id, name: id, topic: "", memberCount: 2, isDefault: false, lastSeq, readSeq, lastMessage: lastSeq === 0 ? null : message(lastSeq, bob, id) });
const member = (user: User, deliveredSeq: number, readSeq: number): Member => ({ user, isOnline: true, deliveredSeq, readSeq });
const open = (from: number, to: number, readSeq = to): OpenRoom => ({
  room: room(to, readSeq),
  members: [member(ada, 0, 0), member(bob, 0, 0)],
  page: { messages: Array.from({ length: to - from + 1 }, (_, i) => message(from + i)), hasMore: from > 1 },
});
const run = (actions: readonly Action[], state: ChatState = initialState(ada)): ChatState => actions.reduce(reduce, state);
const lobby = (state: ChatState) => state.rooms.get("lobby");
const seqs = (state: ChatState) => lobby(state)?.log?.messages.map(({ seq }) => seq);
const start: Action = { type: "loaded", state: { me: ada, joined: [room(2, 1)], others: [] } };

describe("messages", () => {
  const opened = run([start, { type: "opened", open: open(1, 2, 1) }]);

  test("the next one is shown and unread, a repeated one changes nothing, a gap is left open", () => {
    const next = run([{ type: "messages", roomId: "lobby", messages: [message(3), message(3), message(2)] }], opened);
    expect(seqs(next)).toEqual([1, 2, 3]);
    expect(lobby(next)?.room).toMatchObject({ lastSeq: 3, readSeq: 1, lastMessage: { seq: 3 } });
    const gap = run([{ type: "messages", roomId: "lobby", messages: [message(5)] }], opened);
    expect(seqs(gap)).toEqual([1, 2]);
    expect(lobby(gap)?.room.lastSeq).toBe(5);
    expect(seqs(run([{ type: "messages", roomId: "lobby", messages: [message(3), message(4), message(5)] }], gap))).toEqual([1, 2, 3, 4, 5]);
  });

  test("one's own leaves the outbox and is read", () => {
    const queued = run([{ type: "queued", pending: { clientId: "c3", roomId: "lobby", text: "m3", queuedAtMs: 0 } }], opened);
    const stored = run([{ type: "messages", roomId: "lobby", messages: [message(3, ada)] }], queued);
    expect(stored.outbox).toEqual([]);
    expect(lobby(stored)?.room).toMatchObject({ lastSeq: 3, readSeq: 3 });
  });

  test("another's with the same client id is not one's own", () => {
    const queued = run([{ type: "queued", pending: { clientId: "c3", roomId: "lobby", text: "m3", queuedAtMs: 0 } }], opened);
    expect(run([{ type: "messages", roomId: "lobby", messages: [message(3, bob)] }], queued).outbox).toHaveLength(1);
  });

  test("earlier ones are put above, once", () => {
    const later = run([start, { type: "opened", open: open(5, 6) }, { type: "earlier-asked", roomId: "lobby" }]);
    expect(lobby(later)?.log).toMatchObject({ hasEarlier: true, isLoadingEarlier: true });
    const all = run([{ type: "earlier", roomId: "lobby", page: { messages: [3, 4, 5].map((seq) => message(seq)), hasMore: false } }], later);
    expect(seqs(all)).toEqual([3, 4, 5, 6]);
    expect(lobby(all)?.log).toMatchObject({ hasEarlier: false, isLoadingEarlier: false });
  });

  test("of an unknown room change nothing", () => {
    expect(run([{ type: "messages", roomId: "elsewhere", messages: [message(1, bob, "elsewhere")] }], opened)).toBe(opened);
  });
});

describe("answers that are older than what was told meanwhile", () => {
  test("opening keeps the message that came while the page was under way", () => {
    const told = run([start, { type: "opened", open: open(1, 2) }, { type: "messages", roomId: "lobby", messages: [message(3)] }, { type: "opened", open: open(1, 2) }]);
    expect(seqs(told)).toEqual([1, 2, 3]);
    expect(lobby(told)?.room).toMatchObject({ lastSeq: 3, lastMessage: { seq: 3 } });
  });

  test("loading does not take counts back", () => {
    const told = run([start, { type: "messages", roomId: "lobby", messages: [message(3)] }, { type: "receipt", roomId: "lobby", userId: "ada", deliveredSeq: 3, readSeq: 3 }, start]);
    expect(lobby(told)?.room).toMatchObject({ lastSeq: 3, readSeq: 3 });
  });
});

describe("rooms", () => {
  test("the line New stands above the first unread of opening, stays while reading, and moves when coming back", () => {
    const opened = run([start, { type: "select", roomId: "lobby" }, { type: "opened", open: open(1, 2, 1) }]);
    expect(lobby(opened)?.log?.firstUnreadSeq).toBe(2);
    const read = run([{ type: "receipt", roomId: "lobby", userId: "ada", deliveredSeq: 2, readSeq: 2 }, { type: "select", roomId: "lobby" }], opened);
    expect(lobby(read)?.log?.firstUnreadSeq).toBe(2);
    const back = run([{ type: "select", roomId: "other" }, { type: "messages", roomId: "lobby", messages: [message(3)] }, { type: "select", roomId: "lobby" }], read);
    expect(lobby(back)?.log?.firstUnreadSeq).toBe(3);
  });

  test("leaving closes it; a room one is not in is listed with the others, by name", () => {
    const left = run([start, { type: "select", roomId: "lobby" }, { type: "loaded", state: { me: ada, joined: [], others: [] } }]);
    expect(left.openRoomId).toBeUndefined();
    const face = (name: string) => ({ id: name, name, topic: "", memberCount: 1, isDefault: false });
    const listed = run([{ type: "room-changed", room: face("zoo") }, { type: "room-changed", room: face("art") }, { type: "room-changed", room: { ...face("zoo"), memberCount: 2 } }], left);
    expect(listed.others.map(({ name, memberCount }) => [name, memberCount])).toEqual([["art", 1], ["zoo", 2]]);
  });

  test("latest activity first, unread never below zero", () => {
    const state = run([{ type: "loaded", state: { me: ada, joined: [room(0, 0, "quiet"), room(5, 2, "busy"), room(3, 3, "calm")], others: [] } }]);
    expect(roomsInOrder(state).map(({ id }) => id)).toEqual(["busy", "calm", "quiet"]);
    expect(roomsInOrder(state).map(unreadOf)).toEqual([3, 0, 0]);
    expect(unreadOf(room(1, 2))).toBe(0);
  });

  test("members come, go, and change presence", () => {
    const opened = run([start, { type: "opened", open: open(1, 2) }]);
    const names = (state: ChatState) => lobby(state)?.log?.members.map(({ user }) => user.name);
    const joined = run([{ type: "member-joined", roomId: "lobby", member: member({ id: "amy", name: "Amy" }, 0, 0) }], opened);
    expect(names(joined)).toEqual(["Ada", "Amy", "Bob"]);
    expect(names(run([{ type: "member-left", roomId: "lobby", userId: "amy" }], joined))).toEqual(["Ada", "Bob"]);
    const away = run([{ type: "presence", userId: "bob", isOnline: false }], opened);
    expect(lobby(away)?.log?.members.find(({ user }) => user.id === "bob")?.isOnline).toBe(false);
  });
});

describe("typing", () => {
  const typing = (nowMs: number, isTyping = true): Action => ({ type: "typing", roomId: "lobby", user: bob, isTyping, nowMs });

  test("fades after typingTimeoutMs, not before, and is one line however often it is told", () => {
    const state = run([start, typing(0), typing(100)]);
    expect(lobby(state)?.typing).toHaveLength(1);
    expect(run([{ type: "time", nowMs: 100 + limits.typingTimeoutMs - 1 }], state)).toBe(state);
    expect(lobby(run([{ type: "time", nowMs: 100 + limits.typingTimeoutMs }], state))?.typing).toEqual([]);
  });

  test("ends with the message, with a word, and with leaving", () => {
    const state = run([start, typing(0)]);
    expect(lobby(run([{ type: "messages", roomId: "lobby", messages: [message(3)] }], state))?.typing).toEqual([]);
    expect(lobby(run([typing(1, false)], state))?.typing).toEqual([]);
    expect(lobby(run([{ type: "member-left", roomId: "lobby", userId: "bob" }], state))?.typing).toEqual([]);
  });
});

test("ticksOf(): sent, then delivered to somebody, then read by somebody; the author does not count", () => {
  const mine = message(5, ada);
  expect(ticksOf(mine, [member(ada, 5, 5), member(bob, 4, 4)])).toEqual({ kind: "sent", readers: [] });
  expect(ticksOf(mine, [member(ada, 5, 5), member(bob, 5, 4)])).toEqual({ kind: "delivered", readers: [] });
  expect(ticksOf(mine, [member(bob, 5, 5)])).toEqual({ kind: "read", readers: ["Bob"] });
});

test("a refused message keeps its problem until it is sent again or discarded", () => {
  const queued = run([{ type: "queued", pending: { clientId: "x", roomId: "lobby", text: "t", queuedAtMs: 0 } }, { type: "send-failed", clientId: "x", problem: "No." }]);
  expect(queued.outbox).toMatchObject([{ problem: "No." }]);
  expect(run([{ type: "send-again", clientId: "x" }], queued).outbox[0]).not.toHaveProperty("problem");
  expect(run([{ type: "send-again", clientId: "y" }], queued).outbox).toMatchObject([{ problem: "No." }]);
  expect(run([{ type: "unqueued", clientId: "x" }], queued).outbox).toEqual([]);
});
