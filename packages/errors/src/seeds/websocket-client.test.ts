/** The examples of websocket-client's "Exception Handling", translated; each test has the name of its section. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { printer, script, type Scripted } from "../../test/support/script.js";
import { wsframe } from "../index.js";
import { retry } from "../retry.js";

const url = "ws://echo.websocket.events/";
const closed = new wsframe.WebSocketConnectionClosedException("Cannot send: connection is closed, must be open");
const timedOut = (phase: wsframe.TimeoutPhase, afterMs: number): wsframe.WebSocketTimeoutException =>
  new wsframe.WebSocketTimeoutException(`Cannot wait longer: ${phase} took more than ${afterMs} ms`, { phase, afterMs });
const badStatus = (statusCode: number): wsframe.WebSocketBadStatusException => new wsframe.WebSocketBadStatusException(`Cannot open: status is ${statusCode}, must be 101`, {
  statusCode, statusMessage: "No", headers: { "www-authenticate": "Basic", "content-type": "text/plain" }, body: "go away",
});

test.each([
  [script(1), script("Hello"), "Received: Hello"],
  [script(1), script(closed), "Connection was closed unexpectedly"],
  [script(timedOut("connect", 5000)), script(), "Connection timed out"],
  [script(badStatus(503)), script(), "WebSocket error: Cannot open: status is 503, must be 101"],
  [script(new TypeError("bug")), script(), "Unexpected error: bug"],
])("Usage Examples: Basic Exception Handling (%#)", async (connect, receive, line) => {
  const print = printer();
  try {
    await connect(url, { timeoutMs: 5000 });
    const message = await receive();
    if (typeof message === "string") print(`Received: ${message}`);
  } catch (error) {
    if (error instanceof wsframe.WebSocketConnectionClosedException) print("Connection was closed unexpectedly");
    else if (error instanceof wsframe.WebSocketTimeoutException) print("Connection timed out");
    else if (error instanceof wsframe.WebSocketException) print(`WebSocket error: ${error.message}`);
    else print(`Unexpected error: ${(error as Error).message}`);
  }
  expect(print.lines).toEqual([line]);
});

test.each([[401, "Authentication required"], [403, "Access forbidden"], [404, "WebSocket endpoint not found"], [500, "Server error occurred"], [503, "Server error occurred"]])(
  "Usage Examples: Handshake Error Analysis: %i", async (statusCode, verdict) => {
    const print = printer();
    try {
      await script(badStatus(statusCode))("ws://example.com/protected-endpoint");
    } catch (error) {
      if (!(error instanceof wsframe.WebSocketBadStatusException)) throw error;
      print(`Handshake failed: ${error.message}`);
      print(`HTTP Status: ${error.statusCode}`);
      for (const [header, value] of Object.entries(error.respHeaders)) print(`  ${header}: ${String(value)}`);
      if (error.respBody !== "") print(`Response body: ${error.respBody}`);
      if (error.statusCode === 401) print("Authentication required");
      else if (error.statusCode === 403) print("Access forbidden");
      else if (error.statusCode === 404) print("WebSocket endpoint not found");
      else if (error.statusCode >= 500) print("Server error occurred");
    }
    expect(print.lines).toEqual([
      `Handshake failed: Cannot open: status is ${statusCode}, must be 101`, `HTTP Status: ${statusCode}`,
      "  www-authenticate: Basic", "  content-type: text/plain", "Response body: go away", verdict,
    ]);
  });

describe("Usage Examples: Protocol Error Handling", () => {
  const validate = (frame: { readonly rsv1: boolean }): void => {
    if (frame.rsv1) throw new wsframe.WebSocketProtocolException("Cannot send frame: rsv1 is set, must be clear", { code: "wsframe/reserved-bit" });
  };

  test("a frame that breaks a rule", () => {
    expect(() => validate({ rsv1: false })).not.toThrow();
    try {
      validate({ rsv1: true });
      expect.unreachable();
    } catch (error) {
      expect(error instanceof wsframe.WebSocketProtocolException && error).toMatchObject({ code: "wsframe/reserved-bit", closeCode: 1002, retryable: false });
    }
  });

  test("a payload that is not UTF-8", () => {
    const decode = (bytes: Uint8Array): string => {
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch (cause) {
        throw new wsframe.WebSocketPayloadException("Cannot decode text: bytes are not UTF-8", { cause });
      }
    };
    expect(decode(Uint8Array.of(0x68, 0x69))).toBe("hi");
    expect(() => decode(Uint8Array.of(0xff, 0xfe))).toThrow(expect.objectContaining({ name: "WebSocketPayloadException", closeCode: 1007 }) as Error);
  });
});

test("Usage Examples: Connection State Management", async () => {
  const print = printer();
  const clock = new FakeClock();
  let isOpen = true;
  const received: string[] = [];
  const send = async (message: string): Promise<void> => {
    await Promise.resolve();
    if (!isOpen) throw closed;
    received.push(message);
  };
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, ms));
  const sender = async (): Promise<void> => {
    try {
      for (let index = 0; index < 10; index++) {
        await sleep(1000);
        await send(`Message ${index}`);
        print(`Sent message ${index}`);
      }
    } catch (error) {
      if (!(error instanceof wsframe.WebSocketConnectionClosedException)) throw error;
      print("Connection closed while sending");
    }
  };
  const done = sender();
  for (let second = 0; second < 3; second++) {
    await settle(1);
    clock.advance(1000);
  }
  await settle(1);
  isOpen = false; // an interruption after three seconds
  clock.advance(1000);
  await done;
  expect(print.lines).toEqual(["Sent message 0", "Sent message 1", "Sent message 2", "Connection closed while sending"]);
  expect(received).toHaveLength(3);
});

test.each([
  ["Fast timeout", 1000, "Timeout occurred after 1000 ms in read"],
  ["Medium timeout", 5000, "Success: received 'pong'"],
  ["No timeout", undefined, "Success: received 'pong'"],
])("Usage Examples: Timeout Configuration and Handling: %s", async (_, timeoutMs, line) => {
  const clock = new FakeClock();
  /** A peer that answers after two seconds. */
  const receive = (): Promise<string> => new Promise((resolve, reject) => {
    clock.setTimer(() => resolve("pong"), 2000);
    if (timeoutMs !== undefined) clock.setTimer(() => reject(timedOut("read", timeoutMs)), timeoutMs);
  });
  const outcome = receive().then((response) => `Success: received '${response}'`, (error: unknown) => {
    if (!(error instanceof wsframe.WebSocketTimeoutException)) throw error;
    return `Timeout occurred after ${error.afterMs ?? 0} ms in ${error.phase ?? ""}`;
  });
  clock.advance(2000);
  expect(await outcome).toBe(line);
});

test.each([
  ["Invalid proxy host", new wsframe.WebSocketProxyException("host is unknown", { stage: "resolve" }), "Proxy error in resolve: host is unknown"],
  ["Wrong proxy port", new wsframe.WebSocketProxyException("connection refused", { stage: "connect", cause: new Error("ECONNREFUSED") }), "Proxy error in connect: connection refused"],
  ["Authentication required", new wsframe.WebSocketProxyException("credentials are missing", { stage: "auth", statusCode: 407, code: "wsframe/proxy-auth-required" }), "Proxy error in auth: credentials are missing"],
  ["something else", new TypeError("bug"), "Other error: bug"],
  ["nothing", 1, "Proxy connection successful"],
])("Usage Examples: Proxy Error Handling: %s", async (_, outcome, line) => {
  const print = printer();
  try {
    await script(outcome)(url, { proxy: "http://proxy.company.com:8080" });
    print("Proxy connection successful");
  } catch (error) {
    if (error instanceof wsframe.WebSocketProxyException) print(`Proxy error in ${error.stage ?? ""}: ${error.message}`);
    else print(`Other error: ${(error as Error).message}`);
  }
  expect(print.lines).toEqual([line]);
});

describe("Usage Examples: Comprehensive Error Recovery", () => {
  async function run(connect: Scripted): Promise<{ lines: readonly string[]; attempts: number; waitedMs: number }> {
    const print = printer();
    const clock = new FakeClock();
    const done = retry(() => connect(url), {
      attempts: 5, baseMs: 2000, capMs: 30_000, jitter: 0, clock,
      retryIf: (error) => {
        if (error instanceof wsframe.WebSocketBadStatusException) {
          print(`Handshake failed (HTTP ${error.statusCode})`);
          if (!error.retryable) print("Permanent error, not retrying");
          return error.retryable;
        }
        if (error instanceof wsframe.WebSocketConnectionClosedException) print("Connection closed, will retry");
        else if (error instanceof wsframe.WebSocketTimeoutException) print("Connection timeout, will retry");
        else print(`WebSocket error: ${(error as Error).message}`);
        return true;
      },
      onRetry: ({ delayMs }) => print(`Waiting ${delayMs / 1000}s before retry...`),
    }).then(() => print("Connection established"), () => print("Giving up"));
    await settle();
    while (clock.pending > 0) {
      clock.advance(clock.nextMs - clock.nowMs);
      await settle();
    }
    await done;
    return { lines: print.lines, attempts: connect.calls.length, waitedMs: clock.nowMs };
  }

  test("comes back after a closed connection and a timeout", async () => {
    expect(await run(script(closed, timedOut("connect", 5000), 1))).toEqual({
      lines: ["Connection closed, will retry", "Waiting 2s before retry...", "Connection timeout, will retry", "Waiting 4s before retry...", "Connection established"],
      attempts: 3, waitedMs: 6000,
    });
  });

  test.each([401, 403, 404])("does not try again after %i", async (statusCode) => {
    expect(await run(script(badStatus(statusCode)))).toEqual({ lines: [`Handshake failed (HTTP ${statusCode})`, "Permanent error, not retrying", "Giving up"], attempts: 1, waitedMs: 0 });
  });

  test("gives up after five attempts", async () => {
    expect(await run(script(badStatus(503)))).toMatchObject({ attempts: 5, waitedMs: 2000 + 4000 + 8000 + 16_000 });
  });
});
