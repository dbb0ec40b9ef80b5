/** `xws io` and `xws eio`, against our servers and the official one. */
import { createServer } from "node:http";
import { Server as OfficialServer } from "socket.io";
import { afterEach, describe, expect, test } from "vitest";
import { Server as EngineServer } from "@x/engineio/server";
import { Server } from "@x/socketio/server";
import { listen } from "@x/testkit";
import { runHere as run } from "../test/program.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** As much of both servers as is used here. */
interface AnyServer {
  on(event: "connection", listener: (socket: AnySocket) => void): unknown;
  of(name: string): { use(middleware: (socket: AnySocket, next: (error?: Error) => void) => void): unknown; on(event: "connection", listener: (socket: AnySocket) => void): unknown };
  close(): unknown;
}
interface AnySocket {
  readonly handshake: { readonly auth: unknown; readonly query: Readonly<Record<string, unknown>>; readonly headers: Readonly<Record<string, unknown>> };
  on(event: string, listener: (...args: never[]) => unknown): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(): unknown;
}

const servers: readonly (readonly [string, (http: ReturnType<typeof createServer>) => AnyServer])[] = [
  ["ours", (http) => new Server(http)],
  ["the official one", (http) => new OfficialServer(http)],
];

describe.each(servers)("xws io, to %s", { timeout: 60_000 }, (_which, create) => {
  async function serve(onConnection: (socket: AnySocket) => void = () => undefined): Promise<{ url: string; io: AnyServer }> {
    const http = createServer();
    const io = create(http);
    io.on("connection", onConnection);
    const listening = await listen(http);
    open.unshift({ close: () => io.close() });
    return { url: `127.0.0.1:${listening.port}`, io };
  }

  test("emits lines of a pipe as events, and prints what comes, bytes too", async () => {
    const { url } = await serve((socket) => socket.on("say", (...args) => socket.emit("said", ...args)));
    const { out, err, exitCode } = await run(["io", url, "--count", "3", "--eof-wait", "60"], "say hello there\nsay \"a\" {\"b\": [1]} null\n[\"say\", 2]\n");
    expect([out, err, exitCode]).toEqual(["said \"hello there\"\nsaid \"a\" {\"b\":[1]} null\nsaid 2\n", "", 0]);
    expect((await run(["io", url, "-x", "say hex:00ff", "--count", "1", "-w", "60"])).out).toBe("said hex:00ff\n");
  });

  test("--ask shows answers; --json tells everything; flags reach the handshake", async () => {
    const seen: unknown[] = [];
    const { url } = await serve(({ handshake }) => {
      seen.push([handshake.auth, handshake.query["room"], handshake.headers["x-a"]]);
    });
    const sum = await serve((socket) => socket.on("sum", ((a: number, b: number, answer: (sum: number, of: string) => void) => answer(a + b, "sum"))));
    expect(await run(["io", sum.url, "-x", "sum 1 2", "--ask", "--count", "1", "-w", "60"])).toEqual({ exitCode: 0, out: "3 \"sum\"\n", err: "" });
    const { out } = await run(["io", sum.url, "-x", "sum 1 2", "--ask", "--count", "1", "-w", "60", "--json"]);
    const events = out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ kind }) => kind)).toEqual(["open", "event", "answer", "disconnected"]);
    expect(events[0]).toMatchObject({ namespace: "/", transport: expect.stringMatching(/polling|websocket/) as string });
    expect(events[2]).toMatchObject({ direction: "received", args: [3, "sum"] });
    await run(["io", url, "--auth", "{\"token\":\"t\"}", "-q", "room=1=2", "-H", "X-A: b", "-w", "0.01"]);
    expect(seen).toEqual([[{ token: "t" }, "1=2", "b"]]);
  });

  test("namespaces: by path or by flag; a refusal is told with its data and ends with 4", async () => {
    const { url, io } = await serve();
    io.of("/admin").use((socket, next) => {
      if ((socket.handshake.auth as { token?: string }).token === "t") next();
      else next(Object.assign(new Error("who are you?"), { data: { hint: "token" } }));
    });
    io.of("/admin").on("connection", (socket) => socket.emit("welcome", "admin"));
    for (const args of [[`${url}/admin`], [url, "--namespace", "/admin"]]) expect((await run(["io", ...args, "--auth", "{\"token\":\"t\"}", "--count", "1"])).out).toBe("welcome \"admin\"\n");
    const refused = await run(["io", `http://${url}/admin`]);
    expect([refused.exitCode, refused.err]).toEqual([4, "who are you?: {\"hint\":\"token\"}\n"]);
    expect((await run(["io", url, "--namespace", "/none"])).exitCode).toBe(4);
  });

  test("a server that disconnects ends it with 8", async () => {
    const { url } = await serve((socket) => socket.disconnect());
    expect((await run(["io", url, "-v"])).exitCode).toBe(8);
  });
});

describe("xws io and eio", { timeout: 60_000 }, () => {
  test.each([
    ["nobody there", 3, /is the server running/, ["io", "127.0.0.1:1"]], ["nobody there", 3, /is the server running/, ["eio", "127.0.0.1:1", "--transports", "websocket"]],
    ["a URL that is none", 2, /must read/, ["io", "http://["]], ["a URL that is none", 2, /must read/, ["eio", "ftp://h"]],
    ["auth that is no object", 2, /--auth must be a JSON object/, ["io", "h", "--auth", "no"]], ["a parameter that is none", 2, /must read name=value/, ["eio", "h", "-q", "no"]],
  ])("%s ends with %i", async (_what, exitCode, message, args) => {
    const outcome = await run(args);
    expect(outcome.err).toMatch(message);
    expect(outcome.exitCode).toBe(exitCode);
  });

  test("eio sends and prints messages, text and bytes, over either transport", async () => {
    const http = createServer();
    const engine = new EngineServer().attach(http);
    engine.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
    const { port } = await listen(http);
    open.unshift({ close: () => engine.close() }, { close: () => http.closeAllConnections() });
    for (const transport of ["polling", "websocket"]) {
      expect(await run(["eio", `127.0.0.1:${port}`, "--transports", transport, "--count", "2", "--eof-wait", "60"], "hello\n/world\n")).toEqual({ exitCode: 0, out: "hello\n/world\n", err: "" });
    }
    expect((await run(["eio", `127.0.0.1:${port}`, "-b", "hex", "--hex", "--count", "1", "--eof-wait", "60"], "00 ff\n")).out).toBe("00 ff\n");
  });
});
