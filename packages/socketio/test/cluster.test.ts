/** Two servers that share rooms, in one process: what reaches the sockets of both, and what `local` keeps at home. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import type { ClientSocket } from "../src/index.js";
import type { Server, Socket } from "../src/server.js";
import { bus } from "./bus-adapter.js";
import { join, world } from "./memory-engine.js";

interface Member {
  readonly server: Server;
  readonly socket: ClientSocket;
  readonly peer: Socket;
}

/** Two sockets on the first server, one on the second; all in one room. */
async function cluster(): Promise<{ members: readonly [Member, Member, Member]; heard: string[] }> {
  const adapter = bus();
  const [one, two] = [world({ adapter }), world({ adapter })];
  const heard: string[] = [];
  const enter = async (name: string, place: typeof one): Promise<Member> => {
    const { socket, peer } = await join(place);
    await peer.join("room");
    socket.onAny((event: string, ...args: unknown[]) => {
      const ack = args.at(-1);
      heard.push(`${name} ${event}`);
      if (typeof ack === "function") (ack as (reply: string) => void)(name);
    });
    return { server: place.server, socket, peer };
  };
  return { members: [await enter("a", one), await enter("b", one), await enter("c", two)], heard };
}

describe("local", () => {
  test.each<[string, string[], (member: Member) => { emit(event: string): unknown }]>([
    ["server", ["a", "b"], ({ server }) => server.local],
    ["namespace", ["a", "b"], ({ server }) => server.of("/").local],
    ["room", ["a", "b"], ({ server }) => server.to("room").local],
    ["local, then a room", ["a", "b"], ({ server }) => server.local.in("room")],
    ["socket", ["b"], ({ peer }) => peer.local],
    ["room of a socket", ["b"], ({ peer }) => peer.to("room").local],
    ["broadcast of a socket", ["b"], ({ peer }) => peer.broadcast.local],
    ["not: server", ["a", "b", "c"], ({ server }) => server],
    ["not: socket", ["b", "c"], ({ peer }) => peer.broadcast],
  ])("%s: an event reaches %j", async (_name, reached, operator) => {
    const { members, heard } = await cluster();
    operator(members[0]).emit("x");
    await settle();
    expect(heard.toSorted()).toEqual(reached.map((name) => `${name} x`));
  });

  test("acknowledgements, fetchSockets(), socketsJoin(), socketsLeave(), disconnectSockets() are of this server's sockets alone", async () => {
    const { members: [a, b, c] } = await cluster();
    const { server } = a;
    expect((await server.local.timeout(1000).emitWithAck("x") as string[]).toSorted()).toEqual(["a", "b"]);
    expect((await server.timeout(1000).emitWithAck("x") as string[]).toSorted()).toEqual(["a", "b", "c"]);
    const ids = (sockets: readonly { readonly id: string }[]): string[] => sockets.map(({ id }) => id).toSorted();
    expect(ids(await server.local.fetchSockets())).toEqual(ids([a.peer, b.peer]));
    expect(ids(await server.fetchSockets())).toEqual(ids([a.peer, b.peer, c.peer]));
    server.local.socketsJoin("more");
    server.local.socketsLeave("room");
    await settle();
    expect([a, b, c].map(({ peer }) => [peer.rooms.has("more"), peer.rooms.has("room")])).toEqual([[true, false], [true, false], [false, true]]);
    server.local.disconnectSockets();
    await settle();
    expect([a, b, c].map(({ socket }) => socket.connected)).toEqual([false, false, true]);
  });
});

test("send() and write() collect replies, too, of all servers", async () => {
  const { members: [{ server }] } = await cluster();
  const replies = await new Promise((resolve) => void server.timeout(1000).send("hello", (_error: Error | null, given: string[]) => resolve(given.toSorted())));
  expect(replies).toEqual(["a", "b", "c"]);
});
