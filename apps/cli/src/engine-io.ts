/**
 * `xws eio`: messages of an Engine.IO server, in and out.
 */
import { Socket } from "@x/engineio/client";
import { Conversation, type Peer } from "./conversation.js";
import { engineOptions, httpUrlOf, type EngineFlags } from "./event-flags.js";
import { ExitCode, verdictOf } from "./exit-code.js";
import { outputOptions } from "./flags.js";
import { parseLine } from "./input.js";
import { Terminal, type Streams } from "./terminal.js";

const HELP = `/hex 68 65 79           send bytes given in hex
/base64 aGV5            send bytes given in base64
/text /like this        send a line that begins with a slash
/close                  close and end
/help                   this
Anything else is sent as it is. Ctrl-C clears the line; on an empty one it closes and ends; twice, at once.`;

/** @param interrupted aborted by Ctrl-C. @returns how the program ends. */
export async function runEngineIo(url: string, flags: EngineFlags, streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  const terminal = new Terminal(streams, outputOptions(flags, streams));
  const options = engineOptions(flags, terminal);
  if (interrupted.aborted) return ExitCode.interrupted;
  const address = httpUrlOf(url);
  return await new Session(new Socket(address.href, options), address.origin, flags, terminal, interrupted).run();
}

class Session implements Peer {
  readonly #socket: Socket;
  readonly #url: string;
  readonly #flags: EngineFlags;
  readonly #terminal: Terminal;
  readonly #conversation: Conversation;
  #wasOpen = false;
  #failure: Error | undefined;

  constructor(socket: Socket, url: string, flags: EngineFlags, terminal: Terminal, interrupted: AbortSignal) {
    this.#socket = socket;
    this.#url = url;
    this.#flags = flags;
    this.#terminal = terminal;
    this.#conversation = new Conversation(flags, terminal, this, interrupted);
  }

  run(): Promise<ExitCode> {
    const socket = this.#socket;
    socket.on("open", () => this.#opened());
    socket.on("message", (data) => this.#conversation.received(this.#terminal.tell({ kind: "message", direction: "received", data })));
    socket.on("error", (error) => void (this.#failure = error));
    if (this.#flags.verbose > 0) socket.on("upgrade", ({ name }) => this.#terminal.tell({ kind: "info", text: `transport: ${name}` }));
    return new Promise((resolve) => socket.on("close", (reason, description) => resolve(this.#closed(reason, description))));
  }

  say(line: string, isTyped: boolean): Promise<unknown> | undefined {
    const command = parseLine(line, isTyped, this.#flags.binary ?? "none");
    switch (command.kind) {
      case "send": return this.#send(command.data);
      case "close": this.#conversation.end(); break;
      case "help": this.#terminal.tell({ kind: "info", text: HELP }); break;
      case "ping": this.#mistake("Engine.IO's clients cannot ping: servers do"); break;
      case "mistake": this.#mistake(command.text); break;
    }
    return undefined;
  }

  close(): void {
    this.#socket.close();
  }

  hold(): void {
    // Engine.IO cannot ask a server to wait
  }

  #opened(): void {
    this.#wasOpen = true;
    this.#terminal.tell({ kind: "open", url: this.#url, id: this.#socket.id ?? "", transport: this.#socket.transport.name });
    this.#conversation.opened();
  }

  #send(data: string | Uint8Array): Promise<void> | undefined {
    this.#terminal.tell({ kind: "message", direction: "sent", data });
    try {
      return this.#socket.send(data).catch(() => undefined); // its end is told by `close`
    } catch (error) {
      this.#mistake(verdictOf(error).message);
      return undefined;
    }
  }

  #closed(reason: string, description: unknown): ExitCode {
    this.#conversation.stop();
    if (this.#wasOpen) {
      this.#terminal.tell({ kind: "disconnected", reason });
      return this.#conversation.isEnding ? ExitCode.clean : reason === "parse error" ? ExitCode.protocol : ExitCode.closed;
    }
    if (this.#conversation.isEnding) return ExitCode.interrupted;
    const { exitCode, message } = verdictOf(this.#failure ?? description);
    this.#mistake(message);
    return exitCode;
  }

  #mistake(text: string): void {
    this.#terminal.tell({ kind: "error", text });
  }
}
