/**
 * A {@link TraceSink} that writes one line per event to a logger, after websocket-client's `enableTrace`.
 *
 * Room: simple-ws shell.
 */
import type { TraceEvent, TraceSink } from "./trace.js";

/** As much of a logger as is used: `console` and pino's are some. */
export interface TraceLogger {
  debug(line: string): unknown;
}

/**
 * @returns what the option `trace` of `connect`, `accept`, `serve` and `pair` takes. Give the same one to all whose lines may mix.
 * @example `await connect(url, { trace: enableTrace(console) })`
 */
export function enableTrace(logger: TraceLogger): TraceSink {
  return (event) => void logger.debug(formatTrace(event));
}

/** One line, or for a handshake as many as it has. */
export function formatTrace(event: TraceEvent): string {
  if (event.kind === "closed") return "closed";
  const arrow = event.direction === "sent" ? ">" : "<";
  switch (event.kind) {
    case "handshake": return event.head.split(/\r?\n/).map((line) => `${arrow} ${line}`).join("\n");
    case "frame": {
      const flags = [event.isFinal ? "fin" : "more follows", event.isCompressed && "compressed", event.isMasked && "masked", `${event.payloadBytes} bytes`].filter((flag) => flag !== false);
      return `${arrow} ${event.opcode} (${flags.join(", ")})${event.preview === "" ? "" : ` ${event.preview}`}`;
    }
    case "fault": return `${arrow} ${event.message}`;
    case "end": return `${arrow} end`;
  }
}
