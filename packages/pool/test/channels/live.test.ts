/** Over real sockets: a server that numbers its channels' messages, and cuts connections. */
import { serve, type WebSocketConnection } from "@x/simple-ws/server";
import { expect, test } from "vitest";
import { ChannelPool } from "../../src/channels.js";
import { ackOf, type Asked, type Tick } from "./exchange.js";

test("forty channels on two connections, each of which is cut: everybody gets every message once and in order", async () => {
  const history = new Map<string, number>();
  const readers = new Map<WebSocketConnection, Set<string>>();
  await using server = await serve({
    port: 0,
    host: "127.0.0.1",
    onConnection: (connection) => {
      const names = new Set<string>();
      readers.set(connection, names);
      const answer = ({ id, channels: [asked] }: Asked): void => {
        if (asked === undefined) return;
        const { channel, after = 0 } = asked;
        const last = history.get(channel) ?? 0;
        void connection.send(JSON.stringify({ ack: id, positions: { [channel]: last } }));
        for (let seq = after + 1; seq <= last; seq++) void connection.send(JSON.stringify({ channel, seq }));
        names.add(channel);
      };
      connection.attach({ onMessage: (data) => answer(JSON.parse(String(data)) as Asked), onClose: () => void readers.delete(connection) });
    },
  });
  const publish = (channel: string): void => {
    const seq = (history.get(channel) ?? 0) + 1;
    history.set(channel, seq);
    for (const [connection, names] of readers) if (names.has(channel) && connection.state === "open") void connection.send(JSON.stringify({ channel, seq }));
  };
  await using pool = new ChannelPool<Tick>(`ws://127.0.0.1:${server.port}`, {
    maxChannelsPerConnection: 20, channelOf: "channel", positionOf: ({ seq }) => seq, ackOf, reconnect: { baseMs: 1, capMs: 5 }, batchIntervalMs: 1,
    subscribe: ({ id, channel, after }) => ({ op: "subscribe", id, channels: [{ channel, after }] }),
  });
  const names = Array.from({ length: 40 }, (_, n) => `channel-${n}`);
  const received = new Map<string, number[]>();
  for (const subscription of await Promise.all(names.map((name) => pool.subscribe(name)))) {
    const seqs: number[] = [];
    received.set(subscription.name, seqs);
    subscription.on("message", ({ data }) => seqs.push(data.seq));
  }
  expect(readers.size).toBe(2);
  for (let round = 0; round < 20; round++) {
    for (const name of names) publish(name);
    if (round % 5 === 2) for (const connection of readers.keys()) connection.terminate();
    await new Promise(setImmediate);
  }
  const all = Array.from({ length: 20 }, (_, n) => n + 1);
  await expect.poll(() => [...received.values()].every((seqs) => seqs.length >= 20)).toBe(true);
  for (const seqs of received.values()) expect(seqs).toEqual(all);
});
