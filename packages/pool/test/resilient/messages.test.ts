/** What messages are: serialised, valid, seen before; and presets and options. */
import { InvalidMessageError } from "@x/errors/pool";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { settle } from "@x/testkit";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import { dashboard, llmStream, minimal, ResilientSocket, trading, type ResilientSocketOptions, type Schema, type SchemaResult } from "../../src/resilient.js";
import { drain, failure, FakeTransport, setUp } from "./fake-transport.js";

interface Order {
  readonly id: number;
}

const Trade = z.object({ symbol: z.string(), price: z.coerce.number() });

describe("schema", () => {
  test("is the Standard Schema of everybody else", () => {
    expectTypeOf<StandardSchemaV1<string, Date>>().toExtend<Schema<Date>>();
    expectTypeOf<Schema<Date>>().toExtend<StandardSchemaV1<unknown, Date>>();
    expectTypeOf<StandardSchemaV1.Result<Date>>().toEqualTypeOf<SchemaResult<Date>>();
    expectTypeOf(Trade).toExtend<Schema<{ symbol: string; price: number }>>();
  });

  test("checks, converts and types what is received", async () => {
    const { socket, open } = setUp({ schema: Trade });
    (await open()).deliver({ symbol: "X", price: "1.5" });
    const trade = await socket.receive();
    expect(trade?.price.toFixed(2)).toBe("1.50"); // typed
  });

  test("throw: a bad message is an error in its place, and the next one follows", async () => {
    const { socket, open } = setUp({ schema: Trade });
    const link = await open();
    link.deliver({ symbol: "A", price: 1 }, { symbol: 5 });
    link.deliverRaw("{");
    link.deliver({ symbol: "B", price: 2 });
    expect(await socket.receive()).toEqual({ symbol: "A", price: 1 });
    const invalid = await failure(socket.receive());
    expect(invalid).toMatchObject({ name: "InvalidMessageError", code: "pool/invalid-message", data: '{"symbol":5}' });
    expect(invalid).toHaveProperty("issues.length", 2);
    expect(await failure(socket.receive())).toMatchObject({ name: "InvalidMessageError", cause: expect.any(SyntaxError) as Error, data: "{" });
    expect(await socket.receive()).toEqual({ symbol: "B", price: 2 });
    expect([socket.stats().invalid, socket.state]).toEqual([2, "connected"]);
  });

  test("throw: a call that waits gets it at once", async () => {
    const { socket, open } = setUp({ schema: Trade });
    const link = await open();
    const waiting = failure(socket.receive());
    await settle();
    link.deliver("bad");
    expect(await waiting).toBeInstanceOf(InvalidMessageError);
  });

  test("skip counts, event tells; listeners of messages are told by event, too", async () => {
    const skip = setUp({ schema: Trade, invalid: "skip" });
    (await skip.open()).deliver("bad", { symbol: "A", price: 1 });
    expect([await drain(skip.socket), skip.socket.stats().invalid, skip.of("error")]).toEqual([[{ symbol: "A", price: 1 }], 1, []]);
    for (const pushes of [false, true]) {
      const { socket, open, of } = setUp(pushes ? { schema: Trade } : { schema: Trade, invalid: "event" });
      const link = await open();
      if (pushes) socket.on("message", () => undefined);
      link.deliver("bad");
      expect([socket.stats().buffered, of("error")]).toEqual([0, [{ error: expect.any(InvalidMessageError) as Error, fatal: false }]]);
    }
  });

  test("one that takes its time keeps the order and holds up reading", async () => {
    const waits: (() => void)[] = [];
    const validate = (value: unknown): Promise<StandardSchemaV1.Result<number>> => new Promise((resolve) => {
      waits.push(() => resolve(value === 2 ? { issues: [{ message: "no twos" }] } : { value: Number(value) }));
    });
    const { socket, open } = setUp<number>({ schema: { "~standard": { version: 1, vendor: "test", validate } } });
    const link = await open();
    link.deliver(1, 2, 3);
    expect([waits.length, link.isReading]).toEqual([1, false]);
    const all = [socket.receive(), failure(socket.receive()), socket.receive()];
    for (let round = 0; round < 3; round++) {
      waits.shift()?.();
      await settle();
    }
    expect(await Promise.all(all)).toEqual([1, expect.any(InvalidMessageError), 3]);
    expect(link.isReading).toBe(true);
  });

  test("one that takes its time: what came before the end is given out before the end is told; after close() it is not", async () => {
    const waits: (() => void)[] = [];
    const validate = (value: unknown): Promise<SchemaResult<unknown>> => new Promise((resolve) => waits.push(() => resolve({ value })));
    for (const isOurs of [false, true]) {
      const { socket, open } = setUp({ schema: { "~standard": { version: 1, vendor: "test", validate } } });
      const link = await open();
      link.deliver(1);
      const seen: unknown[] = [];
      const loop = (async () => {
        for await (const message of socket) seen.push(message);
      })();
      await settle();
      if (isOurs) void socket.close();
      if (isOurs) link.answerClose();
      else link.close(1000);
      for (const answer of waits.splice(0)) answer();
      await loop;
      expect(seen).toEqual(isOurs ? [] : [1]);
    }
  });

  test("one that fails is a bad message, not the end", async () => {
    const broken = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => (value === 1 ? Promise.reject(new Error("bug")) : JSON.parse("{") as never) } } as const;
    const { socket, open } = setUp({ schema: broken });
    (await open()).deliver(1);
    await settle();
    expect(await failure(socket.receive())).toMatchObject({ message: "Cannot accept message: its schema failed", cause: { message: "bug" } });
  });
});

test("dedup: an id that came before is dropped, wherever the message goes; at the window's size it is forgotten", async () => {
  const { socket, open } = setUp<Order>({ buffer: { dedup: { idOf: ({ id }) => id, window: 2 } } });
  const link = await open();
  link.deliver({ id: 1 }, { id: 1 }, { id: 2 }, { id: 3 }, { id: 1 });
  expect((await drain(socket)).map(({ id }) => id)).toEqual([1, 2, 3, 1]);
  const seen = vi.fn();
  socket.on("message", seen);
  link.deliver({ id: 1 }, { id: 4 });
  expect([seen.mock.calls.length, socket.stats().duplicates]).toEqual([1, 2]);
});

test("an extractor that throws has found nothing: told, and the message goes on", async () => {
  const bug = new Error("bug");
  const { socket, open, of } = setUp<Order>({ replay: { sequenceIdOf: () => {
    throw bug;
  } } });
  (await open()).deliver({ id: 1 });
  expect([await socket.receive(), of("error").length, socket.lastSequenceId]).toEqual([{ id: 1 }, 2, undefined]);
});

test("binary JSON, and bytes that are no UTF-8", async () => {
  const { socket, open } = setUp();
  const link = await open();
  link.deliverRaw(new TextEncoder().encode('{"a":"ä"}'), new Uint8Array([0xff]));
  expect(await socket.receive()).toEqual({ a: "ä" });
  expect(await failure(socket.receive())).toBeInstanceOf(InvalidMessageError);
});

describe("presets", () => {
  test.each([["trading", trading], ["llmStream", llmStream], ["dashboard", dashboard], ["minimal", minimal]] as const)("%s makes a socket, and can be changed", async (_, preset) => {
    const { socket, open } = setUp({ ...preset, buffer: 3 });
    const link = await open();
    link.deliver(1, 2, 3);
    expect([socket.state, link.isReading]).toEqual(["connected", false]);
  });

  test("their values", () => {
    const { heartbeat, buffer, maxAgeMs, reconnect } = trading;
    expect({ heartbeat, buffer, maxAgeMs, reconnect }).toMatchInlineSnapshot(`
      {
        "buffer": {
          "capacity": 10000,
          "policy": "dropOldest",
        },
        "heartbeat": {
          "intervalMs": 20000,
          "timeoutMs": 10000,
        },
        "maxAgeMs": 85800000,
        "reconnect": {
          "attempts": Infinity,
          "baseMs": 500,
          "capMs": 30000,
          "resetAfterMs": 60000,
        },
      }
    `);
  });
});

test.each<[string, ResilientSocketOptions<Order, Order>]>([
  ["heartbeat.ping and heartbeat.isPong", { heartbeat: { ping: "p" } }],
  ["buffer.dedup", { buffer: { dedup: {} } }],
  ["replay.onReplay", { replay: { onReplay: () => undefined } }],
  ["replay.unacknowledged", { replay: { unacknowledged: true } }],
])("%s are refused alone", (message, options) => {
  expect(() => new ResilientSocket("ws://x/", { transport: new FakeTransport(), ...options })).toThrow(message);
});

test("a reconnect policy out of its bounds is refused at once", () => {
  expect(() => new ResilientSocket("ws://x/", { reconnect: { factor: 0 } })).toThrow(expect.objectContaining({ code: "errors/invalid-option" }) as Error);
});
