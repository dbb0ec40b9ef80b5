/** `accept` beside an HTTP server with settings of its own, and `acceptNow`. */
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { setErrorReporter } from "@x/errors/handlers";
import { listen } from "@x/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../client.js";
import { accept, acceptNow, type AcceptOptions, type Greet, type WebSocketConnection } from "../server.js";

test.each([0, 60_000])("an HTTP server's timeout (%i ms) does not hold for what has become a WebSocket", async (timeout) => {
  const http = createServer();
  http.timeout = timeout;
  const { port, close } = await listen(http);
  onTestFinished(close);
  const upgraded = new Promise<Socket>((resolve, reject) => {
    http.on("upgrade", (request, socket, head) => void accept(request, socket, head).then(() => resolve(request.socket), reject));
  });
  await using client = await connect(`ws://127.0.0.1:${port}`);
  expect([client.state, (await upgraded).timeout ?? 0]).toEqual(["open", 0]);
});

test("acceptNow() opens, refuses and throws at once; with a verify it is the caller's fault", async () => {
  const outcomes: unknown[] = [];
  const http = createServer();
  http.on("upgrade", (request, socket, head) => {
    const options: AcceptOptions = request.url === "/verify" ? { verify: () => undefined } : {};
    try {
      outcomes.push(acceptNow(request, socket, head, options).state);
    } catch (error) {
      outcomes.push(error);
    }
  });
  const { port, close } = await listen(http);
  onTestFinished(close);
  await using client = await connect(`ws://127.0.0.1:${port}`);
  expect(client.state).toBe("open");
  await expect(connect(`ws://127.0.0.1:${port}`, { origin: "https://other.example" })).rejects.toMatchObject({ statusCode: 403 });
  await expect(connect(`ws://127.0.0.1:${port}/verify`)).rejects.toMatchObject({ statusCode: 500 });
  expect(outcomes).toMatchObject(["open", { code: "simple-ws/origin-refused" }, { code: "simple-ws/invalid-option" }]);
});

describe("acceptNow()'s greet", () => {
  async function greeted(greet: Greet): Promise<{ readonly url: string; readonly writes: string[] }> {
    const writes: string[] = [];
    const http = createServer();
    http.on("upgrade", (request, socket, head) => {
      const write = socket.write.bind(socket) as (chunk: Uint8Array) => boolean;
      socket.write = (chunk: Uint8Array): boolean => {
        writes.push(Buffer.from(chunk).toString("latin1"));
        return write(chunk);
      };
      const before = acceptNow(request, socket, head, {}, greet);
      writes.push(`returned ${before.state}`);
    });
    const { port, close } = await listen(http);
    onTestFinished(close);
    return { url: `ws://127.0.0.1:${port}`, writes };
  }

  test("sends together with the answer, in one write, before it returns", async () => {
    const { url, writes } = await greeted((connection) => {
      void connection.send("one");
      void connection.send("two");
    });
    await using client = await connect(url);
    expect([await client.receive(), await client.receive()]).toEqual(["one", "two"]);
    expect(writes).toEqual([expect.stringMatching(/^HTTP\/1\.1 101 [^]+\r\n\r\n\x81\x03one\x81\x03two$/), "returned open"]);
  });

  test.each<[string, (connection: WebSocketConnection) => unknown, readonly unknown[]]>([
    ["attach, and is handed what came with the request", () => undefined, ["greeted", "hi", "returned", 4001]],
    ["close, and is handed what the client sent before it knew", (connection) => connection.close(4000), ["greeted", "hi", "returned", 4000]],
    ["hang up", (connection) => connection.terminate(), ["greeted", "returned", 1006]],
  ])("may %s", async (_what, greet, expected) => {
    const events: unknown[] = [];
    const http = createServer();
    const ended = new Promise((resolve) => {
      http.on("upgrade", (request, socket) => {
        acceptNow(request, socket, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]), {}, (connection) => {
          events.push("greeted");
          connection.attach({ onMessage: (data) => void events.push(data), onClose: ({ code }) => resolve(events.push(code)) });
          void greet(connection);
        });
        events.push("returned");
      });
    });
    const { port, close } = await listen(http);
    onTestFinished(close);
    await connect(`ws://127.0.0.1:${port}`).then((client) => client.close(4001), () => undefined);
    await ended;
    expect(events).toEqual(expected);
  });

  test.each<[string, Greet]>([
    ["throws", () => { throw new Error("greet"); }],
    ["rejects", () => Promise.reject(new Error("greet"))],
  ])("that %s is reported, and closes with 1011", async (_how, greet) => {
    const reported: unknown[] = [];
    const before = setErrorReporter((error) => reported.push(error));
    onTestFinished(() => void setErrorReporter(before));
    const { url, writes } = await greeted(greet);
    await using client = await connect(url);
    expect(await client.closed).toMatchObject({ code: 1011, initiator: "remote" });
    expect([reported, writes[0]]).toEqual([[new Error("greet")], expect.stringMatching(/^HTTP\/1\.1 101 /)]);
  });
});
