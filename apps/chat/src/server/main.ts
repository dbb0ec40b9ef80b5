/**
 * The program: settings from the environment, a server, and an orderly end on SIGINT and SIGTERM.
 *
 * Room: server; the only file with side effects.
 */
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { StartError } from "@x/app-base/start-error";
import { readConfig } from "./config.js";
import { startServer } from "./server.js";

const clientFolder = fileURLToPath(new URL("../client", import.meta.url));

/** Milliseconds for the orderly end: longer than peers have to answer a Close, shorter than supervisors wait. */
const CLOSE_LIMIT_MS = 9000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const server = await startServer({ config, logger, clientFolder });
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, "Closing");
    process.once(signal, () => process.exit(1)); // the second time, at once
    setTimeout(() => {
      logger.error("Closing took too long");
      process.exit(1);
    }, CLOSE_LIMIT_MS).unref();
    server.close().then(() => process.exit(0), (error: unknown) => {
      logger.error({ err: error }, "Closing failed");
      process.exit(1);
    });
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  console.log(`Chat is ready: ${server.url}`); // last: whoever reads it may send a signal at once
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : error instanceof Error ? (error.stack ?? error.message) : error);
  process.exit(1);
});
