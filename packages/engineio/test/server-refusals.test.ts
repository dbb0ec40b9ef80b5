/**
 * What the server answers to handshakes that it refuses, over real HTTP.
 *
 * Room: engineio tests. Protocol document §"Protocol"; codes and bodies are the peers'.
 */
import { createServer } from "node:http";
import { Server } from "@x/engineio/server";
import { listen } from "@x/testkit";
import { expect, it } from "vitest";

it.each([
  ["GET", "EIO=4", 0],
  ["GET", "EIO=4&transport=__proto__", 0],
  ["GET", "EIO=4&transport=polling&sid=__proto__", 1],
  ["GET", "EIO=4&transport=polling&sid=unknown", 1],
  ["POST", "EIO=4&transport=polling", 2],
  ["GET", "EIO=4&transport=websocket", 3],
  ["GET", "EIO=3&transport=polling", 5],
  ["GET", "transport=polling&__proto__=4", 5],
])("refuses %s ?%s with 400 and code %i, and says so", async (method, query, code) => {
  const http = createServer();
  const engine = new Server();
  engine.attach(http);
  const codes: number[] = [];
  engine.on("connection_error", (error) => codes.push(error.code));
  const listening = await listen(http);
  try {
    const answer = await fetch(`http://127.0.0.1:${listening.port}/engine.io/?${query}`, { method });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ code, message: expect.any(String) as unknown });
    expect(codes).toEqual([code]);
    expect(engine.clientsCount).toBe(0);
  } finally {
    await engine.close();
    await listening.close();
  }
});
