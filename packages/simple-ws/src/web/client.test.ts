/** The browsers' client over a native WebSocket that a test plays. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect } from "./client.js";
import type { WebConnection } from "./connection.js";
import type { NativeCloseEvent, NativeMessageEvent, NativeWebSocket } from "./native.js";

class PlayedSocket implements NativeWebSocket {
  static last: PlayedSocket;
  binaryType = "blob";
  bufferedAmount = 0;
  readonly protocol = "chat";
  readonly sent: unknown[] = [];
  readonly closes: unknown[] = [];
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;

  readonly url: string;
  readonly protocols: readonly string[];

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
    if (url === "bad") throw new SyntaxError("bad URL");
    PlayedSocket.last = this;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    if ((reason?.length ?? 0) > 123) throw new SyntaxError("too long");
    this.closes.push([code, reason]);
  }

  message(data: unknown): void {
    (this.onmessage as ((event: NativeMessageEvent) => unknown) | null)?.({ data });
  }

  ended(event: NativeCloseEvent): void {
    (this.onclose as ((event: NativeCloseEvent) => unknown) | null)?.(event);
  }
}

const dial = async (options: Parameters<typeof connect>[1] = {}): Promise<[WebConnection, PlayedSocket]> => {
  const connecting = connect("ws://x/", { WebSocket: PlayedSocket, ...options });
  const native = PlayedSocket.last;
  (native.onopen as (() => unknown) | null)?.();
  return [await connecting, native];
};

describe("connect()", () => {
  test("opens with subprotocols, and hands messages on", async () => {
    const [connection, native] = await dial({ subprotocols: ["a", "chat"] });
    expect([native.protocols, native.binaryType, connection.protocol, connection.url, connection.state]).toEqual([["a", "chat"], "arraybuffer", "chat", "ws://x/", "open"]);
    native.message("text");
    native.message(Uint8Array.of(1, 2).buffer);
    expect([await connection.receive(), await connection.receive()]).toEqual(["text", Uint8Array.of(1, 2)]);
    void connection.send("a");
    void connection.send(Uint8Array.of(3).buffer);
    expect(native.sent).toEqual(["a", Uint8Array.of(3)]);
  });

  test("fails as the platform does, without a listener left", async () => {
    const failing = connect("ws://x/", { WebSocket: PlayedSocket });
    const native = PlayedSocket.last;
    native.ended({ code: 1006, reason: "", wasClean: false });
    await expect(failing).rejects.toMatchObject({ code: "simple-ws/connection-failed" });
    expect([native.onopen, native.onclose]).toEqual([null, null]);
    await expect(connect("bad", { WebSocket: PlayedSocket })).rejects.toMatchObject({ code: "simple-ws/invalid-url", cause: { message: "bad URL" } });
  });

  test("gives up on a signal and after connectTimeoutMs, and closes what was opening", async () => {
    await expect(connect("ws://x/", { WebSocket: PlayedSocket, signal: AbortSignal.abort("no") })).rejects.toMatchObject({ code: "simple-ws/aborted", cause: "no" });
    const controller = new AbortController();
    const pending = connect("ws://x/", { WebSocket: PlayedSocket, signal: controller.signal });
    controller.abort("stop");
    await expect(pending).rejects.toMatchObject({ code: "simple-ws/aborted", cause: "stop" });
    await expect(connect("ws://x/", { WebSocket: PlayedSocket, connectTimeoutMs: 5 })).rejects.toMatchObject({ code: "simple-ws/connect-timeout" });
    expect(PlayedSocket.last.closes).toHaveLength(1);
  });

  describe("without a WebSocket", () => {
    const before: unknown = Reflect.get(globalThis, "WebSocket");
    beforeEach(() => { Reflect.set(globalThis, "WebSocket", undefined); });
    afterEach(() => { Reflect.set(globalThis, "WebSocket", before); });
    test("says so", async () => {
      await expect(connect("ws://x/")).rejects.toMatchObject({ code: "simple-ws/connection-failed" });
    });
  });
});

describe("the connection", () => {
  test("tells the peer's close, our own, and a lost network apart", async () => {
    const [remote, one] = await dial();
    one.ended({ code: 4001, reason: "go", wasClean: true });
    expect(await remote.closed).toEqual({ code: 4001, reason: "go", wasClean: true, initiator: "remote" });
    expect([one.onmessage, one.onclose]).toEqual([null, null]);
    const [local, two] = await dial();
    const closed = local.close(3001, "bye");
    expect([local.state, two.closes]).toEqual(["closing", [[3001, "bye"]]]);
    two.ended({ code: 1006, reason: "", wasClean: false });
    expect(await closed).toEqual({ code: 3001, reason: "bye", wasClean: false, initiator: "local" });
    const [lost, three] = await dial();
    three.ended({ code: 1006, reason: "", wasClean: false });
    await expect(lost.receive()).rejects.toMatchObject({ code: "simple-ws/connection-lost" });
    expect(() => lost.send("x")).toThrow(expect.objectContaining({ reason: 1006 }));
  });

  test("terminate() ends at once", async () => {
    const [connection, native] = await dial();
    connection.terminate();
    expect([connection.state, native.closes.length]).toEqual(["closed", 1]);
    expect(await connection.closed).toMatchObject({ code: 1006, initiator: "local" });
  });

  test.each([[999], [1001], [2999], [5000]])("close(%i) is refused, because the platform would", async (code) => {
    const [connection] = await dial();
    expect(() => connection.close(code)).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    expect(() => connection.close(1000, "x".repeat(124))).toThrow(expect.objectContaining({ code: "simple-ws/invalid-argument" }));
    expect(connection.state).toBe("open");
  });

  test("maxInboxMessages: one past the limit the connection ends with 1008, after what has come", async () => {
    const [connection, native] = await dial({ maxInboxMessages: 2 });
    native.message("a");
    native.message("b");
    expect(native.closes).toEqual([]);
    native.message("lost");
    expect(native.closes).toEqual([[4008, "Inbox is full"]]);
    native.ended({ code: 4008, reason: "Inbox is full", wasClean: true });
    expect([await connection.receive(), await connection.receive()]).toEqual(["a", "b"]);
    await expect(connection.receive()).rejects.toMatchObject({ code: "simple-ws/inbox-full", reason: 1008, initiator: "local", wasClean: false });
  });

  test.each([["dropOldest", ["b", "c"]], ["dropNewest", ["a", "b"]]] as const)("inboxPolicy %s loses messages, not the connection", async (inboxPolicy, kept) => {
    const [connection, native] = await dial({ maxInboxMessages: 2, inboxPolicy });
    for (const message of ["a", "b", "c"]) native.message(message);
    expect([connection.receiveNowait(), connection.receiveNowait(), connection.receiveNowait()]).toEqual([...kept, null]);
    expect(native.closes).toEqual([]);
  });

  test("send() waits while the platform holds more than the mark, trySend() does not send", async () => {
    const [connection, native] = await dial({ highWaterMarkBytes: 10 });
    native.bufferedAmount = 11;
    let isDrained = false;
    const sending = connection.send("x").then(() => (isDrained = true));
    expect(connection.trySend("y")).toBe(false);
    expect([isDrained, connection.bufferedBytes]).toEqual([false, 11]);
    native.bufferedAmount = 10;
    await sending;
    expect(connection.trySend("y")).toBe(true);
    expect(native.sent).toEqual(["x", "y"]);
  });
});
