/** What a client makes of a server's marks, ours and socket.io's. */
import { expect, test } from "vitest";
import * as PacketType from "./packet-type.js";
import { asking, settle, takeOffset } from "./recovery-client.js";

const event = (...data: unknown[]): { type: PacketType.Any; nsp: string; data: unknown[] } => ({ type: PacketType.EVENT, nsp: "/", data });
const ours = (): ReturnType<typeof settle>["session"] => settle(undefined, { sid: "s", pid: "abcdefgh.secret" }).session;

test("a server that keeps no sessions changes nothing", () => {
  expect(settle(undefined, { sid: "s" })).toEqual({ session: undefined, recovery: undefined });
  expect([asking(undefined, undefined), asking(undefined, { token: "t" })]).toEqual([undefined, { token: "t" }]);
});

test("takeOffset() takes off what is ours, notes what is socket.io's, and leaves alone what is the application's", () => {
  const session = ours();
  if (session === undefined) throw new Error("a session");
  expect(takeOffset(session, event("e", 1, "abcdefgh.a")).data).toEqual(["e", 1]);
  expect(takeOffset(session, event("e", "text")).data).toEqual(["e", "text"]);
  expect(takeOffset(session, event("abcdefgh.b")).data).toEqual(["abcdefgh.b"]);
  expect(takeOffset(session, { ...event("e", "abcdefgh.c"), id: 0 }).data).toEqual(["e", "abcdefgh.c"]);
  expect(asking(session, { token: "t" })).toEqual({ pid: "abcdefgh.secret", offset: "abcdefgh.a", token: "t" });
  const theirs = settle(undefined, { sid: "s", pid: "DrWvQZ2bTT0fnIa4AAAB" }).session;
  if (theirs === undefined) throw new Error("a session");
  expect(takeOffset(theirs, event("e", "PZa4XYg")).data).toEqual(["e", "PZa4XYg"]);
  expect(theirs.offset).toBe("PZa4XYg");
});

test.each([
  [{ outcome: "recovered", missed: 2 }, "abcdefgh.secret", { outcome: "recovered", missed: 2 }],
  [undefined, "abcdefgh.secret", { outcome: "recovered", missed: undefined }],
  [{ outcome: "partial", reason: "overflow" }, "abcdefgh.other", { outcome: "partial", reason: "overflow" }],
  [{ outcome: "lost", reason: "expired" }, "abcdefgh.other", { outcome: "lost", reason: "expired" }],
  [undefined, undefined, { outcome: "lost", reason: "unsupported" }],
  [null, 5, { outcome: "lost", reason: "unsupported" }],
  ["partial", {}, { outcome: "lost", reason: "unsupported" }],
  [{ outcome: "partial", reason: {} }, "x", { outcome: "lost", reason: "unsupported" }],
])("an answer that tells %j, with the pid %j: %j", (recovery, pid, expected) => {
  const before = ours();
  expect(settle(before, { sid: "s", pid, recovery }).recovery).toEqual(expected);
});
