/** The program at a terminal: what a person sees, in memory. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve } from "@x/simple-ws/server";
import { Server } from "@x/socketio/server";
import { listen } from "@x/testkit";
import { Screen } from "../test/screen.js";
import { runConnect } from "./connect.js";
import { History } from "./history.js";
import type { OutputOptions } from "./output.js";
import { runSocketIo } from "./socket-io.js";
import { Terminal } from "./terminal.js";

const open: { close(): unknown }[] = [];
let state = "";
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "xws-"));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await rm(state, { recursive: true });
});

const flags = { verbose: 0, header: [], execute: [], query: [], eofWait: 0, askTimeout: 10 };
const output: OutputOptions = { mode: "pretty", hasColors: false, timings: false, verbosity: 0, hex: false };

describe("the prompt", () => {
  test("stays below what comes in, however many rows it takes and wherever the cursor is", async () => {
    const screen = new Screen(10, { XDG_STATE_HOME: state });
    const terminal = new Terminal(screen.streams, output);
    const lines: string[] = [];
    terminal.listen({
      onLine: (line) => {
        lines.push(line);
        return undefined;
      },
      onEnd: () => undefined,
    });
    const tell = (text: string): unknown => terminal.tell({ kind: "message", direction: "received", data: text });
    tell("1");
    screen.type("abcdefghijklmnopqrstuvwxyz");
    await screen.until("yz");
    tell("2");
    tell("3");
    await screen.until("< 3\n> abcdefgh\nijklmnopqr\nstuvwxyz");
    screen.type("\u001b[D".repeat(12)); // up into the second row
    tell("4");
    await screen.until("< 4\n>");
    screen.type("-");
    await screen.until("ijklmn-opq");
    tell("5");
    await screen.until("5\n>");
    screen.type("\n");
    await expect.poll(() => lines).toEqual(["abcdefghijklmn-opqrstuvwxyz"]);
    expect(screen.text).toBe("< 1\n< 2\n< 3\n< 4\n< 5\n> abcdefgh\nijklmn-opq\nrstuvwxyz\n>");
    terminal.stop();
  });

  test("Ctrl-C clears what is typed; with nothing typed it interrupts", async () => {
    let interrupts = 0;
    const screen = new Screen(80, { XDG_STATE_HOME: state }, () => interrupts++);
    const terminal = new Terminal(screen.streams, output);
    terminal.listen({ onLine: () => undefined, onEnd: () => undefined });
    screen.type("secret");
    await screen.until("> secret");
    screen.type("\u0003");
    await expect.poll(() => screen.text).toBe(">");
    expect(interrupts).toBe(0);
    screen.type("\u0003");
    await expect.poll(() => interrupts).toBe(1);
    terminal.stop();
    expect(screen.text).toBe("");
  });
});

test("History: newest first, nothing twice in a row, cut when it is long", async () => {
  const file = join(state, "xws", "history");
  const history = new History({ XDG_STATE_HOME: state });
  expect(history.read()).toEqual([]);
  for (const line of ["a", "a", "", "b"]) history.add(line);
  expect(await readFile(file, "utf8")).toBe("a\nb\n");
  expect(new History({ XDG_STATE_HOME: state }).read()).toEqual(["b", "a"]);
  await writeFile(file, Array.from({ length: 2 * History.size + 1 }, (_, at) => `${at}\n`).join(""));
  expect(new History({ XDG_STATE_HOME: state }).read()).toHaveLength(History.size);
  expect((await readFile(file, "utf8")).split("\n")).toHaveLength(History.size + 1);
  expect(new History({ XDG_STATE_HOME: join(file, "no folder") }).read()).toEqual([]);
});

test("at a terminal: a prompt, commands, and lines that come in between", async () => {
  const server = await serve({ onConnection: (connection) => connection.attach({ onMessage: (data) => connection.send(data), onClose: () => undefined }) });
  open.push(server);
  const screen = new Screen(120, { XDG_STATE_HOME: state });
  const ended = runConnect(server.url, flags, screen.streams, new AbortController().signal);
  await screen.until("connected");
  for (const [line, answer] of [["hello", "< hello"], ["/ping", "pong after"], ["/nonsense", "There is no /nonsense"], ["/help", "Ctrl-C clears the line"]] as const) {
    screen.type(`${line}\n`);
    await screen.until(answer);
  }
  screen.type("/close 4000 enough\n");
  expect(await ended).toBe(0);
  expect(screen.text).toMatch(/^connected to \S+\n> hello\n< hello\n> \/ping\npong after [\d.]+ ms\n> \/nonsense\nThere is no [^]*at once\.\n> \/close 4000 enough\nclosed 4000 enough$/);
  expect(await readFile(join(state, "xws", "history"), "utf8")).toBe("hello\n/ping\n/nonsense\n/help\n/close 4000 enough\n");
});

test("Ctrl-D ends it, and leaves no prompt behind", async () => {
  const server = await serve({ onConnection: () => undefined });
  open.push(server);
  const screen = new Screen(80, { XDG_STATE_HOME: state });
  const ended = runConnect(server.url, flags, screen.streams, new AbortController().signal);
  await screen.until("connected");
  screen.type("\u0004");
  expect(await ended).toBe(0);
  expect(screen.text).toBe(`connected to ${server.url}\nclosed 1000`);
});

test("io: asks and answers", async () => {
  const http = createServer();
  const io = new Server(http);
  open.push(io);
  const answers: unknown[] = [];
  io.on("connection", (socket) => {
    socket.on("sum", (a: number, b: number, answer: (sum: number) => void) => answer(a + b));
    socket.emit("ready?", 1, (...values: unknown[]) => answers.push(values));
  });
  const { port } = await listen(http);
  const screen = new Screen(120, { XDG_STATE_HOME: state });
  const ended = runSocketIo(`127.0.0.1:${port}`, flags, screen.streams, new AbortController().signal);
  await screen.until("< ready? 1 (/answer …)");
  screen.type("/answer true [2]\n/answer\n/ask sum 1 2\n/nonsense\n/help\n");
  await expect.poll(() => answers).toEqual([[true, [2]]]);
  for (const part of ["No event wants an answer", "ms 3", "There is no /nonsense", "/ask name value"]) await screen.until(part);
  screen.type("/close\n");
  expect(await ended).toBe(0);
  expect(screen.text).toMatch(/connected to http:\/\/127\.0\.0\.1:\d+, namespace \/, as \S+, over \w+/);
  expect(screen.text).toMatch(/disconnected: io client disconnect$/);
});
