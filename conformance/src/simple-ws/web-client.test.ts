/** The browsers' client, over undici's WebSocket (the browser's interface), against a `ws` server. */
import { afterEach, expect, test } from "vitest";
import { WebSocket as UndiciSocket } from "undici";
import { blobs, Opened, texts, wsEcho } from "./peers.js";
import { connect, type ConnectOptions, type WebSocketConnection } from "@x/simple-ws/web";

const opened = new Opened();
afterEach(() => opened.closeAll());

async function dial(url: string, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  const connection = await connect(url, { WebSocket: UndiciSocket, ...options });
  opened.add(() => connection.terminate());
  return connection;
}

test("text and binary of every length encoding, in order, by receive and by iteration", async () => {
  const connection = await dial((await wsEcho(opened)).url);
  const messages = [...texts, ...blobs];
  for (const message of messages) void connection.send(message);
  let at = 0;
  for await (const answer of connection) {
    const message = messages[at++]!;
    expect(typeof answer === "string" ? answer === message : Buffer.compare(answer, message as Buffer) === 0).toBe(true);
    if (at === messages.length) void connection.close(3001, "bye");
  }
  expect(await connection.closed).toEqual({ code: 3001, reason: "bye", wasClean: true, initiator: "local" });
});

test("the server's close code and the loss of the network reach receive()", async () => {
  const closing = await dial((await wsEcho(opened, {}, (peer) => peer.close(4001, "go"))).url);
  await expect(closing.receive()).rejects.toMatchObject({ reason: 4001, message: "go", initiator: "remote" });
  const lost = await dial((await wsEcho(opened, {}, (peer) => peer.terminate())).url);
  await expect(lost.receive()).rejects.toMatchObject({ reason: 1006, initiator: "network" });
  expect(() => lost.send("x")).toThrow(expect.objectContaining({ reason: 1006 }));
});

test("subprotocols and refusals", async () => {
  const { url } = await wsEcho(opened, { handleProtocols: (offered) => offered.has("b") ? "b" : false });
  expect((await dial(url, { subprotocols: ["a", "b"] })).protocol).toBe("b");
  const refusing = await wsEcho(opened, { verifyClient: () => false });
  await expect(dial(refusing.url)).rejects.toMatchObject({ code: "simple-ws/connection-failed" });
});
