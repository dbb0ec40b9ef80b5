#!/usr/bin/env node
/** The program `xws`: its arguments, its streams, its signals. */
import { setMaxListeners } from "node:events";
import { CommanderError } from "commander";
import { commandLine } from "./command-line.js";
import { ExitCode } from "./exit-code.js";

const interrupted = new AbortController();
setMaxListeners(0, interrupted.signal); // every connection of a bench listens
process.on("SIGINT", () => {
  if (interrupted.signal.aborted) process.exit(ExitCode.interrupted); // twice: at once
  interrupted.abort();
});
process.on("SIGTERM", () => interrupted.abort());

try {
  await commandLine(process, interrupted.signal, (exitCode) => (process.exitCode = exitCode)).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? ExitCode.clean : ExitCode.usage; // commander has said why
}
