#!/usr/bin/env node
/** The program `xws`: its arguments, its streams, its signals. */
import { setMaxListeners } from "node:events";
import { run } from "./command-line.js";
import { ExitCode } from "./exit-code.js";

const interrupted = new AbortController();
setMaxListeners(0, interrupted.signal); // every connection of a bench listens
function interrupt(): void {
  if (interrupted.signal.aborted) process.exit(ExitCode.interrupted); // twice: at once
  interrupted.abort();
}
process.on("SIGINT", interrupt).on("SIGTERM", interrupt);

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(ExitCode.brokenPipe); // `xws … | head -1`: nobody reads any more, and nothing is to be said about it
  });
}

const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, interrupt };
process.exitCode = await run(process.argv.slice(2), streams, interrupted.signal);
