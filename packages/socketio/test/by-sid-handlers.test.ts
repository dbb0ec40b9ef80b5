/** Namespaces, handlers, their order and their classes, by client id. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { type NamespaceClass, SidNamespace, type SidOptions, tuple } from "../src/by-sid.js";
import { world } from "./memory-engine.js";
import { client, place, untyped } from "./sid-place.js";

describe("namespaces", () => {
  test.each<[SidOptions["namespaces"], string[]]>([
    [undefined, ["/", "/handled"]],
    [["/listed"], ["/handled", "/listed"]],
    ["*", ["/", "/handled", "/listed", "/any"]],
  ])("%j lets clients into %j, those with handlers included", async (namespaces, open) => {
    const at = world();
    const sio = untyped(at.server, namespaces === undefined ? {} : { namespaces });
    sio.on("x", () => "handled", { namespace: "handled" });
    sio.on("y", (name) => `any ${String(name)}`, { namespace: "*" });
    const connected: string[] = [];
    for (const name of ["/", "/handled", "/listed", "/any"]) {
      const { socket } = await client(at, name);
      if (!socket.connected) continue;
      connected.push(name);
      expect(await socket.emitWithAck("y")).toBe(`any ${name}`);
    }
    expect(connected).toEqual(open);
  });

  test("of clients' choosing go when they are empty, and come again", async () => {
    const at = world();
    const sio = untyped(at.server, { namespaces: "*" });
    sio.on("x", (name) => name, { namespace: "*" });
    for (let n = 0; n < 2; n++) {
      const { socket } = await client(at, "/any");
      expect(await socket.emitWithAck("x")).toBe("/any");
      socket.disconnect();
      await settle();
      expect([...at.server._nsps.keys()]).toEqual(["/"]);
    }
  });
});

describe("which handler gets an event", () => {
  const orders = ["own", "own any", "any namespace", "anything", "class", "any class"] as const;

  test.each(orders.map((first, at) => [first, orders.slice(at)] as const))("%s comes before what follows it", async (first, present) => {
    const at = world();
    const sio = untyped(at.server, { namespaces: "*" });
    const has = new Set<string>(present);
    if (has.has("own")) sio.on("x", (sid, value: unknown) => ["own", sid.length, value], { namespace: "/n" });
    if (has.has("own any")) sio.on("*", (event, sid, value: unknown) => ["own any", event, sid.length, value], { namespace: "/n" });
    if (has.has("any namespace")) sio.on("x", (namespace, sid, value: unknown) => ["any namespace", String(namespace), String(sid).length, value], { namespace: "*" });
    if (has.has("anything")) sio.on("*", (event, namespace: unknown, sid, value: unknown) => ["anything", event, namespace, String(sid).length, value], { namespace: "*" });
    class Own extends SidNamespace {
      readonly #answer = (sid: string, value: unknown): unknown => [this.name === "/n" ? "class" : "any class", this.name, sid.length, value];
      override readonly handlers = { x: this.#answer };
    }
    if (has.has("class")) sio.registerNamespace(new Own("/n"));
    sio.registerNamespace((name) => new Own(name));
    const { socket } = await client(at, "/n");
    if (first === "any class") {
      const elsewhere = await client(at, "/m");
      expect(await elsewhere.socket.emitWithAck("x", 7)).toEqual(["any class", "/m", 20, 7]);
      return;
    }
    const expected = { own: ["own", 20, 7], "own any": ["own any", "x", 20, 7], "any namespace": ["any namespace", "/n", 20, 7], anything: ["anything", "x", "/n", 20, 7], class: ["class", "/n", 20, 7] };
    expect(await socket.emitWithAck("x", 7)).toEqual(expected[first]);
  });

  test("catch-alls are not for connect and disconnect; names of objects' own members are nobody's", async () => {
    const at = world();
    const sio = untyped(at.server);
    const caught: string[] = [];
    sio.on("*", (event) => void caught.push(event));
    sio.registerNamespace(new SidNamespace());
    const { socket } = await client(at);
    for (const name of ["constructor", "__proto__", "toString", "*"]) socket.emit(name);
    socket.disconnect();
    await settle();
    expect([caught, at.failures]).toEqual([["constructor", "__proto__", "toString", "*"], []]);
    const bare = world();
    untyped(bare.server).registerNamespace(new SidNamespace());
    const { socket: other } = await client(bare);
    other.emit("constructor", 1);
    await settle();
    expect([other.connected, bare.failures]).toEqual([true, []]);
  });
});

test("a handler of every namespace is one for connect and disconnect, too", async () => {
  const at = world();
  const sio = untyped(at.server, { namespaces: "*" });
  const heard: unknown[] = [];
  for (const name of ["connect", "disconnect"]) sio.on(name, (namespace, sid) => void heard.push([name, namespace, String(sid).length]), { namespace: "*" });
  sio.on("connect", () => void heard.push("own connect"), { namespace: "/own" });
  for (const name of ["/any", "/own"]) {
    const { socket } = await client(at, name);
    socket.disconnect();
    await settle();
  }
  expect(heard).toEqual([["connect", "/any", 20], ["disconnect", "/any", 20], "own connect", ["disconnect", "/own", 20]]);
});

describe("handlers", () => {
  test("acknowledge with what they answer; without a handler, or with a failing one, there is no acknowledgement", async () => {
    const at = place();
    const { socket } = await client(at);
    at.sio.on("none", () => undefined);
    at.sio.on("several", () => Promise.resolve(tuple(1, 2)));
    at.sio.on("array", () => [1, 2]);
    at.sio.on("broken", () => { throw new Error("broken"); });
    at.sio.on("later", () => Promise.reject(new Error("later")));
    const answers: unknown[] = [];
    for (const name of ["none", "several", "array", "broken", "later", "unknown"]) socket.emit(name, (...values: unknown[]) => void answers.push([name, ...values]));
    await settle();
    expect(answers.toSorted()).toEqual([["array", [1, 2]], ["none"], ["several", 1, 2]]);
    expect(at.failures.map(({ error, context }) => [(error as Error).message, context["event"], context["socketId"]])).toEqual([["broken", "broken", at.sids[0]], ["later", "later", at.sids[0]]]);
  });

  test("get what middleware lets pass, as it leaves it; what it refuses they do not hear of", async () => {
    const at = place();
    at.server.on("connection", (peer) => peer.use((event, next) => {
      if (event[0] === "bad") {
        next(new Error("refused"));
        return;
      }
      event[0] = `${event[0]}, renamed`;
      event[1] = "changed";
      next();
    }));
    const { socket } = await client(at);
    const heard: unknown[] = [];
    at.sio.on("*", (event, _sid, ...args: unknown[]) => heard.push([event, ...args]));
    expect(await socket.emitWithAck("good", "given")).toBe(1);
    const answers: unknown[] = [];
    socket.emit("bad", "given", () => void answers.push("acknowledged"));
    await settle();
    expect([heard, answers, at.failures]).toEqual([[["good, renamed", "changed"]], [], []]);
  });

  test("beside the socket's own listeners, after them; not once one of these has disconnected it", async () => {
    const at = place();
    const heard: unknown[] = [];
    at.server.on("connection", (peer) => peer.onAny((event) => void heard.push(`all ${event}`)).on("x", () => void heard.push("own x")).on("go", () => peer.disconnect()));
    at.sio.on("*", (event) => heard.push(`sid ${event}`));
    const { socket } = await client(at);
    for (const name of ["x", "go"]) socket.emit(name);
    await settle();
    expect(heard).toEqual(["all x", "own x", "sid x", "all go"]);
  });

  test.each([[true, ["begin 1", "begin 2", "end 1", "end 2"]], [false, ["begin 1", "end 1", "begin 2", "end 2", "gone"]]])("asyncHandlers: %s", async (asyncHandlers, order) => {
    const at = place({ asyncHandlers });
    const { socket } = await client(at);
    const log: string[] = [];
    at.sio.on("x", async (_sid, value) => {
      log.push(`begin ${String(value)}`);
      await settle();
      log.push(`end ${String(value)}`);
    });
    if (!asyncHandlers) at.sio.on("disconnect", () => void log.push("gone"));
    socket.emit("x", 1);
    socket.emit("x", 2);
    await Promise.resolve();
    socket.disconnect();
    await settle(40);
    expect(log).toEqual(order);
  });

  test("maxQueuedEvents: at the limit, and one more", async () => {
    const at = place({ asyncHandlers: false, maxQueuedEvents: 3 });
    const { socket } = await client(at);
    at.sio.on("x", () => new Promise(() => undefined));
    for (let n = 0; n < 3; n++) socket.emit("x");
    await settle();
    expect([socket.connected, at.failures]).toEqual([true, []]);
    socket.emit("x");
    await settle();
    expect([socket.connected, at.failures.map(({ error }) => (error as { code: string }).code)]).toEqual([false, ["socketio/too-many-events"]]);
    expect(() => untyped(world().server, { maxQueuedEvents: 0 })).toThrow("maxQueuedEvents");
  });
});

interface ClientToServer {
  message(text: string): void;
  sum(a: number, b: number, ack: (sum: number) => void): void;
}
interface ServerToClient {
  message(text: string): void;
  moved(x: number, y: number): void;
  ping(): void;
  ask(question: string, ack: (answer: boolean) => void): void;
}
interface Data {
  name: string;
}

class Chat extends SidNamespace<ClientToServer, ServerToClient, Data> {
  override onConnect(sid: string): void {
    this.saveSession(sid, { name: "Ada" });
  }

  override onDisconnect(sid: string): void {
    this.send(`${this.getSession(sid).name} left`, { skipSid: sid });
  }

  override readonly handlers = {
    message: (sid: string, text: string) => this.send(`${this.getSession(sid).name}: ${text}`, { skipSid: sid }),
    sum: (_sid: string, a: number, b: number) => a + b,
  };
}

test("a class has its handlers and the methods for its own namespace", async () => {
  const at = world();
  untyped(at.server).registerNamespace(new Chat("/chat"));
  const [a, b] = [await client(at, "/chat"), await client(at, "/chat")];
  a.socket.emit("message", "hello");
  expect(await a.socket.emitWithAck("sum", 1, 2)).toBe(3);
  a.socket.disconnect();
  await settle();
  expect([a.heard, b.heard, at.failures]).toEqual([[], [["message", "Ada: hello"], ["message", "Ada left"]], []]);
  expect(() => new Chat("/").send("x")).toThrow("not registered");
});

test("onEvent answers what a class's handlers do not have", async () => {
  class Relay extends SidNamespace {
    override readonly handlers = { known: () => "by its handler" };
    override onEvent(event: string, sid: string, ...args: unknown[]): unknown {
      return [event, sid.length, ...args];
    }
  }
  const at = world();
  untyped(at.server).registerNamespace(new Relay());
  const { socket } = await client(at);
  expect([await socket.emitWithAck("known"), await socket.emitWithAck("unknown", 1, 2)]).toEqual(["by its handler", ["unknown", 20, 1, 2]]);
});

describe("registerNamespace()", () => {
  class Answering extends SidNamespace {
    readonly #answer: string;
    override readonly handlers = { who: () => this.#answer };
    constructor(name: string, answer: string) {
      super(name);
      this.#answer = answer;
    }
  }

  test("a later class takes the place of an earlier one, and so does a later function", async () => {
    const at = world();
    const sio = untyped(at.server, { namespaces: "*" });
    const [own, any] = [await client(at, "/own"), await client(at, "/any")];
    for (const answer of ["first", "second"]) {
      sio.registerNamespace(new Answering("own", answer)).registerNamespace((name) => new Answering(name, answer));
      expect([await own.socket.emitWithAck("who"), await any.socket.emitWithAck("who")]).toEqual([answer, answer]);
    }
  });

  test.each<[string, unknown]>([
    ["a class without new", Answering],
    ["an instance for every namespace", new Answering("*", "")],
    ["an object of something else", { name: "/chat" }],
    ["nothing", undefined],
    ["a text", "/chat"],
  ])("%s is refused, and opens nothing", async (_name, wrong) => {
    const at = world();
    const sio = untyped(at.server);
    const names = [...at.server._nsps.keys()];
    expect(() => sio.registerNamespace(wrong as SidNamespace)).toThrow(expect.objectContaining({ name: "SocketIOError", code: "socketio/invalid-argument" }));
    expect([[...at.server._nsps.keys()], (await client(at)).socket.connected]).toEqual([names, true]);
  });

  test.each([[false, 1], [true, 2]])("a function that makes no instance refuses its clients, and says why (alwaysConnect: %s)", async (alwaysConnect, reports) => {
    const at = world();
    untyped(at.server, { alwaysConnect }).registerNamespace(() => ({ name: "/" }) as NamespaceClass);
    expect([(await client(at)).socket.connected, at.failures.map(({ error }) => (error as { code: string }).code)]).toEqual([false, Array(reports).fill("socketio/invalid-argument")]);
  });
});
