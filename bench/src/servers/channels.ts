/** `@x/pool/channels`: 64 channels on one connection without a network, with positions, limits and everything that is on by default. */
import { ChannelPool } from "@x/pool/channels";
import type { Link, LinkHandler } from "@x/pool/resilient";
import type { Start } from "./contract.js";
import { CHANNELS, feed, type Tick } from "./routed.js";

export const start: Start = async () => {
  let count = 0;
  const handlers: LinkHandler[] = [];
  const link: Link = {
    protocol: "", extensions: "", isCongested: false,
    start: (handler) => void handlers.push(handler),
    send: () => Promise.resolve(), setReading: () => undefined, ping: () => undefined, end: () => undefined,
  };
  const pool = new ChannelPool<Tick>("ws://nowhere/", { transport: { connect: () => Promise.resolve(link) }, channelOf: "channel", positionOf: ({ position }) => position });
  for (const channel of CHANNELS) {
    const subscription = await pool.subscribe(channel);
    subscription.on("message", ({ data }) => void (count += data.last > 0 ? 1 : 0));
  }
  return { port: 0, work: (messages) => feed(messages, (text) => handlers[0]?.onMessage(text), () => count) };
};
