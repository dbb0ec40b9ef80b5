/**
 * `xws io`: events of a Socket.IO server, in and out.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { io, type Socket } from "@x/socketio/client";
import { Conversation, type Peer } from "./conversation.js";
import { authOf, engineOptions, httpUrlOf, type SocketFlags } from "./event-flags.js";
import { ExitCode, verdictOf } from "./exit-code.js";
import { outputOptions } from "./flags.js";
import { Terminal, type Streams } from "./terminal.js";
import { parseEvent, parseValues, type EventLine } from "./values.js";

const HELP = `name value value …      emit an event; values are JSON, or hex:00ff, or base64:AP8=; what is none of these is one string
["name", value, …]      the same as it goes over the wire
/ask name value …       emit, and show the answer
/answer value …         answer the oldest event that wants it
/close                  disconnect and end
/help                   this
Ctrl-C clears the line; on an empty one it closes and ends; twice, at once.`;

type Answer = (...values: readonly unknown[]) => unknown;

/** Events that wait for `/answer`; beyond it the oldest are forgotten. */
const MAX_QUESTIONS = 1_000;
/** How long a line waits before the next one while more than this many packets wait. */
const FULL_PACKETS = 1_000;
const FULL_WAIT_MS = 10;

/** @param interrupted aborted by Ctrl-C. @returns how the program ends. */
export async function runSocketIo(url: string, flags: SocketFlags, streams: Streams, interrupted: AbortSignal): Promise<ExitCode> {
  const terminal = new Terminal(streams, outputOptions(flags, streams));
  const address = httpUrlOf(url);
  if (flags.namespace !== undefined) address.pathname = flags.namespace;
  const auth = authOf(flags);
  const socket = io(address.href, {
    ...engineOptions(flags, terminal),
    forceNew: true,
    autoConnect: false,
    reconnection: flags.reconnect === true,
    ...(auth === undefined ? {} : { auth }),
    ...(flags.timeout === undefined ? {} : { timeout: flags.timeout * 1_000 }),
  });
  return await new Session(socket, address, flags, terminal, interrupted).run(interrupted);
}

class Session implements Peer {
  readonly #socket: Socket;
  readonly #address: URL;
  readonly #flags: SocketFlags;
  readonly #terminal: Terminal;
  readonly #conversation: Conversation;
  /** Events that want to be answered. */
  readonly #questions: Answer[] = [];
  #finish: (exitCode: ExitCode) => void = () => undefined;

  constructor(socket: Socket, address: URL, flags: SocketFlags, terminal: Terminal, interrupted: AbortSignal) {
    this.#socket = socket;
    this.#address = address;
    this.#flags = flags;
    this.#terminal = terminal;
    this.#conversation = new Conversation(flags, terminal, this, interrupted);
  }

  async run(interrupted: AbortSignal): Promise<ExitCode> {
    if (interrupted.aborted) return ExitCode.interrupted;
    const ended = new Promise<ExitCode>((resolve) => (this.#finish = resolve));
    this.#listen();
    this.#socket.connect();
    try {
      return await ended;
    } finally {
      this.#conversation.stop();
      this.#socket.disconnect();
    }
  }

  say(line: string, isTyped: boolean): Promise<unknown> | undefined {
    const [, command, rest = ""] = (isTyped ? /^\/(\S*)\s*([^]*)$/.exec(line) : null) ?? [];
    switch (command) {
      case undefined: this.#emit(parseEvent(line), this.#flags.ask === true); break;
      case "ask": this.#emit(parseEvent(rest), true); break;
      case "answer": this.#answer(rest); break;
      case "close": case "quit": case "exit": this.#conversation.end(); break;
      case "help": this.#terminal.tell({ kind: "info", text: HELP }); break;
      default: this.#mistake(`There is no /${command}; /help shows what there is, ["/${command}"] emits an event of that name`);
    }
    return this.#whenWritable();
  }

  close(): void {
    const wasConnected = this.#socket.connected;
    this.#socket.disconnect();
    this.#finish(wasConnected ? ExitCode.clean : ExitCode.interrupted);
  }

  hold(): void {
    // Socket.IO cannot ask a server to wait
  }

  #listen(): void {
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("connect_error", (error) => this.#failed(error));
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.onAny((event, ...args: unknown[]) => this.#received(event, args));
  }

  #connected(): void {
    const { engine } = this.#socket.io;
    if (this.#flags.verbose > 0) engine.on("upgrade", ({ name }) => this.#terminal.tell({ kind: "info", text: `transport: ${name}` }));
    this.#terminal.tell({ kind: "open", url: this.#address.origin, namespace: this.#socket.nsp, id: this.#socket.id ?? "", transport: engine.transport.name });
    this.#conversation.opened();
  }

  #failed(error: Error): void {
    const { exitCode, message } = verdictOf(error);
    this.#terminal.tell({ kind: "error", text: message });
    if (!this.#socket.active || this.#flags.reconnect !== true) this.#finish(exitCode);
  }

  #disconnected(reason: string): void {
    const isOver = !this.#socket.active || this.#flags.reconnect !== true;
    this.#questions.length = 0;
    this.#conversation.lost();
    if (isOver) this.#conversation.stop(); // the prompt goes first
    this.#terminal.tell({ kind: "disconnected", reason });
    if (isOver) this.#finish(this.#conversation.isEnding ? ExitCode.clean : reason === "parse error" ? ExitCode.protocol : ExitCode.closed);
  }

  #received(event: string, args: readonly unknown[]): void {
    const answer = args.at(-1);
    const wantsAnswer = typeof answer === "function";
    if (wantsAnswer && this.#questions.push(answer as Answer) > MAX_QUESTIONS) this.#questions.shift();
    this.#conversation.received(this.#terminal.tell({ kind: "event", direction: "received", event, args: wantsAnswer ? args.slice(0, -1) : args, wantsAnswer }));
  }

  #emit(line: EventLine | { readonly mistake: string }, isAsking: boolean): void {
    if ("mistake" in line) {
      this.#mistake(line.mistake);
      return;
    }
    const { event, args } = line;
    try {
      this.#terminal.tell({ kind: "event", direction: "sent", event, args, wantsAnswer: isAsking });
      if (isAsking) this.#ask(event, args);
      else this.#socket.emit(event, ...args);
    } catch (error) {
      this.#mistake(verdictOf(error).message);
    }
  }

  #ask(event: string, args: readonly unknown[]): void {
    const askedMs = performance.now();
    this.#socket.timeout(this.#flags.askTimeout * 1_000).emit(event, ...args, (error: Error | null, ...values: unknown[]) => {
      if (error !== null) this.#mistake(`${event}: ${verdictOf(error).message}`);
      else this.#conversation.received(this.#terminal.tell({ kind: "answer", direction: "received", args: values, afterMs: performance.now() - askedMs }));
    });
  }

  #answer(text: string): void {
    const parsed = parseValues(text);
    if ("mistake" in parsed) {
      this.#mistake(parsed.mistake);
      return;
    }
    const answer = this.#questions.shift();
    if (answer === undefined) {
      this.#mistake("No event wants an answer");
      return;
    }
    answer(...parsed.values);
    this.#terminal.tell({ kind: "answer", direction: "sent", args: parsed.values });
  }

  #mistake(text: string): void {
    this.#terminal.tell({ kind: "error", text });
  }

  async #whenWritable(): Promise<void> {
    while (this.#socket.connected && this.#socket.io.engine.writeBuffer.length > FULL_PACKETS) await sleep(FULL_WAIT_MS);
  }
}
