import { expect, test, vi } from "vitest";
import { createErrorLogger, type ErrorLoggerOptions } from "./error-logger.js";
import { setErrorReporter } from "./handlers.js";
import { engineio, simpleWs } from "./index.js";

function setUp(options: Omit<ErrorLoggerOptions, "logger"> = {}) {
  const lines: [level: string, entry: object, message: string][] = [];
  const at = (level: string) => (entry: object, message: string) => void lines.push([level, entry, message]);
  const logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { lines, log: createErrorLogger({ logger, wallNow: () => 0, ...options }) };
}

test("writes timestamp, type, message, code and context, and returns the entry", () => {
  const { log, lines } = setUp({ context: { service: "chat" } });
  const entry = log(new engineio.SocketIsClosedError("Cannot send: session is closed, must be open"), { sid: "abc" });
  expect(entry).toEqual({
    timestamp: "1970-01-01T00:00:00.000Z", errorType: "SocketIsClosedError", errorMessage: "Cannot send: session is closed, must be open",
    code: "engineio/socket-closed", context: { service: "chat", sid: "abc" },
  });
  expect(lines).toEqual([["warn", entry, "SocketIsClosedError: Cannot send: session is closed, must be open"]]);
});

test("adds stack and causes at debug where the level is error", () => {
  const { log, lines } = setUp();
  const entry = log(new engineio.ConnectionError("Cannot connect", { cause: new Error("below") }));
  expect(lines.map(([level]) => level)).toEqual(["error", "debug"]);
  const debug = lines[1]?.[1] as { readonly stack: readonly string[] };
  expect(debug).toMatchObject({ ...entry, error: { cause: { message: "below" } } });
  expect([debug.stack[0], debug.stack[1]?.trim().slice(0, 3)]).toEqual(["ConnectionError: Cannot connect", "at "]);
});

test.each([
  [new TypeError("bug"), "TypeError", "bug", undefined],
  [Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), "Error", "refused", "ECONNREFUSED"],
  ["text", "string", "text", undefined],
  [undefined, "undefined", "", undefined],
  [{}, "Object", "", undefined],
])("takes %o, too", (thrown, errorType, errorMessage, code) => {
  expect(setUp().log(thrown)).toMatchObject({ errorType, errorMessage, code });
});

test("levels go by code, then by class, then are error", () => {
  const { log, lines } = setUp({ levels: { "engineio/socket-closed": "info", SocketIsClosedError: "error", QueueEmpty: "debug" } });
  log(new engineio.SocketIsClosedError("m"));
  log(new engineio.SocketIsClosedError("m", { code: "app/other", reason: "x" }));
  log(new engineio.QueueEmpty("m"));
  log(new simpleWs.ConnectionClosed("m"));
  log(new engineio.UnknownPacketError("m"));
  expect(lines.map(([level]) => level)).toEqual(["info", "error", "debug", "debug", "warn", "error", "debug"]);
});

test("never writes secrets or lines that a peer made up", () => {
  const { log, lines } = setUp();
  log(new engineio.ConnectionError("a\nb ws://u:hunter2@h/"), { token: "hunter2", headers: { cookie: "hunter2" }, text: "x\ny" });
  expect(JSON.stringify(lines)).not.toContain("hunter2");
  expect(JSON.stringify(lines)).not.toContain("\\n");
});

test("survives a logger that throws or rejects", async () => {
  const reported = vi.fn();
  const before = setErrorReporter(reported);
  const broken = () => { throw new Error("disk full"); };
  const rejecting = () => Promise.reject(new Error("disk gone"));
  try {
    createErrorLogger({ logger: { debug: rejecting, info: broken, warn: broken, error: broken } })(new Error("m"));
    await Promise.resolve();
    await Promise.resolve();
    expect(reported.mock.calls.map(([error]: unknown[]) => (error as Error).message)).toEqual(["disk full", "disk gone"]);
  } finally {
    setErrorReporter(before);
  }
});

test("takes console for a logger", () => {
  const spy = vi.spyOn(console, "warn").mockImplementation(() => {});
  createErrorLogger({ logger: console })(new engineio.SocketIsClosedError("m"));
  expect(spy).toHaveBeenCalledOnce();
  spy.mockRestore();
});
