/** What a person sees on a terminal, in memory. */
import { FakeClock } from "@x/testkit";
import { describe, expect, test } from "vitest";
import type { ChannelHandler, Channels } from "../src/market/channels.js";
import { ChannelReader } from "../src/market/reader.js";
import type { LinkState, Message } from "../src/shared/protocol.js";
import { ask } from "../src/terminal/ask.js";
import { changeOf, quoteLine, sparkline } from "../src/terminal/board.js";
import type { Streams } from "../src/terminal/streams.js";
import { watch } from "../src/terminal/watch.js";

/** Channels that are fed by hand. */
class FakeChannels implements Channels {
  state: LinkState = "open";
  problem: string | undefined;
  readonly counts = { connections: 1, reconnects: 2, gaps: 0, duplicates: 0, channels: 0 };
  readonly handlers = new Map<string, ChannelHandler>();
  readonly #listeners = new Set<() => void>();

  subscribe(channel: string, _after: number | undefined, handler: ChannelHandler): { close: () => void } {
    this.handlers.set(channel, handler);
    return { close: () => this.handlers.delete(channel) };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  become(state: LinkState, problem?: string): void {
    this.state = state;
    this.problem = problem;
    for (const listener of this.#listeners) listener();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function setUp(isTTY: boolean) {
  const written = { out: "", err: "" };
  const streams: Streams = {
    stdout: { isTTY, columns: 100, write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    env: { NO_COLOR: "1" },
  };
  const channels = new FakeChannels();
  return { written, streams, channels, reader: new ChannelReader(channels), controller: new AbortController() };
}

const price = { timeMs: Date.UTC(2026, 0, 2, 3, 4, 5), last: 184.2, bid: 184.1, ask: 184.2, open: 180 };

describe("watch", () => {
  test("in a pipe: a line for each quote, with tabs between; the connection on stderr", async () => {
    const { written, streams, channels, reader, controller } = setUp(false);
    const over = watch({ reader, symbols: ["AMBR"], count: 2, signal: controller.signal, streams });
    channels.handlers.get("ticks:AMBR")?.onMessage({ type: "snapshot", channel: "ticks:AMBR", position: 1, ...price, history: [] });
    channels.become("lost");
    channels.become("lost", "Cannot connect: refused");
    channels.become("lost", "Cannot connect: refused");
    channels.become("open");
    channels.handlers.get("ticks:AMBR")?.onMessage({ type: "tick", channel: "ticks:AMBR", position: 2, ...price, last: 171 });
    await over;
    expect(written.out).toBe("2026-01-02T03:04:05.000Z\tAMBR\t184.20\t184.10\t184.20\t+2.33 %\n2026-01-02T03:04:05.000Z\tAMBR\t171.00\t184.10\t184.20\t−5.00 %\n");
    expect(written.err).toBe("market: connected\nmarket: connection lost, trying again\nmarket: Cannot connect: refused\nmarket: connected\n");
    expect(channels.handlers.size).toBe(0);
  });

  test("on a terminal: a board that is painted over itself", async () => {
    const { written, streams, channels, reader, controller } = setUp(true);
    const clock = new FakeClock();
    const over = watch({ reader, symbols: ["AMBR", "KELP"], count: Infinity, signal: controller.signal, streams, clock });
    channels.handlers.get("ticks:AMBR")?.onMessage({ type: "snapshot", channel: "ticks:AMBR", position: 1, ...price, history: [[0, 1], [1, 2], [2, 3]] });
    clock.advance(200);
    channels.become("lost");
    controller.abort();
    await over;
    const boards = written.out.split("\u001b[3A");
    expect(boards[0]).toBe("\r● open       sockets 1   messages 0   reconnects 2   gaps mended 0   duplicates 0\u001b[K\n\rAMBR  …\u001b[K\n\rKELP  …\u001b[K\n");
    expect(boards[1]).toContain("AMBR     184.20   +2.33 %     184.10    184.20");
    expect(boards[1]).toContain("▁▅█  Amber Optics");
    expect(boards.at(-1)).toContain("● lost");
    expect(clock.pending).toBe(0);
  });
});

test("watch ends with the server's refusal", async () => {
  const { written, streams, channels, reader, controller } = setUp(false);
  const over = watch({ reader, symbols: ["AMBR", "KELP"], count: 1, signal: controller.signal, streams });
  channels.handlers.get("ticks:KELP")?.onRefused(new Error("Full"));
  await expect(over).rejects.toThrow("Full");
  expect([written.out, channels.handlers.size]).toEqual(["", 0]);
});

describe("ask", () => {
  const token = (position: number, text: string, isLast = false): Message => ({ type: "token", channel: "", position, text, isLast });

  test("one text: token by token, until its last", async () => {
    const { written, streams, channels, reader, controller } = setUp(true);
    const over = ask({ reader, prompts: ["Hi"], signal: controller.signal, streams });
    const tell = (message: Message): void => [...channels.handlers.values()][0]?.onMessage(message);
    tell(token(1, "One"));
    tell(token(2, " two"));
    tell(token(3, " three", true));
    expect(await over).toBe(true);
    expect(written.out).toBe("One two three\n");
    expect(reader.counts).toMatchObject({ messages: 3, channels: 0 });
  });

  test("several: sentence by sentence; interrupted, what has come is shown, and the rest is cancelled", async () => {
    const { written, streams, channels, reader, controller } = setUp(false);
    const over = ask({ reader, prompts: ["A", "B"], signal: controller.signal, streams });
    const [first, second] = [...channels.handlers.values()];
    first?.onMessage(token(1, "Yes"));
    second?.onMessage(token(1, "No"));
    first?.onMessage(token(2, ".", true));
    second?.onMessage(token(2, " way"));
    controller.abort();
    expect(await over).toBe(false);
    expect(written.out).toBe("[1] Yes.\n[2] No way\n");
    expect(written.err).toContain("market: cancelled after token 2\n");
    expect(channels.handlers.size).toBe(0);
  });

  test("refused: says so", async () => {
    const { written, streams, channels, reader, controller } = setUp(false);
    const over = ask({ reader, prompts: ["A"], signal: controller.signal, streams });
    [...channels.handlers.values()][0]?.onRefused(new Error("Full"));
    expect(await over).toBe(false);
    expect(written.err).toContain("market: refused: Full\n");
  });
});

describe("the board's lines", () => {
  const quote = { symbol: "AMBR", name: "Amber Optics", decimals: 2, ...price, times: [], prices: [1, 5, 3] };

  test("sparkline() spans least to most, the last at the right", () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([5, 5], 4)).toBe("  ▄▄");
    expect(sparkline([9, 1, 2], 2)).toBe("▁█");
  });

  test("say less where there is less room, and never more than there is", () => {
    for (const columns of [30, 45, 60, 80, 120]) expect(quoteLine(quote, columns, (_, text) => text).length).toBeLessThanOrEqual(columns);
    expect(quoteLine(quote, 30, (_, text) => text)).toBe("AMBR     184.20   +2.33 %");
    expect(changeOf({ last: 90, open: 100 })).toBe("−10.00 %");
  });
});
