/** The program against servers of ours: what it prints, and how it ends; as a process where that matters. */
import { execFileSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { serve, type ServeOptions, type WebSocketServer } from "@x/simple-ws/server";
import { listen } from "@x/testkit";
import { outcomeOf, runHere as run, start } from "../test/program.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function echoServer(options: Partial<ServeOptions> = {}): Promise<WebSocketServer> {
  const server = await serve({ onConnection: (connection) => connection.attach({ onMessage: (data) => connection.send(data), onClose: () => undefined }), ...options });
  open.unshift(server);
  return server;
}

function xws(...args: string[]): ChildProcessWithoutNullStreams {
  return start(args, (child) => open.unshift({ close: () => child.kill("SIGKILL") }));
}

describe("connect", { timeout: 60_000 }, () => {
  test("sends lines of a pipe, prints what comes as it is, and ends cleanly", async () => {
    const { url } = await echoServer();
    expect(await run([url, "--eof-wait", "60", "--count", "3"], "one\ntwo words\n/three\n")).toEqual({ exitCode: 0, out: "one\ntwo words\n/three\n", err: "" });
  });

  test("-x sends and ends; -t first; --json, -v and --timings show more", async () => {
    const { url } = await echoServer();
    expect(await run([url, "-t", "first", "-x", "then", "--count", "2", "-w", "60"])).toEqual({ exitCode: 0, out: "first\nthen\n", err: "" });
    const { out } = await run([url, "-x", "é", "--count", "1", "-w", "60", "--json"]);
    const events = out.trim().split("\n").map((line) => JSON.parse(line) as { time: number; kind: string });
    expect(events.map(({ kind }) => kind)).toEqual(["open", "message", "message", "closed"]);
    expect(events[2]).toMatchObject({ direction: "received", type: "text", data: "é" });
    const verbose = await run([url, "-x", "hi", "--count", "1", "-w", "60", "-v", "--timings"]);
    expect(verbose.out).toMatch(/^\d+\.\d{3} text: hi\n\d+\.\d{3} text: hi\n$/);
    expect((await run([url, "-x", "hi", "--count", "1", "-w", "60", "-vv"])).err).toMatch(/> GET \/ HTTP\/1\.1[^]*< HTTP\/1\.1 101[^]*> text \(fin, masked, 2 bytes\) hi/);
  });

  test("bytes are sent and shown in hex or base64; compressed ones are read; nothing drives the terminal", async () => {
    const { url } = await echoServer();
    expect((await run([url, "-b", "hex", "--hex", "--count", "1", "--eof-wait", "60"], "00 ff 1b\n")).out).toBe("00 ff 1b\n");
    expect((await run([url, "-b", "base64", "--count", "1", "--eof-wait", "60"], `${gzipSync("compressed text").toString("base64")}\n`)).out).toBe("[gzip] compressed text\n");
    expect((await run([url, "-x", "\u001b]0;title\u0007\u202e", "--count", "1", "-w", "60"])).out).toBe("\\u{1b}]0;title\\u{7}\\u{202e}\n");
  });

  test("flags reach the request", async () => {
    const seen: unknown[] = [];
    const { url } = await echoServer({ subprotocols: "chat", origin: "*", perMessageDeflate: true, onConnection: (connection, { headers }) => {
      seen.push([headers["x-a"], headers["x-b"], headers["x-c"], headers.origin, headers.cookie, headers.host, connection.protocol, connection.extensions !== ""]);
      void connection.close();
    } });
    await run([url, "-H", "X-A: 1, 2", "--headers", "X-B: 1,X-C: 2", "-o", "https://a.test", "--cookie", "k=v", "--host", "h.test", "-s", "other", "chat", "-c"]);
    expect(seen).toEqual([["1, 2", "1", "2", "https://a.test", "k=v", "h.test", "chat", true]]);
  });

  test.each<[string, number, RegExp, (server: WebSocketServer, gone: number, http: Server & { port: number }) => string[]]>([
    ["a flag that is none", 2, /unknown option/, () => ["ws://h/", "--nonsense"]],
    ["a URL that is none", 2, /scheme/, () => ["ftp://h/"]],
    ["a header that is none", 2, /must read/, () => ["ws://h/", "-H", "none"]],
    ["nobody there", 3, /ECONNREFUSED.*is the server running/, (_server, gone) => [`ws://127.0.0.1:${gone}/`]],
    ["a refusal", 4, /401.*who\?.*Authorization/, (server) => [`${server.url}secret`]],
    ["a proxy that is not there", 6, /proxy failed/, (server, gone) => [server.url, "-p", `http://127.0.0.1:${gone}`]],
    ["no WebSocket", 9, /is there a WebSocket/, (_server, _gone, http) => [`ws://127.0.0.1:${http.port}/`]],
    ["another close code", 8, /^$/, (server) => [`${server.url}bye`]],
  ])("%s ends with %i", async (_what, exitCode, message, args) => {
    const gone = await listen(createServer());
    await gone.close();
    const http = createServer();
    http.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 101 Nonsense\r\n\r\n"));
    const listening = await listen(http);
    open.unshift(listening);
    const server = await echoServer({
      verify: ({ url }) => (url === "/secret" ? { statusCode: 401, body: "who?" } : undefined),
      onConnection: (connection, { url }) => { if (url === "/bye") void connection.close(4_001, "bye"); },
    });
    const outcome = await run(args(server, gone.port, Object.assign(http, { port: listening.port })));
    expect(outcome.err.replaceAll("\n", " ").trim()).toMatch(message);
    expect(outcome.exitCode).toBe(exitCode);
  });

  test("Ctrl-C closes with 1000 and ends cleanly", async () => {
    const closed: number[] = [];
    const { url } = await echoServer({ onConnection: (connection) => {
      void connection.closed.then(({ code }) => closed.push(code));
      void connection.send("hello");
    } });
    const child = xws(url);
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.stdout.once("data", () => child.kill("SIGINT"));
    expect(await exited).toBe(0);
    await expect.poll(() => closed).toEqual([1000]); // the process may be gone before its connection is
  });
});

describe("pipes", { timeout: 60_000 }, () => {
  test("whoever reads the output may leave: the program ends, and says nothing", async () => {
    const { url } = await echoServer({ onConnection: (connection) => {
      const more = async (): Promise<void> => {
        while (connection.state === "open") await connection.send("x".repeat(10_000));
      };
      more().catch(() => undefined);
    } });
    const child = xws(url);
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.stdout.once("data", () => child.stdout.destroy());
    expect([await text(child.stderr), await exited]).toEqual(["", 141]);
  });

  test("input that is faster than the network waits for it", async () => {
    let received = 0;
    const { url } = await echoServer({ onConnection: (connection) => connection.attach({ onMessage: () => { received++; }, onClose: () => undefined }) });
    expect(await outcomeOf(xws(url), `${"y".repeat(1_000)}\n`.repeat(30_000))).toEqual({ exitCode: 0, out: "", err: "" });
    expect(received).toBe(30_000);
  });
});

describe("servers and the rest", { timeout: 60_000 }, () => {
  test("echo answers, serve sends lines to all", async () => {
    for (const mode of ["echo", "serve"]) {
      const child = xws(mode, "--port", "0");
      const url = await new Promise<string>((resolve) => child.stderr.on("data", (chunk: Buffer) => {
        const found = /listening on (\S+)/.exec(chunk.toString())?.[1];
        if (found !== undefined) resolve(found);
      }));
      const client = run([url, "-t", "hello", "--count", "1", "-w", "60"]);
      if (mode === "serve") child.stdout.once("data", () => child.stdin.write("to all\n"));
      expect((await client).out).toBe(mode === "echo" ? "hello\n" : "to all\n");
      child.kill("SIGTERM");
    }
  });

  test("bench --self measures, with a picture or as JSON", async () => {
    const { out, exitCode } = await run(["bench", "--self", "--messages", "500", "--connections", "2", "--in-flight", "4"]);
    expect(out).toMatch(/^500 messages in [\d.]+ s: \d+ per second\nthere and back: [^]*│█/);
    expect(exitCode).toBe(0);
    expect(JSON.parse((await run(["bench", "--self", "--messages", "50", "--json"])).out)).toMatchObject({ messages: 50 });
    expect((await run(["bench"])).exitCode).toBe(2);
  });

  test("a certificate without its key is a mistake, not a server without TLS", async () => {
    for (const flag of ["--tls-cert", "--tls-key"]) expect(await run(["echo", "--port", "0", flag, "x.pem"])).toMatchObject({ exitCode: 2, err: expect.stringContaining("belong together") as unknown });
  });

  test("bench shows what a server says in its refusal, and nothing of it drives the terminal", async () => {
    const server = await echoServer({ verify: () => ({ statusCode: 403, body: "\u001b]0;title\u0007" }) });
    expect(await run(["bench", server.url])).toMatchObject({ exitCode: 4, err: expect.stringContaining("\\u{1b}]0;title\\u{7}") as unknown });
  });

  test.each(["bash", "zsh", "fish"])("completion for %s names commands and flags", async (shell) => {
    const { out } = await run(["completion", shell]);
    for (const word of ["connect", "bench", "io", "namespace", "subprotocols", "max-redirects"]) expect(out).toContain(word);
  });

  // Windows has no bash.
  test.skipIf(process.platform === "win32")("bash completes commands, their flags, and values that are known", async () => {
    const { out } = await run(["completion", "bash"]);
    const complete = (...words: string[]): string => `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _xws; echo "\${COMPREPLY[*]}"`;
    const script = [out, complete("xws", "e"), complete("xws", "io", "--names"), complete("xws", "ws://h", "--sub"), complete("xws", "eio", "--transports", ""), complete("xws", "-b", "h")].join("\n");
    expect(execFileSync("bash", ["-c", script]).toString()).toBe("eio echo\n--namespace\n--subprotocols\npolling websocket\nhex\n");
  });

  test("--help shows how to use it, and what its ends mean", async () => {
    const { out, exitCode } = await outcomeOf(xws("--help"), "");
    expect(out).toMatch(/Examples:[^]*xws wss:\/\/example\.com[^]*Exit codes:/);
    expect(exitCode).toBe(0);
  });
});
