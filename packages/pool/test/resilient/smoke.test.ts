import { serve } from "@x/simple-ws/server";
import { expect, test } from "vitest";
import { connectResilient } from "../../src/resilient.js";
import { setUp } from "./fake-transport.js";

test("smoke fake", async () => {
  const { socket, open, pass, transport, told } = setUp();
  const link = await open();
  link.deliver({ a: 1 });
  expect(await socket.receive()).toEqual({ a: 1 });
  await socket.send({ b: 2 });
  expect(link.sentData).toEqual([{ b: 2 }]);
  link.close();
  await pass(1000);
  expect(transport.links.length).toBe(2);
  expect(socket.state).toBe("connected");
  const closing = socket.close(1000, "bye");
  transport.last.answerClose();
  expect(await closing).toMatchObject({ code: 1000 });
});

test("smoke live", async () => {
  await using server = await serve({ onConnection: async (c) => { for await (const m of c) await c.send(m); } });
  await using socket = await connectResilient(server.url);
  await socket.send({ x: 1 });
  expect(await socket.receive({ timeoutMs: 1000 })).toEqual({ x: 1 });
});
