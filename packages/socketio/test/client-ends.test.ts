/** What a client's socket does once it is over for good. No real time. */
import { settle } from "@x/testkit";
import { expect, test } from "vitest";
import { world } from "./memory-engine.js";

test("emit() on a socket that is over for good throws, until connect(); what may be lost is dropped", async () => {
  const place = world();
  const heard: unknown[] = [];
  place.server.on("connection", (socket) => void socket.onAny((event) => void heard.push(event)));
  const socket = place.client();
  await settle();
  let reply: (value: number) => void = () => undefined;
  socket.on("ask", (ack: (value: number) => void) => void (reply = ack));
  place.server.emit("ask", () => undefined);
  await settle();
  socket.disconnect();
  for (const emit of [() => socket.emit("x"), () => socket.emit("x", () => undefined), () => socket.send("x")]) {
    expect(emit).toThrow(expect.objectContaining({ name: "DisconnectedError", reason: "io client disconnect" }));
  }
  expect(socket.acks.size).toBe(0);
  socket.volatile.emit("volatile");
  reply(1);
  socket.connect();
  socket.emit("kept");
  await settle();
  expect(heard).toEqual(["kept"]);
});
