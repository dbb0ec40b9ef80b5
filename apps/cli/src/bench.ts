/**
 * `xws bench`: a bounded load of messages on a server that echoes, and how long they took to come back.
 */
import { connect } from "@x/simple-ws/client";
import { serve } from "@x/simple-ws/server";
import { ExitCode, verdictOf } from "./exit-code.js";
import { escapeText } from "./payload.js";
import { chartOf, percentilesOf } from "./histogram.js";
import type { Streams } from "./terminal.js";

export interface BenchFlags {
  readonly connections: number;
  readonly inFlight: number;
  readonly size: number;
  readonly messages: number;
  readonly compress?: boolean;
  readonly json?: boolean;
}

interface Result {
  readonly messages: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

/** @param url `undefined`: an echo server of our own, in this process. */
export async function runBench(url: string | undefined, flags: BenchFlags, streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  const own = url === undefined ? await serve({ perMessageDeflate: flags.compress ?? false, onConnection: (connection) => connection.attach({ onMessage: (data) => connection.send(data), onClose: () => undefined }) }) : undefined;
  try {
    const result = await load(url ?? own?.url ?? "", flags, progressOn(streams), interrupted);
    streams.stdout.write(flags.json === true ? `${JSON.stringify(summaryOf(result))}\n` : report(result));
    return ExitCode.clean;
  } catch (error) {
    const { exitCode, message } = verdictOf(error);
    streams.stderr.write(`${escapeText(message)}\n`);
    return exitCode;
  } finally {
    await own?.close();
  }
}

async function load(url: string, { connections, inFlight, size, messages, compress = false }: BenchFlags, progress: (part: number) => void, signal: AbortSignal): Promise<Result> {
  const text = "x".repeat(size);
  const latenciesMs: number[] = [];
  let left = messages;
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: connections }, async () => {
    await using connection = await connect(url, { perMessageDeflate: compress, signal, maxMessageBytes: Math.max(size * 4, 1_048_576) });
    const sentMs: number[] = [];
    const send = (): void => {
      if (left <= 0 || signal.aborted) return;
      left--;
      sentMs.push(performance.now());
      connection.send(text).catch(() => undefined); // the loop below is told
    };
    for (let count = 0; count < inFlight; count++) send();
    while (sentMs.length > 0) {
      await connection.receive();
      latenciesMs.push(performance.now() - (sentMs.shift() ?? 0));
      if (latenciesMs.length % 1_024 === 0) progress(latenciesMs.length / messages);
      send();
    }
  }));
  progress(1);
  return { messages: latenciesMs.length, seconds: (performance.now() - startedMs) / 1_000, latenciesMs };
}

function progressOn({ stderr, stdout }: Streams): (part: number) => void {
  if (stdout.isTTY !== true) return () => undefined;
  return (part) => void stderr.write(`\r\u001b[K${"█".repeat(Math.round(part * 30)).padEnd(30, "░")} ${Math.round(part * 100)} %${part === 1 ? "\n" : ""}`);
}

function summaryOf({ messages, seconds, latenciesMs }: Result): object {
  return { messages, seconds, messagesPerSecond: Math.round(messages / seconds), latencyMs: percentilesOf(latenciesMs) };
}

function report({ messages, seconds, latenciesMs }: Result): string {
  const { p50, p90, p99, max } = percentilesOf(latenciesMs);
  return `${messages} messages in ${seconds.toFixed(2)} s: ${Math.round(messages / seconds)} per second\n`
    + `there and back: half within ${p50.toFixed(2)} ms, 90 % ${p90.toFixed(2)}, 99 % ${p99.toFixed(2)}, all ${max.toFixed(2)}\n\n${chartOf(latenciesMs)}\n`;
}
