/** Messages of 64 channels, as an exchange sends them, and what becomes of them: counted by one listener per channel. */
export const CHANNELS: readonly string[] = Array.from({ length: 64 }, (_, index) => `ticks:${index}`);

export interface Tick {
  readonly channel: string;
  readonly position: number;
  readonly last: number;
}

const texts = (round: number): string[] => CHANNELS.map((channel, index) => JSON.stringify({ channel, position: round, last: 100 + index, bid: 99.5, ask: 100.5 }));

/** Hands `count` messages to `receive`, a turn of the event loop for every 4,096, as a socket would. @throws {Error} they were not all counted. */
export async function feed(count: number, receive: (text: string) => void, counted: () => number): Promise<void> {
  const before = counted();
  for (let sent = 0; sent < count;) {
    const round = texts(++position);
    for (let index = 0; index < round.length && sent < count; index++, sent++) receive(round[index] ?? "");
    if (sent % 4_096 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  if (counted() - before !== count) throw new Error(`${count} messages were sent, ${counted() - before} came`);
}

let position = 0;
