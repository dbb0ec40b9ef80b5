/** A client's question for a namespace, CONNECT: what cannot be asked, is asked once, or was taken back. No real time. */
import { setErrorReporter } from "@x/errors/handlers";
import { settle } from "@x/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ClientOptions, Socket } from "../src/client.js";
import { opened } from "../src/shell/client/opened.js";
import { world, type World } from "./memory-engine.js";

function log(socket: Socket): unknown[] {
  const heard: unknown[] = [];
  socket.onAny((event) => void heard.push(event));
  socket.on("connect", () => void heard.push("connect"));
  socket.on("connect_error", (error) => void heard.push(error));
  socket.on("disconnect", (...args) => void heard.push(args));
  return heard;
}

/** The client's packets of a connection. */
const written = (place: World, connection = 0): unknown => place.ends[connection]?.other?.sent;

describe("auth that cannot be sent", () => {
  const cases: readonly (readonly [string, unknown, object])[] = [
    ["cannot be encoded", { n: 1n }, { name: "TypeError" }],
    ["is longer than the server takes", { token: "x".repeat(200) }, { code: "engineio/content-too-long" }],
  ];
  const forms = (auth: unknown) => [auth, () => auth, () => Promise.resolve(auth), (answer: (auth: object) => void) => answer(auth as object)] as NonNullable<ClientOptions["auth"]>[];

  test.each(cases)("because it %s tells connect_error, once, and holds up nobody else", async (_why, auth, cause) => {
    const failed = { name: "ConnectionError", message: "Cannot connect: auth cannot be sent", retryable: false, cause };
    for (const form of forms(auth)) {
      const place = world();
      place.maxLength = 100;
      place.server.of("/other");
      const socket = place.client({ auth: form });
      const other = socket.io.socket("/other");
      const heard = log(socket);
      await settle();
      expect([heard, socket.active, other.connected, place.failures]).toMatchObject([[failed], false, true, []]);
      socket.auth = {};
      socket.connect();
      await settle();
      expect([socket.connected, place.dialled.length]).toEqual([true, 1]);
    }
  });

  test("or fails, whoever has just made the socket hears of it", async () => {
    for (const auth of [{ n: 1n }, () => { throw new Error("no token"); }]) {
      const place = world();
      place.server.of("/other");
      const { io: manager } = place.client();
      await settle();
      const heard = log(manager.socket("/other", { auth }));
      await settle();
      expect(heard).toMatchObject([{ message: expect.stringContaining("Cannot connect: auth") as string }]);
    }
  });

  test("connect() rejects", async () => {
    for (const form of forms({ n: 1n })) {
      const socket = world().client({ auth: form, autoConnect: false });
      await expect(opened(socket, undefined)).rejects.toMatchObject({ message: "Cannot connect: auth cannot be sent" });
      expect(socket.io.isOpen).toBe(false);
    }
  });
});

describe("a manager that opens", () => {
  test("asks once for whoever begins to connect in its listeners", async () => {
    const place = world();
    const asked: string[] = [];
    const auth = (name: string) => ({ auth: () => {
      asked.push(name);
      return Promise.resolve({});
    } });
    for (const name of ["/a", "/b"]) place.server.of(name);
    const root = place.client(auth("/"));
    root.io.open(() => void root.io.socket("/a", auth("/a")));
    root.io.on("open", () => void root.io.socket("/b", auth("/b")));
    await settle();
    expect(asked.sort()).toEqual(["/", "/a", "/b"]);
    expect([...root.io.nsps.values()].map(({ connected }) => connected)).toEqual([true, true, true]);
  });

  test("does not ask for whoever a neighbour disconnects meanwhile", async () => {
    const place = world();
    const root = place.client({ auth: () => {
      other.disconnect();
      return {};
    } });
    const other = root.io.socket("/other");
    await settle();
    expect([root.connected, other.active, written(place)]).toEqual([true, false, ["0{}"]]);
  });
});

describe("disconnect() before the answer, over a connection that others keep", () => {
  function slow(auth: ClientOptions["auth"] = { user: 1 }) {
    const place = world();
    const asked: (() => void)[] = [];
    const users: unknown[] = [];
    place.server.of("/slow").use((_socket, next) => void asked.push(next)).on("connection", ({ handshake }) => void users.push(handshake.auth["user"]));
    const root = place.client();
    const socket = root.io.socket("/slow", { auth: auth as object });
    return { place, asked, users, root, socket, heard: log(socket) };
  }

  test("and connect() again, with the same auth: the answer counts, however auth is given", async () => {
    for (const auth of [{ user: 1 }, () => ({ user: 1 }), () => Promise.resolve({ user: 1 })]) {
      const { place, asked, users, root, socket, heard } = slow(auth);
      await settle();
      socket.disconnect().connect();
      socket.disconnect().connect();
      await settle();
      asked[0]?.();
      await settle();
      expect([asked.length, users, heard, root.connected, place.ends.length]).toEqual([1, [1], ["connect"], true, 1]);
    }
  });

  test("and connect() again, with another auth: the answer is not taken for one to that; whoever was let in leaves", async () => {
    const { place, asked, users, root, socket, heard } = slow();
    await settle();
    socket.disconnect();
    socket.auth = { user: 2 };
    socket.connect();
    await settle();
    expect(asked).toHaveLength(1); // a server hangs up on two questions
    asked[0]?.();
    await settle();
    place.clock.advance(999);
    await settle();
    expect(written(place)).toEqual(["0", '0/slow,{"user":1}', "1/slow,"]); // nor do socket.io's take the next question in one piece with that
    place.clock.advance(1);
    await settle();
    expect([asked.length, socket.connected]).toEqual([2, false]);
    expect(written(place)).toEqual(["0", '0/slow,{"user":1}', "1/slow,", '0/slow,{"user":2}']);
    asked[1]?.();
    await settle();
    expect([users, heard, root.connected, place.ends.length]).toEqual([[1, 2], ["connect"], true, 1]);
  });

  test("and auth that fails at the next connect(): it is asked again when it is time, not when the answer comes", async () => {
    const { place, asked, socket, heard } = slow();
    await settle();
    socket.disconnect();
    let failures = 0;
    socket.auth = () => {
      if (failures++ === 0) throw new Error("no token");
      return { user: 2 };
    };
    socket.connect();
    asked[0]?.();
    await settle();
    expect([heard.length, failures, asked.length]).toEqual([1, 1, 1]);
    place.clock.advance(1000);
    await settle();
    asked[1]?.();
    await settle();
    expect([heard.length, failures, socket.connected]).toEqual([2, 2, true]);
  });

  test("a refusal of what was taken back is nobody's", async () => {
    const place = world();
    let refuse = (): void => undefined;
    place.server.of("/slow").use(({ handshake }, next) => {
      if (handshake.auth["user"] === 2) next();
      else refuse = () => next(new Error("no"));
    });
    const root = place.client();
    const socket = root.io.socket("/slow", { auth: { user: 1 } });
    const heard = log(socket);
    await settle();
    socket.disconnect();
    socket.auth = { user: 2 };
    socket.connect();
    refuse();
    await settle();
    place.clock.advance(0);
    await settle();
    expect([heard, socket.connected, place.ends.length]).toEqual([["connect"], true, 1]);
  });

  test("what was under way then is not told at the next connect()", async () => {
    const place = world();
    place.server.of("/other");
    const socket = place.client();
    const other = socket.io.socket("/other");
    await settle();
    place.server.emit("stale");
    const heard = log(socket);
    socket.disconnect();
    await settle();
    socket.connect();
    await settle();
    expect([heard, other.connected]).toEqual([[["io client disconnect", undefined], "connect"], true]);
  });
});

describe("a retryIf that throws says no, and is reported", () => {
  const broken = new TypeError("no such field");
  const retryIf = (): boolean => {
    throw broken;
  };
  const reported = { error: broken, context: { event: "retryIf" } };

  test("when a connection fails or is lost", async () => {
    for (const isUp of [false, true]) {
      const place = world();
      place.isUp = isUp;
      const socket = place.client({ retryIf });
      socket.io.reconnectionDelay(10); // a setter keeps it as it is
      const heard = log(socket);
      const waiting = socket.timeout(1e6).emitWithAck("x").catch((error: unknown) => error);
      await settle();
      place.cut();
      expect(heard).toMatchObject(isUp ? ["connect", ["transport close", undefined]] : [{ message: "connection refused" }]);
      expect(await waiting).toMatchObject({ name: "DisconnectedError" });
      expect([place.failures, socket.active]).toEqual([[reported], false]);
      expect(() => socket.emit("x")).toThrow(expect.objectContaining({ name: "DisconnectedError" }));
    }
  });

  test("when auth fails, or the server wants to be asked later", async () => {
    for (const auth of [{}, () => Promise.reject(new Error("no token"))]) {
      const place = world();
      place.server.use((_socket, next) => next(Object.assign(new Error("busy"), { data: { retryAfterMs: 10 } })));
      const socket = place.client({ retryIf, auth });
      const heard = log(socket);
      await settle();
      expect([heard.length, place.failures, socket.active]).toEqual([1, [reported], false]);
    }
  });
});

test("auth that fails late, told to an onError that throws, ends nothing", async () => {
  const [late, broken] = [new Error("too late"), new Error("onError")];
  const reported: unknown[] = [];
  const before = setErrorReporter((error) => reported.push(error));
  onTestFinished(() => void setErrorReporter(before));
  const told: unknown[] = [];
  const socket = world().client({ auth: (answer) => {
    answer({});
    return Promise.reject(late);
  }, onError: (error) => {
    told.push(error);
    throw broken;
  } });
  await settle();
  expect([told, reported, socket.connected]).toEqual([[late], [broken], true]);
});
