/** A transport that knows nothing of Engine.IO carries sessions on both sides; whatever it does, limits and the one end hold. */
import { describe, expect, test } from "vitest";
import { Witness, config, times } from "../../test/link.js";
import { ClientSession } from "../core/client-session.js";
import { encodeOpen } from "../core/open.js";
import type { SessionConfig } from "../core/session-config.js";
import { Session } from "../core/session.js";
import { PacketStreamCarrier, type PacketListener, type PacketStream } from "./packet-stream.js";

/** Somebody else's connection: delivers at once, counts, fails on demand. */
class Pipe implements PacketStream {
  readonly name = "pipe";
  readonly closes: number[] = [];
  peer: Pipe | undefined;
  listener: PacketListener | undefined;
  answer: () => Promise<void> | undefined = () => undefined;

  send(packet: string | Uint8Array): Promise<void> | undefined {
    const answer = this.answer();
    this.peer?.listener?.onPacket(packet);
    return answer;
  }

  listen(listener: PacketListener): void {
    this.listener = listener;
  }

  close(code: number): void {
    this.closes.push(code);
    this.peer?.listener?.onClose();
  }
}

interface Side<S> {
  readonly session: S;
  readonly sink: Witness;
  readonly pipe: Pipe;
  readonly carrier: PacketStreamCarrier;
}

const clock = { now: (): number => 0 };

function side<S extends Session | ClientSession>(create: (config: SessionConfig, sink: Witness) => S, more: Partial<SessionConfig> = {}, maxMessageBytes = 100): Side<S> {
  const sink = new Witness();
  const session = create(config(clock, more), sink);
  const pipe = new Pipe();
  const carrier = new PacketStreamCarrier(session, pipe, maxMessageBytes);
  session.start(carrier);
  carrier.listen();
  return { session, sink, pipe, carrier };
}

function joined(more: Partial<SessionConfig> = {}): { readonly client: Side<ClientSession>; readonly server: Side<Session> } {
  const client = side((settings, sink) => new ClientSession(settings, sink), more);
  const server = side((settings, sink) => new Session(settings, sink, 1e6, 1e6), more);
  client.pipe.peer = server.pipe;
  server.pipe.peer = client.pipe;
  server.session.open(encodeOpen({ sid: "s", upgrades: [], ...times, maxPayload: 1e6 }), times.pingInterval, times.pingTimeout);
  return { client, server };
}

describe("PacketStreamCarrier", () => {
  test("carries handshake, messages both ways, heartbeat and close", () => {
    const { client, server } = joined();
    void client.session.send("hi");
    void server.session.send(new Uint8Array([1]));
    server.session.tick(times.pingInterval);
    expect([client.session.carrier?.name, server.sink.messages, client.sink.messages, server.sink.log.includes("heartbeat")]).toEqual(["pipe", ["hi"], [new Uint8Array([1])], true]);
    client.session.close();
    expect([client.sink.closes, server.sink.closes]).toEqual([[["forced close", undefined]], [["transport close", undefined]]]);
    expect([client.pipe.closes, server.pipe.closes]).toEqual([[1000], []]);
    expect(() => server.session.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
  });

  test("takes maxMessageBytes, and ends with 1009 one past it", () => {
    const { client, server } = joined();
    void client.pipe.send("4".padEnd(100, "x"));
    expect(server.session.state).toBe("open");
    void client.pipe.send(new Uint8Array(101));
    expect(server.sink.closes).toEqual([["transport error", expect.objectContaining({ name: "ContentTooLongError", limitBytes: 100, actualBytes: 101 })]]);
    expect(server.pipe.closes).toEqual([1009]);
  });

  test("a malformed packet ends it with 1002", () => {
    const { client, server } = joined();
    void client.pipe.send("9");
    expect([server.sink.closes[0]?.[0], server.pipe.closes]).toEqual(["parse error", [1002]]);
  });

  test("reports an end with its cause, once, and nothing after it", () => {
    const { server } = joined();
    const cause = new Error("gone");
    server.pipe.listener?.onClose(cause);
    server.pipe.listener?.onClose();
    server.pipe.listener?.onPacket("4late");
    expect([server.sink.closes, server.sink.messages]).toEqual([[["transport error", cause]], []]);
  });

  test("a send() that throws, or rejects later, ends the session; nothing is unhandled", async () => {
    const cause = new Error("broken pipe");
    const thrown = joined();
    thrown.server.pipe.answer = () => { throw cause; };
    expect(() => thrown.server.session.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed", cause }));
    expect(thrown.server.sink.closes).toEqual([["transport error", cause]]);
    const rejected = joined();
    rejected.server.pipe.answer = () => Promise.reject(cause);
    await rejected.server.session.send("x");
    expect(rejected.server.sink.closes).toEqual([["transport error", cause]]);
  });

  test("a failing send() of what waited in the outbox ends the session as well", () => {
    const { server } = joined();
    server.session.observe(); // every packet takes the way through the outbox
    server.pipe.answer = () => { throw new Error("broken pipe"); };
    expect(() => server.session.send("x")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(server.sink.closes).toHaveLength(1);
  });

  test("what the stream has not taken is back pressure, and has a limit", async () => {
    const { server } = joined({ highWaterMarkBytes: 100, maxBufferedBytes: 300 });
    const message = "x".repeat(99); // 100 with the type character
    const taken: (() => void)[] = [];
    server.pipe.answer = () => new Promise((resolve) => { taken.push(resolve); });
    await server.session.send(message);
    expect(server.carrier.isCongested).toBe(false);
    let isRelieved = false;
    const waiting = server.session.send(message).then(() => { isRelieved = true; });
    await Promise.resolve();
    expect([server.carrier.isCongested, server.session.outbox.isCongested, isRelieved]).toEqual([true, true, false]);
    for (const take of taken.splice(0)) take();
    await waiting;
    expect(server.carrier.isCongested).toBe(false);
    for (let i = 0; i < 3; i++) void server.session.send(message);
    expect(server.session.state).toBe("open");
    void server.session.send(new Uint8Array(1));
    expect(server.sink.closes).toEqual([["transport error", expect.objectContaining({ name: "EngineIOError", code: "engineio/queue-full" })]]);
  });

  test("ends the stream once, however often it is told to", () => {
    const { server } = joined();
    server.carrier.end("1", 1001);
    server.carrier.end("1", 1000);
    expect(server.pipe.closes).toEqual([1001]);
  });
});
