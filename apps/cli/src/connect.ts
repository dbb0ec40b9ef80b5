/**
 * `xws connect`: lines out, messages in.
 */
import { WebSocketApp } from "@x/simple-ws/app";
import type { CloseInfo, WebSocketConnection } from "@x/simple-ws/client";
import { exitCodeOf, ExitCode, verdictOf } from "./exit-code.js";
import { connectOptions, outputOptions, type ConnectFlags } from "./flags.js";
import { HELP, parseLine } from "./input.js";
import { Terminal, type Streams } from "./terminal.js";

/** @param interrupted aborted by Ctrl-C. @returns how the program ends. */
export async function runConnect(url: string, flags: ConnectFlags, streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  const terminal = new Terminal(streams, outputOptions(flags, streams));
  return await new Session(url.includes("://") ? url : `ws://${url}`, flags, terminal).run(interrupted);
}

class Session {
  readonly #flags: ConnectFlags;
  readonly #terminal: Terminal;
  readonly #app: WebSocketApp;
  readonly #ending = new AbortController();
  /** Lines typed before there was a connection. */
  readonly #early: string[] = [];
  #connection: WebSocketConnection | undefined;
  #isListening = false;
  #hasInputEnded = false;
  #received = 0;
  #info: CloseInfo | undefined;

  constructor(url: string, flags: ConnectFlags, terminal: Terminal) {
    this.#flags = flags;
    this.#terminal = terminal;
    this.#app = new WebSocketApp(url, {
      connect: () => connectOptions(flags, terminal, this.#ending.signal),
      reconnect: flags.reconnect === true && { attempts: Infinity },
      onAttempt: ({ attempt, delayMs }) => {
        if (attempt > 1) terminal.tell({ kind: "info", text: `attempt ${attempt}, after ${Math.round(delayMs)} ms` });
      },
      onOpen: (connection) => this.#open(connection),
      onMessage: (data) => this.#receive(data),
      onPing: (payload) => terminal.tell({ kind: "control", direction: "received", name: "ping", payload }),
      onPong: (payload) => terminal.tell({ kind: "control", direction: "received", name: "pong", payload }),
      onClose: (info) => this.#closed(info),
      onError: (error) => {
        if (flags.reconnect === true) terminal.tell({ kind: "error", text: verdictOf(error).message });
      },
    });
  }

  async run(interrupted: AbortSignal): Promise<ExitCode> {
    const onInterrupt = (): void => void this.#close(1000, "");
    interrupted.addEventListener("abort", onInterrupt, { once: true });
    try {
      await this.#app.run();
    } catch (error) {
      if (this.#info === undefined) return this.#fail(error);
    } finally {
      interrupted.removeEventListener("abort", onInterrupt);
      this.#terminal.stop();
    }
    if (this.#info === undefined) return interrupted.aborted ? ExitCode.interrupted : ExitCode.clean;
    return exitCodeOf(this.#info, this.#ending.signal.aborted);
  }

  #fail(error: unknown): ExitCode {
    const { exitCode, message } = verdictOf(error);
    this.#terminal.tell({ kind: "error", text: message });
    return exitCode;
  }

  #open(connection: WebSocketConnection): void {
    const { execute, text, wait } = this.#flags;
    this.#connection = connection;
    this.#terminal.tell({ kind: "open", url: connection.url ?? "", protocol: connection.protocol, extensions: connection.extensions });
    for (const line of [...(text === undefined ? [] : [text]), ...execute]) this.#send(line, connection);
    if (execute.length > 0) this.#endAfter(wait ?? 1);
    else if (wait !== undefined) this.#endAfter(wait);
    if (execute.length === 0) this.#listen();
    for (const line of this.#early.splice(0)) this.#obey(line, connection);
    if (this.#hasInputEnded) this.#endAfter(this.#flags.eofWait);
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#terminal.listen(
      (line) => (this.#connection === undefined ? this.#early.push(line) : this.#obey(line, this.#connection)),
      () => {
        this.#hasInputEnded = true;
        if (this.#terminal.isInteractive) void this.#close(1000, ""); // Ctrl-D
        else this.#endAfter(this.#flags.eofWait);
      },
      () => void this.#close(1000, ""),
    );
  }

  #obey(line: string, connection: WebSocketConnection): void {
    const command = parseLine(line, this.#terminal.isInteractive, this.#flags.binary ?? "none");
    switch (command.kind) {
      case "send": this.#send(command.data, connection); break;
      case "ping":
        this.#terminal.tell({ kind: "control", direction: "sent", name: "ping", payload: Buffer.from(command.payload) });
        connection.ping(command.payload === "" ? undefined : command.payload).then(
          (ms) => this.#terminal.tell({ kind: "info", text: `pong after ${ms.toFixed(1)} ms` }),
          (error: unknown) => this.#terminal.tell({ kind: "error", text: verdictOf(error).message }),
        );
        break;
      case "pong": break;
      case "close": void this.#close(command.code, command.reason); break;
      case "help": this.#terminal.tell({ kind: "info", text: HELP }); break;
      case "mistake": this.#terminal.tell({ kind: "error", text: command.text }); break;
    }
  }

  #send(data: string | Uint8Array, connection: WebSocketConnection): void {
    this.#terminal.tell({ kind: "message", direction: "sent", data });
    connection.send(data).catch(() => undefined); // its end is told by `onClose`
  }

  #receive(data: string | Uint8Array): void {
    this.#received++;
    this.#terminal.tell({ kind: "message", direction: "received", data });
    if (this.#received === this.#flags.count) void this.#close(1000, "");
  }

  #closed(info: CloseInfo): void {
    this.#connection = undefined;
    this.#info = info;
    this.#terminal.tell({ kind: "closed", code: info.code, reason: info.reason, wasClean: info.wasClean });
  }

  #endAfter(seconds: number): void {
    setTimeout(() => void this.#close(1000, ""), seconds * 1_000).unref();
  }

  async #close(code: number, reason: string): Promise<void> {
    this.#ending.abort();
    await this.#app.close(code, reason);
  }
}
