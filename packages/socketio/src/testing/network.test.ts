/** What applications' tests rely on: real rules, no ports, and a clock that only a hand moves. */
import { expect, test } from "vitest";
import { Server, type ServerOptions } from "../server.js";
import { ManualClock, memoryNetwork, type MemoryNetwork } from "../testing.js";

function place(options: ServerOptions = {}, server = {}): { io: Server; network: MemoryNetwork; clock: ManualClock } {
  const clock = new ManualClock();
  const io = new Server({ clock, ...options });
  return { io, clock, network: memoryNetwork(io, { clock, server }) };
}

test.each(["polling", "websocket"] as const)("events, bytes, acknowledgements and broadcasts travel (%s); nothing is left", async (transport) => {
  const clock = new ManualClock();
  const io = new Server({ clock });
  const network = memoryNetwork(io, { clock, transport });
  io.of("/chat").on("connection", (socket) => {
    socket.on("say", (text: string, bytes: Uint8Array, ack: (count: number) => void) => {
      socket.broadcast.emit("said", text, bytes);
      ack(bytes.length);
    });
  });
  const [ada, bob] = [network.client("/chat", { auth: { name: "Ada" } }), network.client("/chat")];
  const heard: unknown[][] = [];
  bob.on("said", (...args: unknown[]) => void heard.push(args));
  await network.settle();
  const reply = ada.emitWithAck("say", "hello", new Uint8Array([1, 2, 3]));
  await network.settle();
  expect([await reply, heard, clock.now()]).toEqual([3, [["hello", Buffer.from([1, 2, 3])]], 0]);
  expect([...io.of("/chat").sockets.values()].map(({ handshake }) => [handshake.auth, handshake.address])).toEqual([[{ name: "Ada" }, "127.0.0.1"], [{}, "127.0.0.1"]]);
  await network[Symbol.asyncDispose]();
  expect(io.of("/chat").sockets.size).toBe(0);
  await io.close();
  clock.advance(60_000); // timers are not rearmed when what they were for is over
  expect(clock.pendingTimers).toBe(0);
});

test("cut(): both ends are told, and the client comes back by itself", async () => {
  const { io, network, clock } = place();
  const reasons: string[] = [];
  io.on("connection", (socket) => void socket.on("disconnect", (reason) => void reasons.push(`server: ${reason}`)));
  const client = network.client();
  client.on("disconnect", (reason) => void reasons.push(`client: ${reason}`));
  await network.settle();
  network.isUp = false;
  network.cut();
  await network.settle();
  const errors: string[] = [];
  client.on("connect_error", ({ message }) => void errors.push(message));
  clock.advance(1100);
  await network.settle();
  expect([reasons.sort(), errors, client.connected]).toEqual([["client: transport error", "server: transport error"], ["Cannot connect: the network is down"], false]);
  network.isUp = true;
  clock.advance(5000);
  await network.settle();
  expect(client.connected).toBe(true);
});

test("silence ends in a ping timeout at both ends", async () => {
  const { io, network, clock } = place({}, { pingInterval: 300, pingTimeout: 200 });
  const reasons: string[] = [];
  io.on("connection", (socket) => void socket.on("disconnect", (reason) => void reasons.push(reason)));
  const client = network.client("/", { reconnection: false });
  client.on("disconnect", (reason) => void reasons.push(reason));
  await network.settle();
  network.setFaults({ client: { isSilent: true }, server: { isSilent: true } });
  for (let i = 0; i < 6; i++) {
    clock.advance(100);
    await network.settle();
  }
  expect(reasons).toEqual(["ping timeout", "ping timeout"]);
});

test("latency takes time of the clock, in connections to come as well", async () => {
  const { io, network, clock } = place();
  io.on("connection", (socket) => void socket.on("ask", (ack: () => void) => ack()));
  network.setFaults({ server: { latencyMs: 70 } });
  const client = network.client();
  await network.settle();
  clock.advance(70);
  await network.settle();
  expect(client.connected).toBe(true);
  let isAnswered = false;
  client.emit("ask", () => (isAnswered = true));
  await network.settle();
  clock.advance(69);
  await network.settle();
  expect(isAnswered).toBe(false);
  clock.advance(1);
  await network.settle();
  expect(isAnswered).toBe(true);
});

test("a client that is cut off while the server believes in it comes back to its session", async () => {
  const { io, network, clock } = place({ connectionStateRecovery: {} });
  io.on("connection", (socket) => void socket.join("red"));
  const client = network.client();
  const heard: unknown[] = [];
  client.on("event", (value) => void heard.push(value));
  await network.settle();
  network.setFaults({ client: { isSilent: true }, server: { isSilent: true } });
  io.to("red").emit("event", 1);
  client.io.engine?.close();
  await network.settle();
  network.setFaults({ client: { isSilent: false }, server: { isSilent: false } });
  clock.advance(1100);
  await network.settle();
  expect([client.recovery, heard]).toEqual([{ outcome: "recovered", missed: 1 }, [1]]);
});

test("a server that closes tells its clients", async () => {
  const { io, network } = place();
  const client = network.client("/", { reconnection: false });
  const reasons: string[] = [];
  client.on("disconnect", (reason) => void reasons.push(reason));
  await network.settle();
  await io.close();
  expect(reasons).toEqual(["transport close"]);
});
