/** `accept` beside an HTTP server with settings of its own, and `acceptNow`. */
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { listen } from "@x/testkit";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../client.js";
import { accept, acceptNow, type AcceptOptions } from "../server.js";

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
