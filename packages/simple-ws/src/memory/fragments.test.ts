/** Messages sent in pieces (RFC 6455 §5.4), over a link in memory, when the connection ends before the last piece. */
import { expect, test } from "vitest";
import { pair } from "./pair.js";

/** A source that falls silent after so many pieces, until it is let go. */
function slow(pieces = 1): { readonly source: AsyncIterable<string>; readonly next: () => void } {
  let next: () => void = () => undefined;
  const waited = new Promise<void>((resolve) => (next = resolve));
  async function* source(): AsyncGenerator<string> {
    yield* ["a", "b"].slice(0, pieces);
    await waited;
    yield* ["a", "b", "c"].slice(pieces);
  }
  return { source: source(), next };
}

const closed = expect.objectContaining({ code: "simple-ws/connection-closed" }) as unknown;

test("sendFragments() rejects when the connection ends while its source is silent, and while it waits for its turn", async () => {
  const { client, settle } = pair();
  const running = client.sendFragments(slow().source);
  const waiting = client.sendFragments(["d", "e"]);
  await settle();
  client.terminate();
  await expect(running).rejects.toEqual(closed);
  await expect(waiting).rejects.toEqual(closed);
});

test("sendFragments() asks its source for nothing more once the connection has ended", async () => {
  const { client, settle } = pair();
  const { source, next } = slow();
  let asked = 0;
  const counted: AsyncIterable<string> = { async *[Symbol.asyncIterator]() { for await (const piece of source) { asked++; yield piece; } } };
  const running = client.sendFragments(counted);
  await settle();
  client.terminate();
  next();
  await expect(running).rejects.toEqual(closed);
  await settle();
  expect(asked).toBe(2);
});

test("sendFragments() rejects when nobody answers our Close while its source is silent", async () => {
  const { client, server, clock, settle } = pair({ closeTimeoutMs: 5_000 });
  server.pause();
  const running = client.sendFragments(slow().source);
  await settle();
  void client.close(1000);
  clock.advance(5_000);
  await expect(running).rejects.toEqual(closed);
});

test("messages and a Close wait for a message in pieces, and leave in order behind it", async () => {
  const { client, server, settle } = pair();
  const { source, next } = slow();
  const running = client.sendFragments(source);
  void client.send("behind");
  await settle();
  next();
  await running;
  await client.close();
  const received: unknown[] = [];
  for await (const message of server) received.push(message);
  expect(received).toEqual(["abc", "behind"]);
});

test("sendFragments() rejects with what its source threw; what waited behind half a message is dropped, and the peer sees 1011", async () => {
  const { client, server } = pair();
  const failure = new Error("source");
  async function* failing(): AsyncGenerator<string> {
    yield "a";
    yield "b";
    await Promise.resolve();
    throw failure;
  }
  const running = client.sendFragments(failing());
  void client.send("behind");
  const next = client.sendFragments(["never"]);
  await expect(running).rejects.toBe(failure);
  await expect(next).rejects.toEqual(closed);
  expect(await server.closed).toMatchObject({ code: 1011, initiator: "remote" });
  expect(client.bufferedBytes).toBe(0);
});

test("a source that fails before its first piece has left ends nothing", async () => {
  const { client, server } = pair();
  const failure = new Error("source");
  async function* failing(): AsyncGenerator<string> {
    yield "a"; // held back until the next one shows that it is not the last
    await Promise.resolve();
    throw failure;
  }
  const running = client.sendFragments(failing());
  void client.send("behind");
  await expect(running).rejects.toBe(failure);
  expect(await server.receive()).toBe("behind");
  expect([client.state, server.state]).toEqual(["open", "open"]);
});

test.each([["half a message: the peer sees our Close and nothing that waited behind", 2, []], ["a message that has not begun: what waited behind leaves", 1, ["behind"]]])("close() ends %s", async (_name, pieces, received) => {
  const { client, server, settle } = pair();
  const { source, next } = slow(pieces);
  const running = client.sendFragments(source);
  void client.send("behind");
  await settle();
  const ended = client.close(4000, "enough");
  next();
  await expect(running).rejects.toEqual(closed);
  expect(await server.closed).toMatchObject({ code: 4000, reason: "enough" });
  expect(await ended).toMatchObject({ code: 4000, wasClean: true });
  const messages: unknown[] = [];
  for (let message = await server.receive().catch(() => null); message !== null; message = await server.receive().catch(() => null)) messages.push(message);
  expect(messages).toEqual(received);
});
