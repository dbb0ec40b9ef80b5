/**
 * What any client could do to python-socketio's servers, and what was left to luck in its clients: each hole by its name, and closed here.
 * Those of the transport below are with the Engine.IO tests.
 */
import { jsonCodec } from "@x/socketio";
import { bySid, SidNamespace } from "@x/socketio/by-sid";
import { FakeClock } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { next, ourClient, ourServer } from "./peers.js";
import { dial, join, type Wire } from "./wire.js";

/** Silent about faults, which these tests make on purpose. */
const quiet = { onError: () => undefined };

/** @returns whether the server still answers on this connection. */
async function answers(wire: Wire): Promise<boolean> {
  wire.send('421["are you there"]');
  return await wire.read() === '431["yes"]';
}

describe("events with reserved names", () => {
  test.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])("hole: an event named %s runs the application's handler; ours ends the connection", async (name) => {
    const { server, url } = await ourServer(quiet);
    const fired: unknown[][] = [];
    const gone = new Promise((resolve) => server.on("connection", (socket) => {
      for (const event of ["connect", "connect_error", "newListener", "removeListener"]) socket.on(event, (...args: unknown[]) => void fired.push([event, ...args]));
      socket.on("disconnect", resolve);
    }));
    const wire = await join(url);
    wire.send(`42["${name}","fake"]`);
    expect(await wire.read()).toBe("closed");
    expect(await gone).toBe("parse error");
    expect(fired).toEqual([]);
  });
});

describe("acknowledgements", () => {
  test("hole: acknowledging id 0 eats the counter of acknowledgements; ours goes on counting", async () => {
    const { server, url } = await ourServer();
    server.on("connection", (socket) => socket.on("ask me", async () => void socket.emit("told", await socket.timeout(30_000).emitWithAck("what"))));
    const wire = await join(url);
    for (let round = 0; round < 3; round++) {
      wire.send("430[]");
      wire.send('42["ask me"]');
      const id = /^42(\d+)\["what"\]$/.exec(await wire.read())?.[1] ?? "none";
      wire.send(`43${id}["this"]`);
      expect(await wire.read()).toBe('42["told","this"]');
    }
  });

  test("hole: call() waits out its timeout although the client is gone; ours rejects at once", async () => {
    const { server, url } = await ourServer();
    const outcome = new Promise((resolve) => server.on("connection", (socket) => {
      socket.timeout(600_000).emitWithAck("what").catch(resolve);
      socket.emitWithAck("for ever?").catch(() => undefined);
    }));
    const wire = await join(url);
    expect(await wire.read()).toMatch(/^42\d+\["what"\]$/);
    wire.send("41");
    expect(await outcome).toMatchObject({ name: "DisconnectedError" });
  });
});

describe("binary packets", () => {
  test.each([
    ["no attachment", ['450-["are you there"]']],
    ["a placeholder out of range", ['451-["a",{"_placeholder":true,"num":1}]', new Uint8Array(1)]],
    ["a negative placeholder", ['451-["a",{"_placeholder":true,"num":-1}]', new Uint8Array(1)]],
    ["a placeholder that is no number", ['451-["a",{"_placeholder":true,"num":"0"}]', new Uint8Array(1)]],
    ["text where bytes were announced", ['451-["a",{"_placeholder":true,"num":0}]', '42["are you there"]']],
    ["bytes that nobody announced", [new Uint8Array(1)]],
  ])("hole: after %s all later messages are swallowed; ours ends the connection", async (_name, attack) => {
    const { url } = await ourServer(quiet);
    const wire = await join(url);
    for (const message of attack) wire.send(message);
    expect(await wire.read()).toBe("closed");
  });

  test("hole: a placeholder in a packet without bytes is taken for bytes; ours is data like any other", async () => {
    const { server, url } = await ourServer();
    server.on("connection", (socket) => socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value)));
    const wire = await join(url);
    wire.send('421["echo",{"_placeholder":true,"num":0}]');
    expect(await wire.read()).toBe('431[{"_placeholder":true,"num":0}]');
  });

  test("hole: emits from several places interleave the parts of binary packets; ours keep them together", async () => {
    const { server, url } = await ourServer();
    server.on("connection", (socket) => {
      for (let n = 0; n < 20; n++) void Promise.resolve().then(() => n % 2 === 0 ? socket.emit("parts", Buffer.from([65 + n]), Buffer.from([65 + n])) : server.emit("parts", Buffer.from([65 + n]), Buffer.from([65 + n])));
    });
    const wire = await join(url);
    for (let n = 0; n < 20; n++) {
      expect(await wire.read()).toBe('452-["parts",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
      const letter = await wire.read();
      expect(await wire.read()).toBe(letter);
    }
  });
});

describe("connect handlers", () => {
  test.each(["throws", "rejects"])("hole: authentication code that %s lets the client in; ours refuses it", async (how) => {
    const reports: unknown[] = [];
    const { server, url } = await ourServer({ onError: (error) => void reports.push(error) });
    server.use(async () => {
      if (how === "rejects") await Promise.resolve();
      throw new TypeError("token is undefined");
    });
    server.on("connection", (socket) => socket.emit("secret"));
    const wire = await dial(url);
    wire.send("40");
    expect(await wire.read()).toBe('44{"message":"Internal server error"}');
    server.emit("secret");
    wire.send("40/nowhere,");
    expect(await wire.read()).toBe('44/nowhere,{"message":"Invalid namespace"}'); // nothing came before
    expect(server.sockets.sockets.size).toBe(0);
    expect(reports).toMatchObject([{ message: "token is undefined" }]);
  });

  test("hole: a handler that fails with TypeError is run a second time; ours runs once", async () => {
    const runs = { connect: 0, disconnect: 0, middleware: 0 };
    const { server, url } = await ourServer(quiet);
    server.of("/once").on("connection", () => {
      runs.connect++;
      throw new TypeError("of the body");
    });
    server.use((_socket, proceed) => {
      runs.middleware++;
      proceed();
    });
    const gone = new Promise<void>((resolve) => server.on("connection", (socket) => socket.on("disconnect", () => {
      runs.disconnect++;
      resolve();
      throw new TypeError("of the body");
    })));
    const wire = await join(url);
    wire.send("40/once,");
    expect(await wire.read()).toBe('44/once,{"message":"Internal server error"}');
    wire.send("41");
    await gone;
    expect(runs).toEqual({ connect: 1, disconnect: 1, middleware: 1 });
  });

  test("hole: a handler that fails leaves its client without a word, and nobody is told; ours tells onError and goes on", async () => {
    const reports: unknown[] = [];
    const { server, url } = await ourServer({ onError: (error, context) => void reports.push([(error as Error).message, context.event]) });
    server.on("connection", (socket) => {
      socket.on("crash", () => { throw new Error("boom"); });
      socket.on("are you there", (ack: (answer: string) => void) => ack("yes"));
    });
    const wire = await join(url);
    wire.send('42["crash"]');
    expect(await answers(wire)).toBe(true);
    expect(reports).toEqual([["boom", "crash"]]);
  });
});

test("hole: malformed packets keep the connection, a stack trace each; ours is the last, and one report", async () => {
  const reports: unknown[] = [];
  const { url } = await ourServer({ onError: (error) => void reports.push(error) });
  const wire = await join(url);
  for (let n = 0; n < 100; n++) wire.send("4{{{");
  expect(await wire.read()).toBe("closed");
  expect(reports).toHaveLength(1);
});

describe("who is told", () => {
  test.each([["no room", [] as string[]], ["an empty name", ""]])("hole: to %s reaches everybody; ours reaches nobody", async (_name, rooms) => {
    const { server, url } = await ourServer();
    const arrival = next(server, "connection");
    const wire = await join(url);
    await arrival;
    server.to(rooms).emit("secret");
    server.in(rooms).emit("secret");
    server.emit("last");
    expect(await wire.read()).toBe('42["last"]');
  });
});

describe("the end", () => {
  test("hole: disconnecting all clients fails when there are none; ours does nothing", async () => {
    const { server } = await ourServer();
    expect(() => server.disconnectSockets(true)).not.toThrow();
    await expect(server.close()).resolves.toBeUndefined();
    await expect(server.close()).resolves.toBeUndefined();
  });

  test("hole: a close by the server leaves the WebSocket to the client; ours closes it", async () => {
    const { server, url } = await ourServer();
    const arrival = next(server, "connection");
    const wire = await join(url);
    const [socket] = await arrival as [{ disconnect(close: boolean): void }];
    socket.disconnect(true);
    const ending = [await wire.read(), await wire.read()];
    while (ending.at(-1) !== "closed") ending.push(await wire.read());
    expect(ending[0]).toBe("41");
  });

  test("hole: shutting down leaves clients connected until their pings time out; ours hangs up on them", async () => {
    const { server, url } = await ourServer();
    const wire = await join(url);
    await server.close();
    let last = await wire.read();
    while (last !== "closed") last = await wire.read();
    expect(last).toBe("closed");
  });
});

describe("bounds", () => {
  test("hole: a connection that never asks for a namespace stays; ours goes after connectTimeout", async () => {
    const { url } = await ourServer({ connectTimeout: 60 });
    expect(await (await dial(url)).read()).toBe("closed");
  });

  test("hole: what waits for a client has no bound; ours ends a client that does not read", async () => {
    const { server, url } = await ourServer({ ...quiet, maxBufferedBytes: 1_000_000, transports: ["polling"] });
    const gone = new Promise((resolve) => server.on("connection", (socket) => {
      socket.on("disconnect", resolve);
      for (let n = 0; n < 1000 && socket.connected; n++) socket.emit("news", "x".repeat(10_000));
    }));
    const endpoint = `${url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(endpoint)).text()).slice(1)) as { sid: string };
    await fetch(`${endpoint}&sid=${sid}`, { method: "POST", body: "40" }); // and never polls
    expect(await gone).toMatch(/^(transport|forced)/);
  });

  test("hole: any number of clients is let in; ours refuses what is over maxSocketsPerNamespace", async () => {
    const { url } = await ourServer({ maxSocketsPerNamespace: 1 });
    await join(url);
    const second = await dial(url);
    second.send("40");
    expect(await second.read()).toMatch(/^44\{"message":/);
  });

  test("hole: a POST that fails waits for a poll; ours is answered at once", async () => {
    const { url } = await ourServer(quiet);
    const endpoint = `${url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(endpoint)).text()).slice(1)) as { sid: string };
    expect((await fetch(`${endpoint}&sid=${sid}`, { method: "POST", body: "abc" })).status).toBe(400);
  });
});

describe("by client id", () => {
  test("hole: a session is saved although the block that changed it failed; ours is as it was", async () => {
    const { server, url } = await ourServer();
    const sio = bySid(server);
    const arrival = next(server, "connection");
    await join(url);
    const [{ id }] = await arrival as [{ id: string }];
    sio.saveSession(id, { name: "Ada", cart: [{ count: 1 }] });
    await expect(sio.session(id, (session) => {
      session["name"] = "Bob";
      (session["cart"] as unknown[]).push({ count: 2 });
      throw new Error("the database is away");
    })).rejects.toThrow("the database is away");
    const read = sio.getSession(id);
    read["name"] = "Eve"; // a copy
    (read["cart"] as { count: number }[])[0]!.count = 3; // at every depth
    expect(sio.getSession(id)).toEqual({ name: "Ada", cart: [{ count: 1 }] });
  });

  test("hole: call() of a class waits for ever; ours has the limit of all calls, and ends with the client", async () => {
    const clock = new FakeClock();
    const { server, url } = await ourServer({ clock, pingInterval: 3_600_000 });
    const chat = new SidNamespace("/");
    bySid(server).registerNamespace(chat);
    const arrival = next(server, "connection");
    const wire = await join(url);
    const [{ id }] = await arrival as [{ id: string }];
    const states: string[] = [];
    const unanswered = chat.call("ask", undefined, { to: id });
    unanswered.catch(() => void states.push("rejected"));
    expect(await wire.read()).toMatch(/^42\d+\["ask"\]$/);
    clock.advance(59_000);
    await chat.rooms(id);
    expect(states).toEqual([]);
    clock.advance(1100);
    await expect(unanswered).rejects.toMatchObject({ name: "TimeoutError", afterMs: 60_000 });
    const asked = chat.call("ask", undefined, { to: id });
    wire.send("41");
    await expect(asked).rejects.toMatchObject({ name: "DisconnectedError" });
  });
});

describe("clients", () => {
  test("hole: cookies are shared by all clients of an HTTP session; ours are each client's own", async () => {
    const { server, url } = await ourServer({ cookie: { name: "sticky", path: "/" }, transports: ["polling"] });
    const handshakes: unknown[] = [];
    const polls: unknown[] = [];
    server.engine.on("headers", (_headers, { url: asked = "", headers }) => void (asked.includes("sid=") ? polls : handshakes).push(headers.cookie));
    for (let n = 0; n < 2; n++) {
      const client = ourClient(url, { transports: ["polling"], withCredentials: true, reconnection: false });
      await next(client, "connect");
      client.disconnect();
    }
    expect(handshakes).toEqual([undefined, undefined]);
    expect(polls.every((cookie) => String(cookie).startsWith("sticky="))).toBe(true);
    expect(new Set(polls).size).toBe(2);
  });

  test("hole: a connection that is made again forgets its options; ours asks with all of them", async () => {
    const { server, url } = await ourServer();
    const seen: unknown[] = [];
    const twice = new Promise<void>((resolve) => server.on("connection", (socket) => {
      const { auth, headers, query } = socket.handshake;
      if (seen.push([auth, headers["x-app"], query["v"], socket.conn.transport.name]) === 2) resolve();
      else socket.conn.close();
    }));
    ourClient(url, { transports: ["websocket"], auth: { token: "t" }, extraHeaders: { "X-App": "a" }, query: { v: "1" }, reconnectionDelay: 1, reconnectionDelayMax: 1 });
    await twice;
    expect(seen).toEqual([0, 1].map(() => [{ token: "t" }, "a", "1", "websocket"]));
  });

  test("hole: JSON is chosen for the process; ours belongs to each server and client", async () => {
    const marking = (mark: string) => jsonCodec({ reviver: (_key, value: unknown) => (typeof value === "string" && value.startsWith("text") ? `${value} ${mark}` : value) });
    const [marked, plain] = [await ourServer({ parser: marking("server") }), await ourServer()];
    for (const { server } of [marked, plain]) server.on("connection", (socket) => socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value)));
    const clients = [marked, plain].flatMap(({ url }) => [ourClient(url, { parser: marking("client") }), ourClient(url)]);
    const echoes = await Promise.all(clients.map((client): Promise<unknown> => client.emitWithAck("echo", "text")));
    expect(echoes).toEqual(["text server client", "text server", "text client", "text"]);
  });
});
