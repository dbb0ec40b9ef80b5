/** `compress(false)`: what the engine is told of every message, without a network; and what the wire shows. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import type { Socket } from "../src/client.js";
import { connect, type ConnectOptions, serve } from "../src/index.js";
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

  test("of a client holds for events that wait for the connection, and for those that are tried again, too", async () => {
    const place = world();
    const socket = place.client({ retries: 1, ackTimeout: 1000 });
    socket.volatile.compress(false).emit("lost");
    socket.compress(false).emit("secret");
    socket.emit("news");
    await settle();
    const server = place.ends[0];
    expect(server?.other?.mayCompress).toEqual([true, false, true]); // CONNECT first
    place.clock.advance(1000);
    await settle();
    expect(server?.other?.mayCompress.slice(3)).toEqual([false, true]);
    const plain = place.client({ forceNew: true });
    plain.compress(false).emit("secret");
    plain.emit("news");
    await settle();
    plain.compress(false).emit("secret");
    await settle();
    expect(place.ends[1]?.other?.mayCompress).toEqual([true, false, true, false]);
  });
});

/** A member of a server that compresses, and what its WebSocket carries. */
interface Member {
  readonly socket: Socket;
  /** Of each large message, whether it came compressed, or went so. */
  readonly received: boolean[];
  readonly sent: boolean[];
}

const secret = "secret ".repeat(300);

async function member(port: number | undefined, options: ConnectOptions): Promise<Member> {
  const [received, sent]: [boolean[], boolean[]] = [[], []];
  const socket = await connect(`http://127.0.0.1:${String(port)}`, {
    ...options,
    trace: (event) => {
      if (event.kind === "frame" && (event.isCompressed || event.payloadBytes > 1024)) (event.direction === "sent" ? sent : received).push(event.isCompressed);
    },
  });
  return { socket, received, sent };
}

describe("on the wire", () => {
  test("one event is left as it is, to one socket and from one; all others are compressed as ever", async () => {
    await using server = await serve({ host: "127.0.0.1", perMessageDeflate: true });
    server.on("connection", (socket) => {
      socket.on("ask", (_secret: string, ack: () => void) => {
        socket.compress(false).emit("event", secret);
        socket.emit("event", secret);
        socket.compress(false).emit("event", Buffer.alloc(2000));
        socket.compress(true).emit("event", secret);
        ack();
      });
    });
    const { socket, received, sent } = await member(server.port, { transports: ["websocket"], perMessageDeflate: true });
    await socket.emitWithAck("ask", secret);
    expect(received).toEqual([false, true, false, true]);
    await socket.compress(false).emitWithAck("ask", secret);
    expect(sent).toEqual([true, false]);
    socket.disconnect();
  });

  test("a broadcast reaches members with and without compression, and those that poll, as it says", async () => {
    await using server = await serve({ host: "127.0.0.1", perMessageDeflate: true });
    const deflating = { transports: ["websocket"], perMessageDeflate: true } as const;
    const members = [await member(server.port, deflating), await member(server.port, deflating), await member(server.port, { transports: ["websocket"] })];
    const poll = await polling(server.port);
    const heard = members.map(({ socket }) => new Promise<void>((resolve) => void socket.on("last", resolve)));
    const codings: unknown[] = [];
    for (const compress of [true, false, true]) {
      server.compress(compress).emit("event", secret);
      const { coding, text } = await poll();
      expect(text).toBe(`42["event","${secret}"]`);
      codings.push(coding);
    }
    server.emit("last");
    await Promise.all(heard);
    expect(members.map(({ received }) => received)).toEqual([[true, false, true], [true, false, true], [false, false, false]]);
    expect(codings).toEqual(["gzip", null, "gzip"]);
    for (const { socket } of members) socket.disconnect();
  });
});

/** A bare client that polls and is in the default namespace. @returns what asks for the next answer. */
async function polling(port: number | undefined): Promise<() => Promise<{ coding: string | null; text: string }>> {
  const url = `http://127.0.0.1:${String(port)}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(url)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  await fetch(`${url}&sid=${sid}`, { method: "POST", body: "40" });
  const poll = async (): Promise<{ coding: string | null; text: string }> => {
    const answer = await fetch(`${url}&sid=${sid}`, { headers: { "Accept-Encoding": "gzip" } });
    return { coding: answer.headers.get("content-encoding"), text: await answer.text() };
  };
  expect((await poll()).text).toMatch(/^40/);
  return poll;
}
