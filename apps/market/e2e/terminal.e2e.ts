/** The program in a terminal's place: pipes, signals, mistakes. */
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { MarketProcess, runToEnd } from "./market-process.js";

describe("beside a running market", () => {
  const market = new MarketProcess();
  beforeAll(() => market.start());
  afterAll(() => market.stop("SIGKILL"));

  test.each([["the exchange", () => market.exchangeUrl], ["the gateway", () => `${market.url.replace("http", "ws")}/feed`]])("watch, from %s: lines in a pipe, as many as were asked for", async (_, url) => {
    const { code, stdout, stderr } = await runToEnd(["watch", "AMBR", "kelp", "--count", "6", "--url", url()]);
    const lines = stdout.trimEnd().split("\n").map((line) => line.split("\t"));
    expect(lines).toHaveLength(6);
    for (const [time = "", symbol, ...numbers] of lines) {
      expect(new Date(time).toISOString()).toBe(time);
      expect(["AMBR", "KELP"]).toContain(symbol);
      expect(numbers.join(" ")).toMatch(/^[\d.]+ [\d.]+ [\d.]+ [+−][\d.]+ %$/u);
    }
    expect(code).toBe(0);
    expect(stderr).toMatch(/^market: connecting\nmarket: connected\n/u);
  });

  test("ask: several texts over one connection, by sentences", async () => {
    const { code, stdout } = await runToEnd(["ask", "What is a tick?", "And a tape?", "--url", market.exchangeUrl]);
    expect(code).toBe(0);
    for (const [number, prompt] of [[1, "What is a tick?"], [2, "And a tape?"]] as const) {
      const lines = stdout.split("\n").filter((line) => line.startsWith(`[${number}] `));
      expect(lines.length).toBeGreaterThan(4);
      expect(stdout).toContain(`You asked: “${prompt.slice(0, -1)}`);
    }
  });

  test("the page's folder, the health check and the headers of the gateway", async () => {
    const page = await fetch(market.url);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    expect((await fetch(`${market.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${market.url}/../package.json`)).status).toBe(404);
    const change = (headers: Record<string, string>): Promise<Response> => fetch(`${market.url}/api/faults`, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: '{"gap":0}' });
    expect((await change({ Origin: "http://evil.example" })).status).toBe(403);
    expect((await change({ "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await change({ Origin: market.url })).status).toBe(200);
  });

  test("SIGTERM ends it in order, with exit code 0", async () => {
    const other = new MarketProcess();
    await other.start();
    expect(await other.stop("SIGTERM")).toBe(0);
  });
});

describe("mistakes are told in a line, without a stack", () => {
  test.each([
    [["dance"], "There is no command dance. See: market --help\n"],
    [["watch", "NOPE"], "There is no NOPE. There are: AMBR BASL"],
    [["watch", "--loud"], "Unknown option '--loud'"],
    [["ask"], "Give 1 to 12 prompts"],
  ])("market %j", async (args, message) => {
    const { code, stderr } = await runToEnd([...args, ...(args[0] === "dance" ? [] : ["--url", "ws://127.0.0.1:9"])]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  test("a port in use, and wrong settings", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await runToEnd([], { PORT: String(port), EXCHANGE_PORT: "0" })).toEqual({ code: 1, stdout: "", stderr: `Port ${port} is in use by another program. Choose another one: PORT=${port + 10}\n` });
    expect(await runToEnd([], { PORT: "http", SEED: "x" })).toEqual({ code: 1, stdout: "", stderr: "Cannot start:\n  PORT must be a number\n  SEED must be a number\n" });
  });
});
