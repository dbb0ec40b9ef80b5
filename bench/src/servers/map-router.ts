/** The floor of `channels`: what one would write by hand for a feed that never breaks. JSON, a Map, a call. */
import type { Start } from "./contract.js";
import { CHANNELS, feed, type Tick } from "./routed.js";

export const start: Start = () => {
  let count = 0;
  const listeners = new Map<string, (tick: Tick) => void>(CHANNELS.map((channel) => [channel, ({ last }) => void (count += last > 0 ? 1 : 0)]));
  const receive = (text: string): void => {
    const tick = JSON.parse(text) as Tick;
    listeners.get(tick.channel)?.(tick);
  };
  return Promise.resolve({ port: 0, work: (messages) => feed(messages, receive, () => count) });
};
