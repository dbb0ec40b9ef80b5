/** Packages are upgraded independently, so two copies of this one may be installed; and bundlers minify it. */
import { beforeAll, describe, expect, test } from "vitest";
import { bundle, gzipSize, load } from "../test/support/bundle.js";
import { ALL_CLASSES, classesOf, isErrorClass, type ErrorClass } from "../test/support/classes.js";
import * as everythingHere from "./index.js";

const { engineio, isTransportError, socketio, TransportError } = everythingHere;

type Copy = typeof everythingHere & { readonly CircuitOpenError: unknown };
const everything = `export * from "./src/index.ts"; export { CircuitOpenError } from "./src/circuit-breaker.ts";`;
let copy: Copy;

beforeAll(async () => {
  copy = await load<Copy>(everything);
});

/** The classes of the other copy, which are of no class of this one by the language's own rules. */
function foreignClasses(): readonly ErrorClass[] {
  const inherits = (value: unknown): value is ErrorClass => typeof value === "function" && (value === copy.TransportError || value.prototype instanceof copy.TransportError);
  return [copy, copy.wsframe, copy.simpleWs, copy.engineio, copy.socketio, copy.pool].flatMap((family) => Object.values(family).filter(inherits));
}

test("the copies are two: nothing is shared but names", () => {
  expect(copy.TransportError).not.toBe(TransportError);
  expect(foreignClasses().filter(isErrorClass)).toHaveLength(foreignClasses().length); // prototype instanceof holds across copies, too
  expect(Object.getPrototypeOf(copy.engineio.EngineIOError)).toBe(copy.TransportError);
});

test("both copies have the same classes, and minifying keeps their names", () => {
  expect(foreignClasses().map((type) => `${type.kind.code} ${type.name}`).sort()).toEqual(ALL_CLASSES.map((type) => `${type.kind.code} ${type.name}`).sort());
});

test.each(ALL_CLASSES.map((type) => [type.kind.code, type] as const))("an error of the other copy's %s is an instance of this copy's class, and of exactly its parents", (code, type) => {
  const Foreign = foreignClasses().find((candidate) => candidate.kind.code === code)!;
  const foreign = new Foreign("m");
  const own = new type("m");
  expect(isTransportError(foreign)).toBe(true);
  for (const candidate of ALL_CLASSES) expect([candidate.kind.code, foreign instanceof candidate]).toEqual([candidate.kind.code, own instanceof candidate]);
  for (const candidate of foreignClasses()) expect([candidate.kind.code, own instanceof candidate]).toEqual([candidate.kind.code, foreign instanceof candidate]);
});

describe("subclasses of applications, across copies", () => {
  test("belong to this copy's classes that they are below", () => {
    class AuthError extends copy.socketio.ConnectionRefusedError {}
    const error: unknown = new AuthError("no");
    expect([error instanceof socketio.ConnectionRefusedError, error instanceof socketio.ConnectionError, error instanceof TransportError]).toEqual([true, true, true]);
    expect([error instanceof socketio.TimeoutError, error instanceof engineio.ConnectionError]).toEqual([false, false]);
  });

  test("are not matched by name: two of the same name stay two classes", () => {
    const here = (() => { class ConnectionError extends engineio.ConnectionError {} return ConnectionError; })();
    const there = (() => { class ConnectionError extends copy.engineio.ConnectionError {} return ConnectionError; })();
    expect(new there("m") instanceof here).toBe(false);
    expect(new copy.engineio.ConnectionError("m") instanceof here).toBe(false);
    expect(new there("m") instanceof engineio.ConnectionError).toBe(true);
  });

  test("what only looks like an error of the tree is none", () => {
    const lookalike = { [Symbol.for("@x/errors")]: true, kind: { code: "engineio/error" }, constructor: 7 };
    expect(lookalike instanceof engineio.EngineIOError).toBe(false);
    expect(JSON.parse('{"__proto__":{"constructor":{"kind":{"code":"engineio/error"}}}}') instanceof engineio.EngineIOError).toBe(false);
  });
});

test("a cause of the other copy decides about retrying, and is described, as one of this copy", () => {
  const below = new copy.engineio.ConnectionError("refused", { httpStatus: 403 });
  const error = new socketio.ConnectionError("m", { cause: below });
  expect(error.retryable).toBe(false);
  expect(error.toJSON()["cause"]).toMatchObject({ name: "ConnectionError", code: "engineio/connection-failed", httpStatus: 403 });
});

describe("bundles", () => {
  const engineClasses = "{ EngineIOError, ContentTooLongError, UnknownPacketError, QueueEmpty, SocketIsClosedError, ConnectionError }";

  test("the root costs at most 1.5 kB, Engine.IO's family less than 1 kB more (min+gzip)", async () => {
    const root = await gzipSize(`export { TransportError } from "@x/errors"`);
    const family = await gzipSize(`export { TransportError } from "@x/errors"; export ${engineClasses} from "@x/errors/engineio"`);
    expect(root).toBeLessThan(1_500);
    expect(family - root).toBeLessThan(1_000);
  });

  test("carry neither sentences nor other families that nobody uses", async () => {
    const code = await bundle(`export ${engineClasses} from "@x/errors/engineio"`);
    expect(code).toContain("engineio/content-too-long");
    expect(code).not.toContain(engineio.engineioCodes["engineio/content-too-long"].means);
    expect(code).not.toMatch(/socketio|JetSocket|SimpleWebsocket|WebSocketException/);
  });

  test("carry only the classes that are used", async () => {
    const code = await bundle(`export { QueueEmpty } from "@x/errors/engineio"`);
    expect(code).toContain("QueueEmpty");
    expect(code).not.toMatch(/ContentTooLongError|UnknownPacketError/);
  });

  test("are empty where nothing is used", async () => {
    expect(await bundle(`import "@x/errors"; import "@x/errors/retry"; import "@x/errors/engineio"`)).toBe("");
  });

  test("have the classes' names although identifiers are minified", async () => {
    const family = await load<{ readonly e: typeof engineio }>(`export * as e from "@x/errors/engineio"`);
    expect(classesOf(family.e).map((type) => type.name).sort()).toEqual(["ConnectionError", "ContentTooLongError", "EngineIOError", "QueueEmpty", "SocketIsClosedError", "UnknownPacketError"]);
    expect(new family.e.QueueEmpty("m").name).toBe("QueueEmpty");
  });
});
