/** Connection state recovery, by client id. No real time. */
import { settle } from "@x/testkit";
import { expect, test } from "vitest";
import { comeBack, recovering } from "./recovering.js";
import { untyped } from "./sid-place.js";

test.each([[true, "without its middleware"], [false, "by its middleware"]])("skipMiddlewares %s: a client that comes back %s is connected as often as it is disconnected", async (skipMiddlewares) => {
  const at = recovering({ skipMiddlewares });
  const sio = untyped(at.server);
  const log: unknown[] = [];
  sio.on("connect", (sid) => {
    log.push(["connect", sid, sio.getSession(sid)]);
    sio.saveSession(sid, { name: "Ada" });
  });
  sio.on("disconnect", (sid) => void log.push(["disconnect", sid]));
  const socket = at.client();
  await settle();
  const { id } = socket;
  for (let round = 0; round < 2; round++) {
    at.cut();
    await comeBack(at, 10_000);
    expect([socket.connected, socket.recovered]).toEqual([true, true]);
  }
  socket.disconnect();
  await settle();
  const back = [["connect", id, { name: "Ada" }], ["disconnect", id]];
  expect([log, at.failures]).toEqual([[["connect", id, {}], ["disconnect", id], ...back, ...back], []]);
});

test("a client that comes back is disconnected where its connect handler refuses it", async () => {
  const at = recovering();
  const sio = untyped(at.server);
  const socket = at.client();
  await settle();
  sio.on("connect", () => false);
  const reasons: string[] = [];
  at.cut();
  socket.on("disconnect", (reason) => void reasons.push(reason));
  await comeBack(at);
  expect([socket.connected, reasons, at.server.sockets.sockets.size]).toEqual([false, ["io server disconnect"], 0]);
});
