/** The storage suite: every statement about what is kept, once on PGlite and once on a real PostgreSQL. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "../src/server/storage/database.js";
import { lockFolder } from "../src/server/storage/folder-lock.js";
import { Messages } from "../src/server/storage/messages.js";
import { Rooms } from "../src/server/storage/rooms.js";
import { openStorage } from "../src/server/storage/storage.js";
import { Users } from "../src/server/storage/users.js";
import type { User } from "../src/shared/contract.js";
import { limits } from "../src/shared/limits.js";
import { INSTALL_POSTGRES, isPostgresAvailable, startPostgres, type TestPostgres } from "./postgres.js";

let postgres: TestPostgres | undefined;
const isCi = process.env["CI"] === "true";

describe.each([
  { name: "PGlite", isAvailable: true, open: async () => openDatabase({}) },
  { name: "PostgreSQL", isAvailable: isPostgresAvailable(), open: async () => openDatabase({ url: (postgres = await startPostgres()).url }) },
])("storage on $name", ({ name, isAvailable, open }) => {
  if (!isAvailable && isCi) {
    test("PostgreSQL must be there when CI=true", () => expect.fail(`${name} is missing: ${INSTALL_POSTGRES}`));
    return;
  }
  if (!isAvailable) {
    // On a developer's machine without PostgreSQL the suite has run on PGlite; the report says what else it needs. CI, above, fails instead.
    test.skip(`needs PostgreSQL: ${INSTALL_POSTGRES}, or set TEST_DATABASE_URL`); // no PostgreSQL on this machine: reported, not hidden
    return;
  }
  let opened: OpenDatabase;
  let users: Users;
  let rooms: Rooms;
  let messages: Messages;

  beforeAll(async () => {
    opened = await open();
    users = new Users(opened.database);
    rooms = new Rooms(opened.database);
    messages = new Messages(opened.database);
  }, 60_000);
  beforeEach(async () => {
    await opened.database.execute(sql`truncate users, rooms, members, messages cascade`);
    await rooms.ensureDefault("Lobby", "");
  });
  afterAll(async () => {
    await opened.close();
    if (name === "PostgreSQL") await postgres?.stop();
  });

  const claim = async (userName: string): Promise<User> => {
    const user = await users.claim(userName);
    if (user === undefined) throw new Error(`${userName} is taken`);
    return user;
  };
  const say = async (roomId: string, author: User, text: string, clientId: string = randomUUID()) =>
    messages.append({ roomId, authorId: author.id, clientId, text });

  describe("users", () => {
    test("a name belongs to the first who takes it, whatever its case, width or spaces", async () => {
      await claim("Ada Lovelace");
      expect(await users.claim("ADA  lovelace")).toBeUndefined();
      expect(await users.claim("Ａda Lovelace")).toBeUndefined();
      expect(await users.claim("Ada L")).toMatchObject({ name: "Ada L" });
    });

    test("everybody arrives in the default room and cannot leave it", async () => {
      const ada = await claim("Ada");
      const { joined, others } = await rooms.list(ada.id);
      expect(joined).toMatchObject([{ name: "Lobby", isDefault: true, memberCount: 1 }]);
      expect(others).toEqual([]);
      await expect(rooms.leave(joined[0]?.id ?? "", ada.id)).rejects.toMatchObject({ code: "room-is-default" });
    });

    test("signing out frees the name for a new user, ends the session and leaves the rooms", async () => {
      const ada = await claim("Ada");
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      expect(await users.release(ada.id)).toHaveLength(2);
      expect(await users.visit(ada.id)).toBeUndefined();
      expect(await rooms.face(room.id)).toMatchObject({ memberCount: 0 });
      const next = await claim("Ada");
      expect(next.id).not.toBe(ada.id);
    });

    test("a name is free again after its time without a visit, not before", async () => {
      const ada = await claim("Ada");
      const impatient = new Users(opened.database, 60_000);
      expect(await impatient.claim("ada")).toBeUndefined();
      await opened.database.execute(sql`update users set last_seen_at = now() - interval '61 seconds'`);
      const next = await impatient.claim("ada");
      expect(next?.name).toBe("ada");
      expect(await users.visit(ada.id)).toBeUndefined();
    });

    test("a visit keeps the name and an unknown id is nobody", async () => {
      const ada = await claim("Ada");
      await opened.database.execute(sql`update users set last_seen_at = now() - interval '61 seconds'`);
      expect(await users.visit(ada.id)).toEqual(ada);
      expect(await new Users(opened.database, 60_000).claim("Ada")).toBeUndefined();
      expect(await users.visit(randomUUID())).toBeUndefined();
    });

    test("of many who take a name at once, one gets it", async () => {
      const claims = await Promise.all(Array.from({ length: 8 }, async () => users.claim("Ada")));
      expect(claims.filter((user) => user !== undefined)).toHaveLength(1);
    });
  });

  describe("rooms", () => {
    test("create enters the room, join and leave count members, twice is once", async () => {
      const [ada, bob] = [await claim("Ada"), await claim("Bob")];
      const room = await rooms.create({ name: "Engines", topic: "Analytical" }, ada.id);
      expect(room).toMatchObject({ name: "Engines", topic: "Analytical", memberCount: 1, lastSeq: 0, readSeq: 0, lastMessage: null });
      expect(await rooms.join(room.id, bob.id)).toBe(true);
      expect(await rooms.join(room.id, bob.id)).toBe(false);
      expect(await rooms.face(room.id)).toMatchObject({ memberCount: 2 });
      expect((await rooms.membersOf(room.id)).map(({ user }) => user.name)).toEqual(["Ada", "Bob"]);
      expect(await rooms.leave(room.id, bob.id)).toBe(true);
      expect(await rooms.leave(room.id, bob.id)).toBe(false);
      expect(await rooms.face(room.id)).toMatchObject({ memberCount: 1 });
      expect((await rooms.list(bob.id)).others).toMatchObject([{ id: room.id }]);
    });

    test("a name is taken once, unknown rooms are refused, outsiders are not members", async () => {
      const [ada, bob] = [await claim("Ada"), await claim("Bob")];
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      await expect(rooms.create({ name: "engines", topic: "" }, bob.id)).rejects.toMatchObject({ code: "room-name-taken" });
      await expect(rooms.join(randomUUID(), bob.id)).rejects.toMatchObject({ code: "room-unknown" });
      await expect(rooms.get(room.id, bob.id)).rejects.toMatchObject({ code: "not-a-member" });
      await expect(rooms.requireMember(room.id, bob.id)).rejects.toMatchObject({ code: "not-a-member" });
      await expect(say(room.id, bob, "hello")).rejects.toMatchObject({ code: "not-a-member" });
    });

    test("a user creates roomsPerUser rooms and not one more, even at once", async () => {
      const ada = await claim("Ada");
      const results = await Promise.allSettled(Array.from({ length: limits.roomsPerUser + 3 }, async (_, i) => rooms.create({ name: `Room ${i}`, topic: "" }, ada.id)));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(limits.roomsPerUser);
      expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "too-many-rooms" } });
    });

    test("a user joins roomsJoined rooms and not one more", async () => {
      const ada = await claim("Ada");
      await opened.database.execute(sql`insert into rooms (name, name_key) select 'r' || n, 'r' || n from generate_series(1, ${limits.roomsJoined}::int) n`);
      const { others } = await rooms.list(ada.id);
      for (const room of others.slice(0, -1)) expect(await rooms.join(room.id, ada.id)).toBe(true);
      await expect(rooms.join(others.at(-1)?.id ?? "", ada.id)).rejects.toMatchObject({ code: "too-many-joined" });
    });

    test("a room takes membersPerRoom members, the server roomsTotal rooms, and not one more", async () => {
      const ada = await claim("Ada");
      await opened.database.execute(sql`insert into rooms (name, name_key, member_count) select 'r' || n, 'r' || n, ${limits.membersPerRoom}::int - (n % 2)::int from generate_series(2, ${limits.roomsTotal}::int - 1) n`);
      const { others } = await rooms.list(ada.id);
      const full = others.find(({ memberCount }) => memberCount === limits.membersPerRoom);
      const nearly = others.find(({ memberCount }) => memberCount === limits.membersPerRoom - 1);
      await expect(rooms.join(full?.id ?? "", ada.id)).rejects.toMatchObject({ code: "room-full" });
      expect(await rooms.join(nearly?.id ?? "", ada.id)).toBe(true);
      await rooms.create({ name: "The last", topic: "" }, ada.id);
      await expect(rooms.create({ name: "One more", topic: "" }, ada.id)).rejects.toMatchObject({ code: "too-many-rooms" });
    });
  });

  describe("messages", () => {
    test("are numbered without gaps, also when many write at once", async () => {
      const [ada, bob] = [await claim("Ada"), await claim("Bob")];
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      await rooms.join(room.id, bob.id);
      await Promise.all(Array.from({ length: 20 }, async (_, i) => say(room.id, i % 2 === 0 ? ada : bob, `m${i}`)));
      const { messages: page } = await messages.before(room.id);
      expect(page.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    });

    test("a repeated client id stores nothing and answers the first, also when both come at once", async () => {
      const ada = await claim("Ada");
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      const clientId = randomUUID();
      const answers = await Promise.all([say(room.id, ada, "once", clientId), say(room.id, ada, "twice", clientId)]);
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(answers[0].message).toEqual(answers[1].message);
      expect((await messages.before(room.id)).messages).toHaveLength(1);
      expect(await rooms.get(room.id, ada.id)).toMatchObject({ lastSeq: 1 });
    });

    test("pages go upwards without overlap, catching up goes downwards, both say whether there is more", async () => {
      const ada = await claim("Ada");
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      for (let i = 1; i <= 5; i++) await say(room.id, ada, `m${i}`);
      const seqs = (page: { messages: readonly { seq: number }[]; hasMore: boolean }) => [page.messages.map(({ seq }) => seq), page.hasMore];
      expect(seqs(await messages.before(room.id, undefined, 2))).toEqual([[4, 5], true]);
      expect(seqs(await messages.before(room.id, 4, 2))).toEqual([[2, 3], true]);
      expect(seqs(await messages.before(room.id, 2, 2))).toEqual([[1], false]);
      expect(seqs(await messages.after(room.id, 0, 3))).toEqual([[1, 2, 3], true]);
      expect(seqs(await messages.after(room.id, 3, 3))).toEqual([[4, 5], false]);
      expect(seqs(await messages.after(room.id, 5, 3))).toEqual([[], false]);
    });

    test("keep their text to the character: markup, quotes, emoji, right-to-left, SQL", async () => {
      const ada = await claim("Ada");
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      const text = `<script>alert("1")</script> '; drop table users; -- 👩🏽‍🚀 שלום \\ \n\t ${"x".repeat(100)}`;
      await say(room.id, ada, text);
      expect((await messages.before(room.id)).messages[0]).toMatchObject({ text, author: ada });
      expect((await rooms.list(ada.id)).joined.find(({ id }) => id === room.id)?.lastMessage).toMatchObject({ text });
    });
  });

  describe("receipts", () => {
    test("unread counts start at joining, own messages are read, watermarks only rise and never pass the newest", async () => {
      const [ada, bob] = [await claim("Ada"), await claim("Bob")];
      const room = await rooms.create({ name: "Engines", topic: "" }, ada.id);
      await say(room.id, ada, "before Bob came");
      await rooms.join(room.id, bob.id);
      expect(await rooms.get(room.id, bob.id)).toMatchObject({ lastSeq: 1, readSeq: 1 });
      await say(room.id, ada, "for Bob");
      expect(await rooms.get(room.id, bob.id)).toMatchObject({ lastSeq: 2, readSeq: 1 });
      expect(await rooms.get(room.id, ada.id)).toMatchObject({ lastSeq: 2, readSeq: 2 });
      expect(await messages.advance(room.id, bob.id, { deliveredSeq: 2, readSeq: 0 })).toEqual({ deliveredSeq: 2, readSeq: 0 });
      expect(await messages.advance(room.id, bob.id, { deliveredSeq: 2, readSeq: 0 })).toBeUndefined();
      expect(await messages.advance(room.id, bob.id, { deliveredSeq: 1, readSeq: 999 })).toEqual({ deliveredSeq: 2, readSeq: 2 });
      expect(await messages.advance(room.id, bob.id, { deliveredSeq: 0, readSeq: 1 })).toBeUndefined();
      const stranger = await claim("Eve");
      expect(await messages.advance(room.id, stranger.id, { deliveredSeq: 2, readSeq: 2 })).toBeUndefined();
    });
  });
});

describe("a data folder", () => {
  test("keeps everything over a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "chat-data-"));
    try {
      const first = await openStorage({ folder });
      const ada = await first.users.claim("Ada");
      const [lobby] = (await first.rooms.list(ada?.id ?? "")).joined;
      const roomId = lobby?.id ?? "";
      await first.messages.append({ roomId, authorId: ada?.id ?? "", clientId: randomUUID(), text: "still here" });
      await first.close();
      await first.close();
      const second = await openStorage({ folder });
      expect(await second.users.visit(ada?.id ?? "")).toEqual(ada);
      expect((await second.messages.before(roomId)).messages).toMatchObject([{ text: "still here" }]);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  test("belongs to one server at a time; a lock left by a crash is taken over", async () => {
    const folder = mkdtempSync(join(tmpdir(), "chat-lock-"));
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      writeFileSync(join(folder, "server.pid"), `${other.pid}\n`);
      await expect(openStorage({ folder })).rejects.toThrow(`process ${other.pid} is using it`);
      const ended = once(other, "exit");
      other.kill("SIGKILL");
      await ended;
      const unlock = await lockFolder(folder);
      expect(readFileSync(join(folder, "server.pid"), "utf8")).toBe(`${process.pid}\n`);
      await unlock();
      expect(existsSync(join(folder, "server.pid"))).toBe(false);
    } finally {
      other.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
