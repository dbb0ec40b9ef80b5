/** `accept`, where the HTTP server has settings of its own. */
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { listen } from "@x/testkit";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../client.js";
import { accept } from "../server.js";

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
