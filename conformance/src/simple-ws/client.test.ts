/** @x/simple-ws's clients against a `ws` server. */
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { connect, type ConnectOptions, type WebSocketConnection } from "@x/simple-ws";
import { blobs, Opened, texts, wsEcho } from "./peers.js";

const opened = new Opened();
afterEach(() => opened.closeAll());

async function dial(url: string, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  const connection = await connect(url, options);
  opened.add(() => connection.terminate());
  return connection;
}

describe("our client and a `ws` server", () => {
  test("text and binary of every length encoding", async () => {
    const connection = await dial((await wsEcho(opened)).url);
    for (const message of [...texts, ...blobs]) {
      void connection.send(message);
      const answer = await connection.receive({ timeoutMs: 30_000 });
      expect(typeof answer === "string" ? answer === message : Buffer.compare(answer!, message as Buffer) === 0).toBe(true);
    }
  });

  test("fragments and Pings of the server", async () => {
    const { url, client } = await wsEcho(opened);
    const connection = await dial(url);
    const peer = await client;
    const pong = once(peer, "pong");
    peer.send("Grü", { fin: false });
    peer.ping("between");
    peer.send("ße", { fin: true });
    expect(await connection.receive()).toBe("Grüße");
    expect(String((await pong)[0])).toBe("between");
    expect(await connection.ping()).toBeGreaterThanOrEqual(0);
  });

  test("close codes both ways", async () => {
    const first = await wsEcho(opened);
    const ours = await dial(first.url);
    const seen = once(await first.client, "close") as Promise<[number, Buffer]>;
    expect(await ours.close(3001, "bye")).toEqual({ code: 3001, reason: "bye", wasClean: true, initiator: "local" });
    const [code, reason] = await seen;
    expect([code, reason.toString()]).toEqual([3001, "bye"]);
    const second = await wsEcho(opened, {}, (peer) => peer.close(4001, "go"));
    const theirs = await dial(second.url);
    expect(await theirs.closed).toEqual({ code: 4001, reason: "go", wasClean: true, initiator: "remote" });
    await expect(theirs.receive()).rejects.toMatchObject({ reason: 4001, message: "go" });
    const third = await wsEcho(opened, {}, (peer) => peer.terminate());
    expect(await (await dial(third.url)).closed).toMatchObject({ code: 1006, initiator: "network" });
  });

  test("a server's limit is heard as 1009", async () => {
    const connection = await dial((await wsEcho(opened, { maxPayload: 100 })).url);
    void connection.send("x".repeat(101));
    expect(await connection.closed).toMatchObject({ code: 1009, initiator: "remote" });
  });

  test("subprotocols, and a server that chooses none", async () => {
    const choosing = await wsEcho(opened, { handleProtocols: (offered) => [...offered].at(-1) ?? false });
    expect((await dial(choosing.url, { subprotocols: ["a", "b"] })).protocol).toBe("b");
    const plain = await wsEcho(opened, { handleProtocols: () => false });
    expect((await dial(plain.url, { subprotocols: ["a"] })).protocol).toBe("");
  });

  test("a server that offers compression gets none", async () => {
    const connection = await dial((await wsEcho(opened, { perMessageDeflate: { threshold: 0 } })).url);
    void connection.send("x".repeat(5_000));
    expect(await connection.receive()).toHaveLength(5_000);
  });

  test("refusals: 401 with headers and body, 400 for another path", async () => {
    const { url } = await wsEcho(opened, { path: "/chat", verifyClient: (_info, done: (isOk: boolean, code: number, message: string, headers: Record<string, string>) => void) => done(false, 401, "who?", { "WWW-Authenticate": "Basic" }) });
    await expect(connect(`${url}chat`)).rejects.toMatchObject({ code: "simple-ws/bad-status", statusCode: 401, retryable: false, cause: { headers: { "www-authenticate": "Basic" }, body: "who?" } });
    await expect(connect(`${url}other`)).rejects.toMatchObject({ statusCode: 400 });
  });

  test("back pressure: a server that does not read makes send() wait", async () => {
    const { url, client } = await wsEcho(opened, {}, (peer) => peer.pause());
    const connection = await dial(url);
    const peer = await client;
    const chunk = "x".repeat(1_000_000);
    let isWaiting = false;
    for (let count = 0; count < 14 && !isWaiting; count++) {
      const sent = connection.send(chunk);
      isWaiting = await Promise.race([sent.then(() => false), new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 100))]);
    }
    expect(isWaiting).toBe(true);
    expect(connection.bufferedBytes).toBeGreaterThan(65_536);
    peer.resume();
    await connection.send("last");
    expect(connection.bufferedBytes).toBeLessThanOrEqual(65_536);
  });
});
