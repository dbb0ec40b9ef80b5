/**
 * What a page does with Engine.IO's client, called by the tests by name; what happens is shown as a log.
 *
 * Runs in the page: bundled from the sources as a browser's bundler would, without Node.
 */
import type { Connection} from "@x/engineio/client";
import { type ConnectOptions, connect } from "@x/engineio/client";
import { ResilientClient } from "@x/engineio/resilient";

/** Text, or the numbers of bytes: what can cross over to the tests. */
export type Plain = string | readonly number[];

export interface Where {
  readonly url: string;
  readonly options?: ConnectOptions;
}

export interface Failure {
  readonly name: string;
  readonly code: string | undefined;
  readonly httpStatus: number | undefined;
  readonly body: unknown;
  readonly cause: string | undefined;
}

const log: string[] = [];
const open: Connection[] = [];

function note(line: string): void {
  log.push(line);
  const item = document.createElement("li");
  item.textContent = line;
  document.querySelector("ol")?.append(item);
}

const toWire = (data: Plain): string | Uint8Array => (typeof data === "string" ? data : Uint8Array.from(data));
const toPlain = (data: string | Uint8Array): Plain => (typeof data === "string" ? data : Array.from(data));

async function connected({ url, options }: Where): Promise<Connection> {
  const client = await connect(url, options);
  open.push(client);
  note(`open over ${client.transport.name}`);
  client.on("upgrade", ({ name }) => note(`upgrade to ${name}`));
  client.on("upgradeError", (error) => note(`upgrade failed: ${error.message}`));
  client.on("close", (reason) => note(`close: ${reason}`));
  return client;
}

/** By name, for the tests; every argument and result is plain data. */
const scenarios = {
  /** Sends all, and waits for as many answers and, where asked, for the upgrade. */
  async echo({ messages, isUpgrading, ...where }: Where & { readonly messages: readonly Plain[]; readonly isUpgrading: boolean }): Promise<{ readonly received: readonly Plain[]; readonly transport: string }> {
    const client = await connected(where);
    const upgraded = new Promise<void>((resolve) => client.once("upgrade", () => resolve()));
    for (const message of messages) void client.send(toWire(message));
    const received: Plain[] = [];
    for await (const data of client) if (received.push(toPlain(data)) === messages.length) break;
    if (isUpgrading) await upgraded;
    const transport = client.transport.name;
    note(`${received.length} messages came back over ${transport}`);
    await client.disconnect();
    return { received, transport };
  },

  async open(where: Where): Promise<string> {
    const client = await connected(where);
    return client.id ?? "";
  },

  async refused({ url, options }: Where): Promise<Failure> {
    try {
      await connect(url, options);
      return { name: "none", code: undefined, httpStatus: undefined, body: undefined, cause: undefined };
    } catch (error) {
      const { name, code, httpStatus, body, cause } = error as Error & { code?: string; httpStatus?: number; body?: unknown };
      note(`refused: ${name} ${code ?? ""}`);
      return { name, code, httpStatus, body, cause: cause instanceof Error ? cause.name : undefined };
    }
  },

  /** A client that connects again; what it does goes to the log. */
  async resilient({ url }: Where): Promise<void> {
    const client = new ResilientClient(url, { transports: ["websocket"], reconnect: { attempts: 1000, baseMs: 60_000, capMs: 60_000, jitter: 0 } });
    client.on("connect", (_, { reason }) => note(reason === undefined ? "connected" : "connected again"));
    client.on("disconnect", (reason) => note(`disconnected: ${reason}`));
    client.on("message", (data) => note(`message: ${String(data)}`));
    await client.connect();
  },

  /** The clock on the wall jumps, as after a sleep, and the page is looked at again. */
  wakeUp({ afterMs }: { readonly afterMs: number }): void {
    const now = Date.now.bind(Date);
    Date.now = () => now() + afterMs;
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  },

  log(): readonly string[] {
    return log;
  },

  states(): readonly string[] {
    return open.map((client) => client.readyState);
  },
};

export type Scenarios = typeof scenarios;
Object.assign(globalThis, { scenarios });
