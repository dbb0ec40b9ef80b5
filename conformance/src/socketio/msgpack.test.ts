/** MessagePack with the official packages and their parser, both ways. */
import { msgpackCodec } from "@x/socketio/msgpack";
import parser from "socket.io-msgpack-parser";
import { expect, test } from "vitest";
import { next, officialClient, officialServer, ourClient, ourServer, routes } from "./peers.js";

test.each(routes)("$route: socket.io-client with socket.io-msgpack-parser, our server", async ({ transports }) => {
  const { server, url } = await ourServer({ parser: msgpackCodec() });
  server.on("connection", (socket) => socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value)));
  const client = officialClient(url, { parser, transports: [...transports] });
  await next(client, "connect");
  expect(await client.timeout(30_000).emitWithAck("echo", { list: [1, "ü", Buffer.from([1, 2])] })).toEqual({ list: [1, "ü", Buffer.from([1, 2])] });
});

test.each(routes)("$route: our client, socket.io with socket.io-msgpack-parser", async ({ transports }) => {
  const { server, url } = await officialServer({ parser });
  server.on("connection", (socket) => socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value)));
  const client = ourClient(url, { parser: msgpackCodec(), transports: [...transports] });
  await next(client, "connect");
  expect(await client.timeout(30_000).emitWithAck("echo", { list: [1, "ü", Buffer.from([1, 2])] })).toEqual({ list: [1, "ü", Buffer.from([1, 2])] });
});
