/** Ways for clients to reach a server: attached, handed on by somebody else's HTTP server, or from an engine of the application's own. */
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { connect as connectTcp } from "node:net";
import { Server as EngineServer } from "@x/engineio/server";
import { expect, onTestFinished, test } from "vitest";
import { connect, type ClientOptions } from "../src/client.js";
import { Server } from "../src/server.js";

function echoServer(...given: ConstructorParameters<typeof Server>): Server {
  const io = new Server(...given);
  io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value));
  });
  onTestFinished(() => io.close());
  return io;
}

/** @returns its URL. */
async function listen(http: HttpServer): Promise<string> {
  await once(http.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  return `http://127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}`;
}

async function echo(url: string, options: ClientOptions = {}): Promise<unknown> {
  const socket = await connect(url, { forceNew: true, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket.emitWithAck("echo", "hello");
}

test.each([["polling"], ["websocket"]] as const)("handleRequest and handleUpgrade: nothing is attached to (%s)", async (transport) => {
  const io = echoServer();
  const http = createServer(io.handleRequest).on("upgrade", io.handleUpgrade);
  const url = await listen(http);
  expect([await echo(url, { transports: [transport] }), io.engine.clientsCount, io.httpServer]).toEqual(["hello", 1, undefined]);
  await io.close();
  expect(http.listening).toBe(true); // it is not ours
});

test("fetch: requests and responses of the Web", async () => {
  const io = echoServer({ transports: ["polling"] });
  const { fetch } = io;
  const opened = await fetch(new Request("http://a.example/socket.io/?EIO=4&transport=polling"));
  const body = await opened.text();
  expect([opened.status, body.slice(0, 8), io.engine.clientsCount]).toEqual([200, '0{"sid":', 1]);
});

test("bind and onconnection: an engine of the application's own, and sessions one by one", async () => {
  const [engine, other] = [new EngineServer({ path: "/socket.io" }), new EngineServer({ path: "/other" })];
  const io = echoServer().bind(engine);
  other.on("connection", (conn) => io.onconnection(conn));
  const http = createServer();
  engine.attach(http);
  other.attach(http);
  const url = await listen(http);
  onTestFinished(() => other.close());
  expect([await echo(url), await echo(url, { path: "/other" }), io.sockets.sockets.size]).toEqual(["hello", "hello", 2]);
  expect((await io.fetch(new Request(`${url}/socket.io/`))).status).toBe(400); // goes to the engine that is bound
});

test("attach, twice: both are served, and close() ends both", async () => {
  const [one, two] = [createServer(), createServer()];
  const urls = [await listen(one), await listen(two)];
  const io = echoServer(one).attach(two);
  expect(await Promise.all(urls.map((url) => echo(url)))).toEqual(["hello", "hello"]);
  expect([io.port, io.url]).toEqual([Number(new URL(urls[1] ?? "").port), urls[1]]);
  expect(await io.drain({ overMs: 1 })).toMatchObject({ total: 2, cutOff: 0 });
  expect(io.isClosing).toBe(true);
  await io.close();
  expect([one.listening, two.listening]).toEqual([false, false]);
});

test("a port may be text, as an environment has it; a request handler, as Express's, is refused with a hint", async () => {
  const io = echoServer("0" as unknown as number);
  if (!io.httpServer.listening) await once(io.httpServer, "listening");
  expect(await echo(`http://127.0.0.1:${String(io.port)}`)).toBe("hello");
  const app = Object.assign(() => undefined, { listen: () => undefined });
  for (const [target, hint] of [[app, "createServer"], ["http", "neither"], [{ listen: 1 }, "neither"]] as const) {
    expect(() => new Server(target as unknown as HttpServer)).toThrow(expect.objectContaining({ code: "socketio/invalid-argument", message: expect.stringContaining(hint) as string }));
  }
});

test.each([["maxSessions", 503], ["maxSessionsPerAddress", 429]])("%s: at the limit, one more, which is answered %i, and one less again", async (option, httpStatus) => {
  const http = createServer();
  const url = await listen(http);
  const io = echoServer(http, { [option]: 1, transports: ["websocket"] });
  const dial = (): ReturnType<typeof connect> => connect(url, { forceNew: true, reconnection: false, transports: ["websocket"] });
  const first = await dial();
  await expect(dial()).rejects.toMatchObject({ name: "ConnectionError", cause: { name: "ConnectionError", httpStatus } });
  const [peer] = io.sockets.sockets.values();
  const gone = new Promise((resolve) => void peer?.once("disconnect", resolve));
  first.io.engine.close();
  await gone;
  expect(await echo(url, { transports: ["websocket"] })).toBe("hello");
});

test("close() ends a server with a connection that never asked for anything, such as browsers open beforehand", async () => {
  const http = createServer();
  const io = new Server(http, { httpCloseTimeout: 200 });
  const url = await listen(http);
  const accepted = once(http, "connection");
  const silent = connectTcp(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
  onTestFinished(() => void silent.destroy());
  await accepted;
  const isOver = once(silent, "close");
  await io.close();
  await isOver;
  expect(http.listening).toBe(false);
});
