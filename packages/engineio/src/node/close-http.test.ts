import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { FakeClock, listen } from "@x/testkit";
import { expect, onTestFinished, test } from "vitest";
import { closeHttpServer } from "./close-http.js";
import { serve } from "./listen.js";

/** An HTTP server that leaves its answers to the test. */
async function server() {
  const http = createServer();
  const { port, close } = await listen(http);
  onTestFinished(close);
  return { http, port };
}

/** A connection that never asks for anything, once the server knows of it. */
async function silent(http: ReturnType<typeof createServer>, port: number): Promise<Socket> {
  const accepted = once(http, "connection");
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await accepted;
  return socket;
}

/** Lets what the sockets have to tell arrive; nothing waits for it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a connection that never sends a request is waited for until the timeout, and not longer", async () => {
  const { http, port } = await server();
  const [clock, socket] = [new FakeClock(), await silent(http, port)];
  const isOver = once(socket, "close");
  let isClosed = false;
  const closed = closeHttpServer(http, { timeoutMs: 1000, clock }).then(() => (isClosed = true));
  clock.advance(999);
  await turn();
  expect(isClosed).toBe(false);
  clock.advance(1);
  await closed;
  await isOver;
});

test("a request that is being answered gets its answer; then its connection is hung up on, though it is kept alive", async () => {
  const { http, port } = await server();
  const clock = new FakeClock();
  const asked = once(http, "request") as Promise<[IncomingMessage, ServerResponse]>;
  const answered = new Promise<IncomingMessage>((resolve) => get({ port, host: "127.0.0.1", headers: { connection: "keep-alive" } }, resolve));
  const [, response] = await asked;
  const closed = closeHttpServer(http, { timeoutMs: 1000, clock });
  clock.advance(850);
  const isOut = once(response, "close");
  response.end("the answer");
  const [answer] = await Promise.all([answered, isOut]);
  expect(await answer.toArray()).toEqual([Buffer.from("the answer")]);
  clock.advance(100); // it looks again, before the time is up
  await closed;
});

test("nothing to wait for: a server that does not listen, which it says, or that nobody is connected to", async () => {
  expect(await closeHttpServer(createServer())).toMatchObject({ code: "ERR_SERVER_NOT_RUNNING" });
  const { http } = await server();
  const [first, second] = [closeHttpServer(http), closeHttpServer(http)];
  expect([await first, await second, http.listening]).toEqual([undefined, expect.objectContaining({ code: "ERR_SERVER_NOT_RUNNING" }), false]);
});

test("a server that somebody else has closed, which still holds a connection, is not waited for longer either", async () => {
  const { http, port } = await server();
  const [clock, socket] = [new FakeClock(), await silent(http, port)];
  const isOver = once(socket, "close");
  http.close();
  const closed = closeHttpServer(http, { timeoutMs: 1000, clock });
  clock.advance(1000);
  await closed;
  await isOver;
});

test("a server that cannot hang up on connections is not waited for longer either", async () => {
  const clock = new FakeClock();
  const closed = closeHttpServer({ close: () => undefined }, { timeoutMs: 1000, clock });
  clock.advance(1000);
  await closed;
});

test("serve(): close() ends the server of its own in httpCloseTimeout, whoever holds a connection", async () => {
  const clock = new FakeClock();
  const engine = await serve({ clock, httpCloseTimeout: 200 });
  const socket = await silent(engine.httpServer as ReturnType<typeof createServer>, engine.port);
  const isOver = once(socket, "close");
  const closed = engine.close();
  clock.advance(100);
  clock.advance(100);
  await closed;
  await isOver;
});
