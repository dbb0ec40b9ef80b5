/** `compress(false)` on its way to the engine, which is told of every message: both ends ours, no real time. What it does to the wire stands in the conformance suite. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { world, type World } from "./memory-engine.js";
import { arrival, comeBack, join, recovering } from "./recovering.js";

/** What the last connections were sent since the last call: of each message, whether it may be compressed. */
function told(place: World, count = 1): boolean[][] {
  return place.ends.slice(-count).map((end) => end.mayCompress.splice(0));
}

describe("compress()", () => {
  test("of a socket holds for the one event, its attachments included, whatever else is chained; other events may be compressed", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    socket.on("ask", (ack: (answer: string) => void) => ack("answer"));
    told(place);
    peer.compress(false).emit("secret");
    peer.emit("news");
    peer.compress(true).emit("news");
    peer.compress(false).emit("bytes", Buffer.from([1]), Buffer.from([2]));
    peer.volatile.compress(false).emit("secret");
    peer.compress(false).volatile.emit("secret");
    peer.compress(false).compress(true).emit("news");
    peer.compress(false).send("secret");
    await peer.compress(false).timeout(1000).emitWithAck("ask");
    peer.emit("news");
    expect(told(place)).toEqual([[false, true, true, false, false, false, false, false, true, false, false, true]]);
  });

  test("is given to what connect handlers send, in their order", async () => {
    const place = world();
    place.server.on("connection", (socket) => {
      socket.compress(false).emit("secret");
      socket.emit("news");
      place.server.compress(false).emit("secret");
    });
    await join(place);
    expect(told(place)).toEqual([[true, false, true, false]]); // CONNECT first
  });

  test("of a broadcast reaches all members, encoded once; server, namespaces, operators and sockets have it", async () => {
    const place = world();
    const pairs = [await join(place), await join(place)];
    for (const { socket } of pairs) socket.on("ask", (ack: (answer: string) => void) => ack("answer"));
    const { server } = place;
    const [a] = pairs.map(({ peer }) => peer);
    void a?.join("room");
    told(place, 2);
    server.compress(false).emit("secret");
    server.emit("news");
    server.of("/").compress(false).emit("secret");
    server.to("room").compress(false).emit("only a");
    server.compress(false).except(a?.id ?? "").emit("only b");
    a?.broadcast.compress(false).emit("only b");
    a?.to("nowhere").compress(false).emit("nobody");
    server.local.compress(false).emit("secret");
    server.compress(false).local.volatile.emit("secret");
    await server.timeout(1000).compress(false).emitWithAck("ask");
    expect(told(place, 2)).toEqual([[false, true, false, false, false, false, false], [false, true, false, false, false, false, false, false]]);
    const [one, other] = place.ends.map(({ sent }) => sent.at(-1));
    expect(one).toBe(other);
  });

  test("of two broadcasts of the same packets, as an adapter may write them, each is sent as it says", async () => {
    const place = world();
    const { peer } = await join(place);
    told(place);
    const packets = ['2["both"]'];
    for (const compress of [true, false, undefined, false]) peer.client.writeToEngine(packets, { compress });
    expect(told(place)).toEqual([[true, false, true, false]]);
  });

  test("is kept for a client that comes back for what it has missed", async () => {
    const place = recovering();
    const { peer } = await join(place);
    place.server.emit("before");
    await settle();
    place.cut();
    place.server.compress(false).emit("secret", Buffer.from([1]));
    place.server.emit("news");
    place.server.to(peer.id).compress(false).emit("secret");
    const arrived = arrival(place);
    await comeBack(place);
    expect((await arrived).recovered).toBe(true);
    expect(told(place)).toEqual([[true, false, false, true, false]]); // CONNECT first
  });
});
