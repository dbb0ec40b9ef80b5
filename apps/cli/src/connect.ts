/**
 * `xws connect`: lines out, messages in.
 */
import { WebSocketApp } from "@x/simple-ws/app";
import type { CloseInfo, WebSocketConnection } from "@x/simple-ws/client";
import { Conversation, type Peer } from "./conversation.js";
import { exitCodeOf, ExitCode, verdictOf } from "./exit-code.js";
import { connectOptions, outputOptions, type ConnectFlags } from "./flags.js";
import { HELP, parseLine } from "./input.js";
import { Terminal, type Streams } from "./terminal.js";

/** @param interrupted aborted by Ctrl-C. @returns how the program ends. */
export async function runConnect(url: string, flags: ConnectFlags, streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  const terminal = new Terminal(streams, outputOptions(flags, streams));
  return await new Session(url.includes("://") ? url : `ws://${url}`, flags, terminal, interrupted).run(interrupted);
}

class Session implements Peer {
  readonly #flags: ConnectFlags;
  readonly #terminal: Terminal;
  readonly #app: WebSocketApp;
  readonly #conversation: Conversation;
  #connection: WebSocketConnection | undefined;
  #info: CloseInfo | undefined;

  constructor(url: string, flags: ConnectFlags, terminal: Terminal, interrupted: AbortSignal) {
    this.#flags = flags;
    this.#terminal = terminal;
    this.#conversation = new Conversation(flags, terminal, this, interrupted);
    this.#app = new WebSocketApp(url, {
      connect: connectOptions(flags, terminal),
      reconnect: flags.reconnect === true && { attempts: Infinity },
      onAttempt: ({ attempt, delayMs }) => {
        if (attempt > 1) terminal.tell({ kind: "info", text: `attempt ${attempt}, after ${Math.round(delayMs)} ms` });
      },
      onOpen: (connection) => this.#open(connection),
      onMessage: (data) => this.#conversation.received(terminal.tell({ kind: "message", direction: "received", data })),
      onPing: (payload) => terminal.tell({ kind: "control", direction: "received", name: "ping", payload }),
      onPong: (payload) => terminal.tell({ kind: "control", direction: "received", name: "pong", payload }),
      onClose: (info) => this.#closed(info),
      onError: (error) => {
        if (flags.reconnect === true) terminal.tell({ kind: "error", text: verdictOf(error).message });
      },
    });
  }

  async run(interrupted: AbortSignal): Promise<ExitCode> {
    try {
      if (!interrupted.aborted) await this.#app.run();
    } catch (error) {
      if (this.#info === undefined) return this.#fail(error);
    } finally {
      this.#conversation.stop();
    }
    if (this.#info === undefined) return interrupted.aborted ? ExitCode.interrupted : ExitCode.clean;
    return exitCodeOf(this.#info, this.#conversation.isEnding);
  }

  say(line: string, isTyped: boolean): Promise<unknown> | undefined {
    const connection = this.#connection;
    if (connection === undefined) return undefined;
    const command = parseLine(line, isTyped, this.#flags.binary ?? "none");
    switch (command.kind) {
      case "send": return this.#send(command.data, connection);
      case "ping": this.#ping(command.payload, connection); break;
      case "close": this.#conversation.end(() => void this.#app.close(command.code, command.reason)); break;
      case "help": this.#terminal.tell({ kind: "info", text: HELP }); break;
      case "mistake": this.#terminal.tell({ kind: "error", text: command.text }); break;
    }
    return undefined;
  }

  close(): void {
    void this.#app.close();
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#connection?.pause();
    else this.#connection?.resume();
  }

  #fail(error: unknown): ExitCode {
    const { exitCode, message } = verdictOf(error);
    this.#terminal.tell({ kind: "error", text: message });
    return exitCode;
  }

  #open(connection: WebSocketConnection): void {
    this.#connection = connection;
    this.#terminal.tell({ kind: "open", url: connection.url ?? "", protocol: connection.protocol, extensions: connection.extensions });
    this.#conversation.opened();
  }

  #ping(payload: string, connection: WebSocketConnection): void {
    this.#terminal.tell({ kind: "control", direction: "sent", name: "ping", payload: Buffer.from(payload) });
    connection.ping(payload === "" ? undefined : payload).then(
      (ms) => this.#terminal.tell({ kind: "info", text: `pong after ${ms.toFixed(1)} ms` }),
      (error: unknown) => this.#terminal.tell({ kind: "error", text: verdictOf(error).message }),
    );
  }

  #send(data: string | Uint8Array, connection: WebSocketConnection): Promise<void> | undefined {
    this.#terminal.tell({ kind: "message", direction: "sent", data });
    try {
      return connection.send(data).catch(() => undefined); // its end is told by `onClose`
    } catch (error) {
      this.#terminal.tell({ kind: "error", text: verdictOf(error).message });
      return undefined;
    }
  }

  #closed(info: CloseInfo): void {
    this.#connection = undefined;
    this.#info = info;
    this.#conversation.lost();
    if (this.#flags.reconnect !== true) this.#conversation.stop(); // the prompt goes first
    this.#terminal.tell({ kind: "closed", code: info.code, reason: info.reason, wasClean: info.wasClean });
  }
}
