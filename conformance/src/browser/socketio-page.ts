/**
 * What a page does with Socket.IO's client, called by the tests by name; what happens is shown as a log.
 *
 * Runs in the page: bundled from the sources as a browser's bundler would, without Node.
 */
import { type ClientOptions, type Socket, io } from "@x/socketio/client";
import { msgpackCodec } from "@x/socketio/msgpack";

/** Text, or the numbers of bytes: what can cross over to the tests. */
export type Plain = string | readonly number[];

export interface Where {
  readonly url: string;
  readonly options?: ClientOptions;
  readonly parser?: "msgpack";
  /** Bytes leave as ArrayBuffer: of the views on them socket.io-msgpack-parser makes objects in pages. */
  readonly asBuffers?: boolean;
}

const log: string[] = [];
let socket: Socket;

function note(line: string): void {
  log.push(line);
  const item = document.createElement("li");
  item.textContent = line;
  document.querySelector("ol")?.append(item);
}

function toWire(data: Plain, asBuffers = false): string | Uint8Array | ArrayBuffer {
  if (typeof data === "string") return data;
  const bytes = Uint8Array.from(data);
  return asBuffers ? bytes.buffer : bytes;
}
const toPlain = (data: unknown): Plain => (typeof data === "string" ? data : Array.from(new Uint8Array(data as ArrayBuffer | Uint8Array))); // socket.io-client gives buffers

function dial({ url, options, parser }: Where): Socket {
  const dialled = io(url, { forceNew: true, ...options, ...(parser === undefined ? {} : { parser: msgpackCodec() }) });
  dialled.on("connect", () => note(`connect${dialled.recovered ? `, recovered: ${dialled.id}` : ""}`));
  dialled.on("connect_error", ({ name, message }) => note(`connect_error: ${name}: ${message}`));
  dialled.on("disconnect", (reason) => note(`disconnect: ${reason}`));
  dialled.on("news", (value: unknown) => note(`news: ${typeof value === "string" ? value : `bytes ${String(value as Uint8Array)}`}`));
  dialled.on("ask", (value: unknown, answer: (value: unknown) => void) => answer(value));
  return dialled;
}

/** By name, for the tests; every argument and result is plain data. */
const scenarios = {
  /** Asks for each value and is asked for it in turn; waits, where asked, for the upgrade. */
  async echo({ values: given, isUpgrading, ...where }: Where & { readonly values: readonly Plain[]; readonly isUpgrading: boolean }): Promise<{ readonly echoed: readonly Plain[]; readonly asked: readonly Plain[]; readonly transport: string }> {
    const echoing = dial(where);
    const values = given.map((value) => toWire(value, where.asBuffers));
    const upgraded = new Promise<void>((resolve) => {
      echoing.io.once("open", () => void echoing.io.engine.once("upgrade", () => resolve()));
    });
    const echoed = await Promise.all(values.map(async (value) => toPlain(await echoing.timeout(30_000).emitWithAck("echo", value))));
    const asked = await Promise.all(values.map(async (value) => toPlain(await echoing.timeout(30_000).emitWithAck("ask me", value))));
    if (isUpgrading) await upgraded;
    const transport = echoing.io.engine.transport.name;
    note(`${echoed.length + asked.length} answers over ${transport}`);
    echoing.disconnect();
    return { echoed, asked, transport };
  },

  /** A socket that stays. @returns its id. */
  async stay(where: Where): Promise<string> {
    socket = dial(where);
    await new Promise<void>((resolve) => void socket.once("connect", () => resolve()));
    return socket.id ?? "";
  },

  /** Starts a socket; the log tells what becomes of it. */
  start(where: Where): void {
    socket = dial(where);
  },

  /** Emits while it may be offline. @returns the answer, whenever it comes. */
  async tell({ text }: { readonly text: string }): Promise<string> {
    return String(await socket.emitWithAck("echo", text));
  },

  /** The connection is cut, as a network would. */
  cut(): void {
    socket.io.engine.close();
  },

  /** Connects what has been cut. */
  again(): void {
    socket.connect();
  },

  log(): readonly string[] {
    return log;
  },
};

export type Scenarios = typeof scenarios;
Object.assign(globalThis, { scenarios });
