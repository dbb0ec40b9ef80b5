#!/usr/bin/env node
/**
 * The program `market`: its arguments, its streams, its signals.
 *
 * Room: the program; the only file with side effects.
 */
import { parseArgs } from "node:util";
import { StartError } from "@x/app-base/start-error";
import { isTransportError } from "@x/errors";
import { readConfig } from "./config.js";
import { openChannels } from "./market/open-channels.js";
import { ChannelReader } from "./market/reader.js";
import { start } from "./serve.js";
import { limits } from "./shared/limits.js";
import { instruments, instrumentOf } from "./shared/symbols.js";
import { ask } from "./terminal/ask.js";
import { watch } from "./terminal/watch.js";

const HELP = `A ticker dashboard and streams of text over one pool of sockets. Prices and texts are simulated.

  market                         the exchange, the gateway and the page
  market watch [SYMBOL …]        quotes: a board on a terminal, lines in a pipe
  market ask PROMPT …            simulated texts, written as they come
Options of watch and ask:
  --url URL                      default ws://127.0.0.1:3101, the exchange; a gateway's is ws://127.0.0.1:3100/feed
  --count N                      watch: end after so many quotes
Settings of market: HOST, PORT (3100), EXCHANGE_PORT (3101), EXCHANGE_URL, PUBLIC_URL, SEED, SPEED
`;

/** Milliseconds for an orderly end. */
const CLOSE_LIMIT_MS = 9_000;
const INTERRUPTED = 130;
const BROKEN_PIPE = 141;

async function main(): Promise<number> {
  const { positionals, values } = parse();
  const [command = "serve", ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  switch (command) {
    case "serve": return serve();
    case "watch": return read(values.url, async (reader, signal) => {
      const symbols = rest.length === 0 ? instruments.map(({ symbol }) => symbol) : [...new Set(rest.map((symbol) => symbol.toUpperCase()))];
      for (const symbol of symbols) if (instrumentOf(symbol) === undefined) throw new StartError(`There is no ${symbol}. There are: ${instruments.map((one) => one.symbol).join(" ")}`);
      await watch({ reader, symbols, count: values.count === undefined ? Infinity : Number(values.count), signal, streams: process });
      return true;
    });
    case "ask": return read(values.url, (reader, signal) => {
      if (rest.length === 0 || rest.length > limits.streams || rest.some((prompt) => prompt === "" || prompt.length > limits.promptChars)) throw new StartError(`Give 1 to ${limits.streams} prompts of 1 to ${limits.promptChars} characters: market ask "What is a tick?"`);
      return ask({ reader, prompts: rest, signal, streams: process });
    });
    default: throw new StartError(`There is no command ${command}. See: market --help`);
  }
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { url: { type: "string", default: "ws://127.0.0.1:3101" }, count: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
    });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : "Wrong arguments"}. See: market --help`, { cause: error });
  }
}

/** Runs until a signal comes. */
async function serve(): Promise<number> {
  const running = await start(readConfig(process.env));
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => {
      process.once(signal, () => process.exit(1)); // the second time, at once
      resolve();
    });
  });
  console.log(`The exchange is ready: ${running.exchangeUrl}`);
  console.log(`Market is ready: ${running.url}`); // last: whoever reads it may send a signal at once
  await stopped;
  setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
  await running.close();
  return 0;
}

/** Lends a reader to `work`, until that has ended. */
async function read(url: string, work: (reader: ChannelReader, signal: AbortSignal) => Promise<boolean>): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const reader = new ChannelReader(openChannels(url));
  try {
    const isWhole = await work(reader, interrupted.signal);
    return interrupted.signal.aborted ? INTERRUPTED : isWhole ? 0 : 1;
  } finally {
    await reader.close();
  }
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(BROKEN_PIPE); // `market watch | head -1`: nobody reads any more
  });
}

main().then((code) => (process.exitCode = code), (error: unknown) => {
  console.error(error instanceof StartError || isTransportError(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
