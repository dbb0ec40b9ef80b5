import { describe, expect, test } from "vitest";
import { ALL_CLASSES, classesOf, FAMILIES } from "../test/support/classes.js";
import { engineio, isTransportError, pool, simpleWs, socketio, TransportError, wsframe } from "./index.js";

describe.each(ALL_CLASSES.map((type) => [`${type.kind.code} ${type.name}`, type] as const))("%s", (_, type) => {
  const error = new type("Cannot do: state is A, must be B");

  test("is an error of its class and of all above it", () => {
    for (let at: unknown = type; typeof at === "function" && at !== Error; at = Object.getPrototypeOf(at)) {
      expect(error instanceof at).toBe(true);
    }
    expect(isTransportError(error)).toBe(true);
  });

  test("takes everything from its class that nobody gave", () => {
    expect(error).toMatchObject({ name: type.name, message: "Cannot do: state is A, must be B", code: type.kind.code, retryable: error.retryable, details: {} });
    expect(error.layer).toBe(type.kind.code.split("/")[0]);
    expect([error.closeCode, error.httpStatus]).toEqual([type.kind.closeCode, type.kind.httpStatus]);
    expect("cause" in error).toBe(false);
    expect(new type().message).toBe("");
  });

  test("takes what is given, and its class's where undefined is given", () => {
    const cause = new Error("below");
    const given = { code: "app/mine", cause, details: { a: 1 }, retryable: !error.retryable, closeCode: 4000, httpStatus: 599 } as const;
    expect(new type("m", given)).toMatchObject(given);
    expect(new type("m", given).cause).toBe(cause);
    const nothing = new type("m", { code: undefined, cause: undefined, details: undefined, retryable: undefined, closeCode: undefined, httpStatus: undefined });
    expect(nothing).toMatchObject({ code: type.kind.code, details: {}, retryable: error.retryable });
    expect([nothing.closeCode, nothing.httpStatus]).toEqual([type.kind.closeCode, type.kind.httpStatus]);
  });

  test("shows its name on the stack and in text, and lets it be assigned", () => {
    expect(error.stack).toMatch(new RegExp(`^${type.name}: Cannot do`));
    expect(Object.keys(error)).not.toContain("name");
    const renamed = new type("m");
    renamed.name = "Mine";
    expect([renamed.name, new type("m").name]).toEqual(["Mine", type.name]);
  });
});

test("each class has its own default code, in its family's table under its name", () => {
  expect(new Set(ALL_CLASSES.map((type) => type.kind.code)).size).toBe(ALL_CLASSES.length);
  for (const family of FAMILIES) {
    for (const type of classesOf(family.classes)) expect(family.codes[type.kind.code]?.by).toBe(type.name);
  }
});

test("every code names its family and a class of it, and has one sentence", () => {
  for (const { layer, classes, codes } of FAMILIES) {
    const names = classesOf(classes).map((type) => type.name);
    for (const [code, { by, means }] of Object.entries(codes)) {
      expect(code).toMatch(new RegExp(`^${layer}/[a-z0-9]+(-[a-z0-9]+)*$`));
      expect(names).toContain(by);
      expect(means).toMatch(/^[A-Z`].*\.$/);
      expect(means).not.toMatch(/\. [A-Z]/);
    }
  }
});

test("the classes of the five families are those of the five documents", () => {
  const names = Object.fromEntries(FAMILIES.map(({ layer, classes }) => [layer, classesOf(classes).map((type) => type.name).sort()]));
  expect(names).toMatchObject({
    wsframe: ["WebSocketAddressException", "WebSocketBadStatusException", "WebSocketConnectionClosedException", "WebSocketException", "WebSocketPayloadException", "WebSocketProtocolException", "WebSocketProxyException", "WebSocketTimeoutException"],
    "simple-ws": ["ConnectionClosed", "ConnectionError", "SimpleWebsocketError"],
    engineio: ["ConnectionError", "ContentTooLongError", "EngineIOError", "QueueEmpty", "SocketIsClosedError", "UnknownPacketError"],
    socketio: ["BadNamespaceError", "ConnectionError", "ConnectionRefusedError", "DisconnectedError", "SocketIOError", "TimeoutError"],
    pool: ["BufferError", "BufferOverflowError", "ConnectionClosedError", "ConnectionError", "ConnectionRefusedError", "ConnectionTimeoutError", "InvalidFrameError", "InvalidMessageError", "InvalidStateError", "JetSocketError", "PoolError", "PoolExhaustedError", "ProtocolError"],
  });
});

describe("lineage", () => {
  test.each([
    [wsframe.WebSocketPayloadException, wsframe.WebSocketException],
    [simpleWs.ConnectionClosed, simpleWs.SimpleWebsocketError],
    [engineio.QueueEmpty, engineio.EngineIOError],
    [socketio.ConnectionRefusedError, socketio.ConnectionError],
    [pool.ConnectionTimeoutError, pool.ConnectionError],
    [pool.ConnectionRefusedError, pool.ConnectionError],
    [pool.InvalidFrameError, pool.ProtocolError],
    [pool.BufferOverflowError, pool.BufferError],
    [pool.PoolExhaustedError, pool.PoolError],
    [pool.InvalidStateError, pool.JetSocketError],
  ])("%o is below %o", (type, parent) => {
    expect(new type("m") instanceof parent).toBe(true);
    expect(new parent("m") instanceof type).toBe(false);
  });

  test("families do not mix, though they share names", () => {
    expect(new engineio.ConnectionError("m") instanceof socketio.ConnectionError).toBe(false);
    expect(new socketio.ConnectionError("m") instanceof pool.ConnectionError).toBe(false);
    expect(new simpleWs.ConnectionError("m") instanceof engineio.ConnectionError).toBe(false);
  });

  test.each([undefined, null, 1, "text", {}, [], new Error("m"), () => {}, Object.create(null), { code: "engineio/error", kind: engineio.EngineIOError.kind }])(
    "%o is not of the tree", (value: unknown) => {
      expect(isTransportError(value)).toBe(false);
      expect(value instanceof engineio.EngineIOError).toBe(false);
    });
});

test.each([[401, true], [403, true], [407, true], [404, false], [503, false], [undefined, false]])("isAuth of the status %s is %s", (statusCode, isAuth) => {
  expect(new wsframe.WebSocketBadStatusException("m", { statusCode }).isAuth).toBe(isAuth);
});

describe("retryable", () => {
  test.each([401, 403, 404, 410])("is false for the final status %i, true for others", (httpStatus) => {
    expect(new engineio.ConnectionError("m", { httpStatus }).retryable).toBe(false);
    expect(new engineio.ConnectionError("m", { httpStatus: 503 }).retryable).toBe(true);
    expect(new wsframe.WebSocketBadStatusException("m", { statusCode: httpStatus }).retryable).toBe(false);
  });

  test.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 4401, 4403])("is false for the final close code %i", (reason) => {
    expect(new simpleWs.ConnectionClosed("", { reason }).retryable).toBe(false);
  });

  test.each([1001, 1005, 1006, 1011, 1012, 1013, 1014, 4000])("is true for the close code %i", (reason) => {
    expect(new simpleWs.ConnectionClosed("", { reason }).retryable).toBe(true);
  });

  test("follows the cause: what is final below is final above", () => {
    const status = new wsframe.WebSocketBadStatusException("m", { statusCode: 401 });
    const engine = new engineio.ConnectionError("m", { cause: status });
    expect(new socketio.ConnectionError("m", { cause: engine }).retryable).toBe(false);
    expect(new socketio.ConnectionError("m", { cause: new Error("ECONNREFUSED") }).retryable).toBe(true);
  });

  test("is what the caller says, whatever else speaks against it", () => {
    expect(new engineio.ConnectionError("m", { httpStatus: 401, retryable: true }).retryable).toBe(true);
  });

  test("of an address: a name may resolve later, a malformed URL stays malformed", () => {
    expect(new wsframe.WebSocketAddressException("m").retryable).toBe(true);
    expect(new wsframe.WebSocketAddressException("m", { code: "wsframe/invalid-url" }).retryable).toBe(false);
  });
});

describe("subclasses of applications", () => {
  class AuthError extends socketio.ConnectionRefusedError {
    readonly realm = "chat";
  }
  class OtherError extends socketio.ConnectionRefusedError {}

  test("keep their name, their class's defaults and the language's instanceof", () => {
    const error = new AuthError("no", { data: { tries: 3 } });
    expect(error).toMatchObject({ name: "AuthError", code: "socketio/connection-refused", layer: "socketio", realm: "chat" });
    expect([error instanceof AuthError, error instanceof socketio.ConnectionError, error instanceof OtherError]).toEqual([true, true, false]);
    expect(new socketio.ConnectionRefusedError("no") instanceof AuthError).toBe(false);
  });

  test("may have defaults of their own", () => {
    class BusyError extends TransportError {
      static override readonly name: string = "BusyError";
      static override readonly kind = { code: "app/busy", retryable: true, httpStatus: 503 };
    }
    expect(new BusyError("m")).toMatchObject({ code: "app/busy", retryable: true, httpStatus: 503, layer: "errors" });
    expect(new TransportError("m") instanceof BusyError).toBe(false);
  });
});

test("attributes that the documents name", () => {
  expect(new engineio.ContentTooLongError("m", { limitBytes: 4, actualBytes: 5 })).toMatchObject({ limitBytes: 4, actualBytes: 5, closeCode: 1009, httpStatus: 413 });
  expect(new engineio.UnknownPacketError("m", { packetType: "9" })).toMatchObject({ packetType: "9", httpStatus: 400 });
  expect(new engineio.SocketIsClosedError("m", { reason: "ping timeout" }).reason).toBe("ping timeout");
  expect(new engineio.ConnectionError("m", { body: { code: 1 } }).body).toEqual({ code: 1 });
  expect(new socketio.ConnectionRefusedError("no").errorArgs).toEqual({ message: "no" });
  expect(new socketio.ConnectionRefusedError("a\nb", { data: [1] }).errorArgs).toEqual({ message: "a\nb", data: [1] });
  expect(new socketio.ConnectionRefusedError("no", { data: [1] }).data).toEqual([1]);
  expect(new socketio.TimeoutError("m", { afterMs: 5, operation: "call" })).toMatchObject({ afterMs: 5, operation: "call" });
  expect(new socketio.BadNamespaceError("m", { namespace: "/x" }).namespace).toBe("/x");
  expect(new socketio.DisconnectedError("m", { reason: "transport close" }).reason).toBe("transport close");
  expect(new simpleWs.ConnectionError("m", { statusCode: 426 })).toMatchObject({ statusCode: 426, httpStatus: 426 });
  expect(new simpleWs.ConnectionClosed("bye", { reason: 1001, wasClean: true, initiator: "remote" }))
    .toMatchObject({ reason: 1001, closeCode: 1001, message: "bye", wasClean: true, initiator: "remote" });
  expect(String(new simpleWs.ConnectionClosed("bye", { reason: 1001 }))).toBe("ConnectionClosed: Connection closed: 1001 bye");
  expect(String(new simpleWs.ConnectionClosed())).toBe("ConnectionClosed: Connection closed: 1006");
  expect(new wsframe.WebSocketConnectionClosedException("m")).toMatchObject({ closeCode: 1006, reason: "", wasClean: false, initiator: "network" });
  expect(new wsframe.WebSocketTimeoutException("m", { phase: "tls", afterMs: 9 })).toMatchObject({ phase: "tls", afterMs: 9 });
  expect(new wsframe.WebSocketProxyException("m", { stage: "auth", statusCode: 407, headers: { via: "p" } })).toMatchObject({ stage: "auth", statusCode: 407, httpStatus: 407 });
  expect(new wsframe.WebSocketAddressException("m", { host: "h", url: "ws://h" })).toMatchObject({ host: "h", url: "ws://h" });
  const bad = new wsframe.WebSocketBadStatusException("m", { statusCode: 503, statusMessage: "Busy", headers: { a: "b" }, body: "x" });
  expect([bad.statusCode, bad.statusMessage, bad.headers, bad.respHeaders, bad.body, bad.respBody]).toEqual([503, "Busy", { a: "b" }, { a: "b" }, "x", "x"]);
  expect(new pool.ConnectionClosedError("m", { closeCode: 1012, reason: "restart", wasClean: true })).toMatchObject({ closeCode: 1012, reason: "restart", wasClean: true });
  expect(new pool.ConnectionTimeoutError("m", { afterMs: 5, operation: "send" })).toMatchObject({ afterMs: 5, operation: "send" });
  expect(new pool.ConnectionRefusedError("m", { httpStatus: 410 })).toMatchObject({ httpStatus: 410, retryable: false });
  expect(new pool.InvalidFrameError("m").closeCode).toBe(1002);
  expect(new pool.InvalidMessageError("m", { data: "{", issues: ["no JSON"] })).toMatchObject({ data: "{", issues: ["no JSON"] });
  expect(new pool.BufferOverflowError("m", { capacity: 100, dropped: 1 })).toMatchObject({ capacity: 100, dropped: 1 });
  expect(new pool.PoolError("m", { stats: { active: 1, idle: 2, waiting: 3 } }).stats).toEqual({ active: 1, idle: 2, waiting: 3 });
  expect(new pool.PoolExhaustedError("m", { maxConnections: 4, timeoutMs: 5000, stats: { active: 4, idle: 0, waiting: 3 } }))
    .toMatchObject({ maxConnections: 4, timeoutMs: 5000, active: 4, idle: 0, waiting: 3 });
  expect(new pool.InvalidStateError("m", { currentState: "closed", allowedStates: ["open"] })).toMatchObject({ currentState: "closed", allowedStates: ["open"] });
});

test("a message is escaped and cut at 1024 units", () => {
  expect(new TransportError("a\r\nb\u202e").message).toBe("a\\u{d}\\u{a}b\\u{202e}");
  expect(new TransportError("x".repeat(1024)).message).toBe("x".repeat(1024));
  expect(new TransportError("x".repeat(1025)).message).toBe(`${"x".repeat(1023)}…`);
});
