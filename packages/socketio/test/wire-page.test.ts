/** docs/reference/socketio-wire.md: its packets are what the codec writes and reads, its dialogues what the server says. No network, no real time. */
import { readFileSync } from "node:fs";
import { ManualClock, type MemoryPair, pair } from "@x/engineio/testing";
import { ConnectionRefusedError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { jsonCodec } from "../src/core/json-codec.js";
import * as PacketType from "../src/core/packet-type.js";
import { Server, type ServerOptions } from "../src/server.js";

const page = readFileSync(new URL("../../../docs/reference/socketio-wire.md", import.meta.url), "utf8");
type Message = string | Uint8Array;

/** `<01 02>` are bytes. */
function message(text: string): Message {
  const bytes = /^<([\da-f ]*)>$/.exec(text);
  return bytes === null ? text : Buffer.from((bytes[1] ?? "").replaceAll(" ", ""), "hex");
}

function show(data: Message): string {
  return typeof data === "string" ? data : `<${Buffer.from(data).toString("hex").replace(/(..)(?=.)/g, "$1 ")}>`;
}

function spans(cell: string): string[] {
  return [...cell.matchAll(/`([^`]*)`/g)].map(([, code = ""]) => code);
}

/** Cells of the rows below a head. */
function table(head: string): string[][] {
  const lines = page.slice(page.indexOf(head)).split("\n");
  const rows = lines.slice(2, lines.findIndex((line) => !line.startsWith("|")));
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

describe("packets", () => {
  const rows = table("| packet | namespace");

  test("there are some of every kind", () => {
    expect(new Set(rows.map(([type]) => type))).toEqual(new Set(["CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR"]));
  });

  test.each(rows)("%s %s %s %s is %s", (type, nsp = "", id = "", data = "", wire = "") => {
    const attachments: Uint8Array[] = [];
    const json = spans(data)[0]?.replace(/<[\da-f ]*>/g, (bytes) => JSON.stringify({ attachment: attachments.push(message(bytes) as Uint8Array) - 1 }));
    const packet = {
      type: PacketType[type as keyof typeof PacketType],
      nsp: spans(nsp)[0] ?? "",
      id: id === "" ? undefined : Number(spans(id)[0]),
      data: json === undefined ? undefined : JSON.parse(json, (_key, value: { attachment?: number } | null) => (typeof value?.attachment === "number" ? attachments[value.attachment] : value)) as unknown,
    };
    expect(jsonCodec().encode(packet).map(show)).toEqual(spans(wire));
    const decoder = jsonCodec().createDecoder();
    expect(spans(wire).map((one) => decoder.push(message(one))).at(-1)).toEqual(packet);
  });
});

interface Line {
  readonly server: Server;
  readonly clock: ManualClock;
  /** What the server wrote, and `closed`. */
  readonly heard: string[];
  pair: MemoryPair;
}

async function dial(server: Server, clock: ManualClock): Promise<Line> {
  const joined = await pair({ clock });
  const heard: string[] = [];
  joined.client.attach({ onMessage: (data) => void heard.push(show(data)), onClose: () => void heard.push("closed") });
  server.onconnection(joined.server as unknown as Parameters<Server["onconnection"]>[0]);
  return { server, clock, heard, pair: joined };
}

async function say({ pair: { client, settle: settleWire } }: Line, text: string): Promise<void> {
  await client.send(message(text));
  await settleWire();
  await settle();
}

interface Scene {
  readonly options: ServerOptions;
  readonly prepare: (server: Server, clock: ManualClock) => unknown;
  /** What happens at lines that begin with `~`, in their order. */
  readonly events?: readonly ((line: Line) => Line | Promise<Line>)[];
}

const nothing = (): void => undefined;

const scenes: Readonly<Record<string, Scene>> = {
  connecting: {
    options: {},
    prepare: (io) => {
      io.on("connection", (socket) => {
        socket.on("confirm me", async () => socket.emit("confirmed", await socket.emitWithAck("sure?")));
        socket.on("store", (bytes: unknown) => socket.emit("stored", bytes));
      });
      io.of("/chat").on("connection", (socket) => {
        socket.on("ask", (_question: string, answer: (text: string) => void) => answer("fine"));
        socket.on("send me away", () => void socket.disconnect());
      });
    },
  },
  refusing: {
    options: { connectTimeout: 500, maxSocketsPerNamespace: 1, onError: nothing },
    prepare: async (io, clock) => {
      io.of("/members").use((socket, next) => {
        if (socket.handshake.auth["token"] !== "good") throw new ConnectionRefusedError("Not welcome", { data: { hint: "log in" } });
        next();
      });
      io.of("/crashes").use(() => { throw new Error("The database is away"); });
      io.of("/full");
      io.of("/slow").use(nothing);
      await say(await dial(io, clock), "0/full,");
    },
    events: [(line) => {
      line.clock.advance(560);
      return line;
    }],
  },
  limiting: {
    options: { eventRate: { perSecond: 1, burst: 1 }, maxRefusedEvents: 2 },
    prepare: (io) => void io.on("connection", (socket) => {
      socket.on("ask", (answer: (text: string) => void) => answer("fine"));
    }),
  },
  "asking again": {
    options: { eventRate: { perSecond: 1, burst: 1 } },
    prepare: (io) => void io.of("/members").use((_socket, next) => next(new Error("Not welcome"))),
  },
  recovering: {
    options: { connectionStateRecovery: {} },
    prepare: (io) => void io.on("connection", (socket) => void socket.on("subscribe", () => socket.emit("news", 1))),
    events: [
      ({ pair: { cut }, server, clock }) => {
        cut();
        server.emit("news", 2);
        return dial(server, clock);
      },
      ({ clock }) => dial(new Server({ clock, connectionStateRecovery: {} }), clock),
    ],
  },
};

/** Knows what stands for what: a name that comes for the first time stands for what is there. */
class Names {
  readonly #values = new Map<string, string>();

  /** @returns the line as the page would write what was heard. */
  recognise(written: string, heard: string | undefined): string | undefined {
    const names = [...written.matchAll(/‹([^›]+)›/g)].map(([, name = ""]) => name);
    const pattern = written.split(/‹[^›]+›/).map((text) => text.replace(/[^\w]/g, "\\$&")).join("([\\w.-]+)");
    const values = new RegExp(`^${pattern}$`).exec(heard ?? "")?.slice(1);
    if (values === undefined) return heard;
    for (const [at, name] of names.entries()) if (!this.#values.has(name)) this.#values.set(name, values[at] ?? "");
    return this.fill(written) === heard ? written : heard;
  }

  fill(written: string): string {
    return written.replace(/‹([^›]+)›/g, (_whole, name: string) => this.#values.get(name) ?? "");
  }
}

describe("dialogues", () => {
  const dialogues = [...page.matchAll(/^```wire ([\w ]+)\n([^]*?)\n```$/gm)].map(([, name = "", text = ""]) => [name, text.split("\n")] as const);

  test("each has its scene", () => {
    expect(dialogues.map(([name]) => name).sort()).toEqual(Object.keys(scenes).sort());
  });

  test.each(dialogues)("%s", async (name, lines) => {
    const { options, prepare, events = [] } = scenes[name] ?? { options: {}, prepare: nothing };
    const clock = new ManualClock();
    const server = new Server({ clock, ...options });
    await prepare(server, clock);
    let line = await dial(server, clock);
    const [names, happenings] = [new Names(), [...events]];
    const seen: string[] = [];
    for (const written of lines) {
      const text = written.slice(2);
      if (written.startsWith("> ")) await say(line, names.fill(text));
      else if (written.startsWith("~ ")) {
        expect(line.heard).toEqual([]);
        line = (await happenings.shift()?.(line)) ?? line;
        await line.pair.settle();
      }
      seen.push(written.startsWith("< ") ? `< ${names.recognise(text, line.heard.shift()) ?? "(nothing)"}` : written);
    }
    expect([seen, line.heard]).toEqual([lines, []]);
  });
});

describe("what ends the connection", () => {
  const rows = table("| comes | code |");
  test.each(rows)("%s: %s", async (comes = "", code = "") => {
    const codes: unknown[] = [];
    const clock = new ManualClock();
    const reasons: string[] = [];
    const server = new Server({ clock, onError: (error) => void codes.push((error as { code: unknown }).code) });
    server.on("connection", (socket) => void socket.on("disconnect", (reason) => void reasons.push(reason)));
    const line = await dial(server, clock);
    await say(line, "0");
    for (const one of spans(comes).filter((span) => /^[\d<]/.test(span))) await say(line, one);
    expect([codes, reasons, line.heard.at(-1)]).toEqual([spans(code), ["parse error"], "closed"]);
  });
});
