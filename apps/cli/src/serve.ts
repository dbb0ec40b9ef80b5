/**
 * `xws serve` and `xws echo`: servers to try clients on.
 */
import { serve, type ServeOptions, type WebSocketConnection } from "@x/simple-ws/server";
import { InvalidArgumentError } from "commander";
import { ExitCode, verdictOf } from "./exit-code.js";
import { outputOptions, read, type OutputFlags } from "./flags.js";
import { parseLine, type BinaryInput } from "./input.js";
import { Terminal, type Streams } from "./terminal.js";

export interface ServeFlags extends OutputFlags {
  readonly port: number;
  readonly host: string;
  readonly path?: string;
  readonly subprotocols?: readonly string[];
  readonly origin?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly compress?: boolean;
  readonly maxConnections?: number;
  readonly maxMessage?: number;
  readonly binary?: BinaryInput;
}

/** @param isEcho sends back what comes; otherwise lines of standard input go to all clients. */
export async function runServe(isEcho: boolean, flags: ServeFlags, streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  const terminal = new Terminal(streams, outputOptions(flags, streams));
  const options = serveOptions(flags);
  let count = 0;
  try {
    await using server = await serve({
      ...options,
      onConnection: (connection, request) => {
        const from = `#${++count}`;
        terminal.tell({ kind: "info", text: `${from} connected from ${request.socket.remoteAddress ?? "somewhere"} to ${request.url ?? "/"}` });
        listen(connection, from, isEcho, terminal);
      },
      onRefused: (error) => terminal.tell({ kind: "error", text: verdictOf(error).message }),
    });
    terminal.tell({ kind: "info", text: `listening on ${server.url}` });
    await new Promise<void>((resolve) => {
      interrupted.addEventListener("abort", () => resolve(), { once: true });
      if (isEcho) return;
      terminal.listen({
        onLine: (line) => {
          const command = parseLine(line, false, flags.binary ?? "none");
          if (command.kind === "send") terminal.tell({ kind: "info", text: `sent to ${server.broadcast(command.data)}` });
          else if (command.kind === "mistake") terminal.tell({ kind: "error", text: command.text });
          return undefined;
        },
        onEnd: () => {
          if (terminal.isInteractive) resolve(); // Ctrl-D; a pipe may end and the server go on
        },
      });
    });
    terminal.stop();
    return ExitCode.clean;
  } catch (error) {
    terminal.tell({ kind: "error", text: verdictOf(error).message });
    return ExitCode.failure;
  }
}

function listen(connection: WebSocketConnection, from: string, isEcho: boolean, terminal: Terminal): void {
  connection.attach({
    onMessage: (data) => {
      const hasRoom = terminal.tell({ kind: "message", direction: "received", data, from });
      if (!hasRoom) void hold(connection, terminal);
      if (isEcho) return connection.send(data);
      return undefined;
    },
    onClose: ({ code, reason }) => terminal.tell({ kind: "info", text: `${from} closed ${code}${reason === "" ? "" : ` ${reason}`}` }),
  });
}

/** Whoever reads the output cannot keep up: the client waits, too. */
async function hold(connection: WebSocketConnection, terminal: Terminal): Promise<void> {
  connection.pause();
  await terminal.drained();
  connection.resume();
}

/** @throws {InvalidArgumentError} a file cannot be read, or one of two that belong together is missing. */
function serveOptions({ port, host, path, subprotocols, origin, tlsCert, tlsKey, compress, maxConnections, maxMessage }: ServeFlags): Omit<ServeOptions, "onConnection"> {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new InvalidArgumentError("--tls-cert and --tls-key belong together");
  return {
    port,
    host,
    perMessageDeflate: compress ?? false,
    ...(path === undefined ? {} : { path }),
    ...(subprotocols === undefined ? {} : { subprotocols }),
    ...(origin === undefined ? {} : { origin: origin.includes("*") ? "*" : origin }),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tls: { cert: read(tlsCert), key: read(tlsKey) } }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(maxMessage === undefined ? {} : { maxMessageBytes: maxMessage }),
  };
}
