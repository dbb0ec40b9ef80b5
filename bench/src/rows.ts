/**
 * The rows of the bench: what is measured, against whom, and what the goal is.
 */
import type { SocketioTask } from "./codecs/socketio-tasks.js";
import type { WsframeTask } from "./codecs/wsframe-tasks.js";
import { RECONNECTING_CLIENTS, type ReconnectingClient } from "./storm.js";
import type { ExchangeSpec, SubjectName } from "./subjects.js";

/** One figure: CPU time (or heap) of `of` divided by that of `to`, in the same round. */
export interface Ratio {
  readonly of: SubjectName;
  readonly to: SubjectName;
  /** Which goal of docs/performance.md, with its number and the one beyond it. */
  readonly goal?: readonly [id: string, goal: number, moonshot: number];
}

interface RowBase {
  readonly id: string;
  readonly title: string;
  readonly subjects: readonly SubjectName[];
  readonly ratios: readonly Ratio[];
}

export interface LoadRow extends RowBase, ExchangeSpec {
  readonly kind: "load";
  readonly connections: number;
}
/** The subjects are clients. */
export interface ClientRow extends RowBase, ExchangeSpec {
  readonly kind: "client";
  readonly connections: number;
}
/** Sessions that begin with polling and are upgraded: what one costs, or how long it takes. */
export interface UpgradeRow extends RowBase {
  readonly kind: "upgrade" | "upgrade-time";
}
export interface HandshakeRow extends RowBase {
  readonly kind: "handshake";
  /** How many are under way at a time. */
  readonly lanes: number;
}
export interface HeapRow extends RowBase {
  readonly kind: "heap";
}
export interface WorkRow extends RowBase {
  readonly kind: "work";
  /** Of a codec: what its process does. */
  readonly task?: WsframeTask | SocketioTask;
}
/** A thousand clients come back after their server was away: which part of their attempts falls into the busiest 100 ms. */
export interface StormRow extends RowBase {
  readonly kind: "storm";
  readonly subjects: readonly ReconnectingClient[];
}
export type Row = LoadRow | ClientRow | UpgradeRow | HandshakeRow | HeapRow | WorkRow | StormRow;

const text64 = Buffer.from("The quick brown fox jumps over the lazy dog, and then does so on.");
const ascii = (bytes: number): Buffer => Buffer.from(text64.toString().repeat(Math.ceil(bytes / text64.length)).slice(0, bytes));
/** 1 KiB of UTF-8 whose characters take one, two and three bytes, and four. */
const nonAscii = Buffer.from("Grüße, Привет, 你好, 😀! ".repeat(40)).subarray(0, 1022);
const wellCut = Buffer.from(nonAscii.toString().replaceAll("\uFFFD", ""));
const binary = (bytes: number): Buffer => Buffer.from(Uint8Array.from({ length: bytes }, (_, index) => (index * 31) & 0xff));

/** Such as applications send: names that come again, values that do not. */
const json = (bytes: number): Buffer => Buffer.from(JSON.stringify(Array.from({ length: 40 }, (_, at) => ({ id: at * 7919, name: `user ${at * 31 % 97}`, price: (at * 37.77).toFixed(2) }))).slice(0, bytes));

type LoadOptions = Pick<LoadRow, "id" | "title" | "payload" | "connections" | "inFlight" | "subjects" | "ratios"> & Partial<LoadRow>;

function load(row: LoadOptions): LoadRow {
  return { kind: "load", opcode: 1, behaviour: "echo", perTrigger: 1, ...row };
}

const ws: Pick<LoadRow, "subjects"> = { subjects: ["raw", "ws", "@x/simple-ws"] };
const simpleWs = (goal?: Ratio["goal"]): Ratio[] => [
  { of: "@x/simple-ws", to: "ws", ...(goal && { goal }) },
  { of: "@x/simple-ws", to: "raw" },
];
const engineio = (goal: Ratio["goal"]): Pick<LoadRow, "subjects" | "ratios"> => ({
  subjects: ["raw", "engine.io", "@x/engineio"],
  ratios: [{ of: "@x/engineio", to: "engine.io", ...(goal && { goal }) }, { of: "@x/engineio", to: "raw" }],
});
const socketio = (goal: Ratio["goal"]): Pick<LoadRow, "subjects" | "ratios"> => ({
  subjects: ["raw", "socket.io", "@x/socketio"],
  ratios: [{ of: "@x/socketio", to: "socket.io", ...(goal && { goal }) }, { of: "@x/socketio", to: "raw" }],
});
const deflate = (goal: NonNullable<Ratio["goal"]>): Pick<LoadRow, "subjects" | "ratios"> => ({
  subjects: ["ws deflate", "@x/simple-ws deflate"],
  ratios: [{ of: "@x/simple-ws deflate", to: "ws deflate", goal }],
});
const one = { connections: 64, inFlight: 1 };
const burst = { connections: 16, inFlight: 64 };
const everybody = { behaviour: "broadcast", connections: 1_000, inFlight: 1 } as const;

export const ROWS: readonly Row[] = [
  load({ id: "noise", title: "A/A: ws against itself, echo 64 B, 16 × 64", ...burst, payload: ascii(64), subjects: ["ws", "ws again"], ratios: [{ of: "ws again", to: "ws" }] }),
  load({ id: "ws-64-512x1", title: "ws echo 64 B, 512 × 1", connections: 512, inFlight: 1, payload: ascii(64), ...ws, ratios: simpleWs(["G1", 0.88, 0.7]) }),
  load({
    id: "ws-64-16x64", title: "ws echo 64 B, 16 × 64", ...burst, payload: ascii(64),
    subjects: ["raw", "ws", "@x/simple-ws", "@x/simple-ws for await"],
    ratios: [...simpleWs(["G2", 0.12, 0.05]), { of: "@x/simple-ws for await", to: "ws" }],
  }),
  load({ id: "ws-1k-64x1", title: "ws echo 1 KiB text, 64 × 1", ...one, payload: ascii(1024), ...ws, ratios: simpleWs(["G3", 0.82, 0.58]) }),
  load({ id: "ws-1k-16x64", title: "ws echo 1 KiB text, 16 × 64", ...burst, payload: ascii(1024), ...ws, ratios: simpleWs(["G3", 0.16, 0.07]) }),
  load({
    id: "ws-64k-binary", title: "ws echo 64 KiB binary, 16 × 1", connections: 16, inFlight: 1, opcode: 2, payload: binary(65_536),
    subjects: ["raw", "ws", "ws+bufferutil", "@x/simple-ws"],
    ratios: [...simpleWs(["G4", 0.5, 0.25]), { of: "@x/simple-ws", to: "ws+bufferutil", goal: ["G4", 1, 0.6] }],
  }),
  load({ id: "ws-1k-unicode", title: "ws echo 1 KiB non-ASCII text, 16 × 64", ...burst, payload: wellCut, ...ws, ratios: simpleWs(["G5", 0.45, 0.25]) }),
  load({ id: "engineio-64x1", title: "engineio echo 64 B, 64 × 1", ...one, payload: ascii(64), ...engineio(["G9", 0.8, 0.6]) }),
  load({ id: "engineio-16x64", title: "engineio echo 64 B, 16 × 64", ...burst, payload: ascii(64), ...engineio(["G9", 0.12, 0.05]) }),
  load({ id: "socketio-64x1", title: "socketio echo 64 B, 64 × 1", ...one, payload: ascii(64), ...socketio(["G8", 0.7, 0.5]) }),
  load({ id: "socketio-16x64", title: "socketio echo 64 B, 16 × 64", ...burst, payload: ascii(64), ...socketio(["G8", 0.24, 0.12]) }),
  load({ id: "socketio-1k-16x64", title: "socketio echo 1 KiB, 16 × 64", ...burst, payload: ascii(1024), ...socketio(["G8", 0.38, 0.2]) }),
  load({
    id: "socketio-ack-64x1", title: "socketio ack 64 B, 64 × 1", ...one, behaviour: "ack", payload: ascii(64),
    subjects: ["socket.io", "@x/socketio"], ratios: [{ of: "@x/socketio", to: "socket.io", goal: ["G8", 0.7, 0.5] }],
  }),
  load({
    id: "socketio-ack-16x64", title: "socketio ack 64 B, 16 × 64", ...burst, behaviour: "ack", payload: ascii(64),
    subjects: ["socket.io", "@x/socketio"], ratios: [{ of: "@x/socketio", to: "socket.io", goal: ["G8", 0.24, 0.12] }],
  }),
  load({ id: "socketio-room", title: "socketio broadcast 64 B to a room of 1,000", ...everybody, payload: ascii(64), ...socketio(["G6", 0.75, 0.58]) }),
  load({ id: "socketio-room-1k", title: "socketio broadcast 1 KiB to a room of 1,000", ...everybody, payload: ascii(1024), ...socketio(["G6", 0.75, 0.58]) }),
  load({ id: "socketio-room-8", title: "socketio broadcast 64 B to a room of 1,000, 8 in one tick", ...everybody, perTrigger: 8, payload: ascii(64), ...socketio(["G7", 0.22, 0.13]) }),
  load({
    id: "ws-broadcast", title: "simple-ws broadcast 64 B to 1,000", ...everybody, payload: ascii(64), ...ws,
    ratios: [{ of: "@x/simple-ws", to: "raw", goal: ["G6", 1.18, 1.03] }, { of: "@x/simple-ws", to: "ws" }],
  }),
  load({
    id: "ws-broadcast-1k", title: "simple-ws broadcast 1 KiB to 1,000", ...everybody, payload: ascii(1024), ...ws,
    ratios: [{ of: "@x/simple-ws", to: "raw", goal: ["G6", 1.18, 1.03] }, { of: "@x/simple-ws", to: "ws" }],
  }),
  load({ id: "ws-deflate-64x1", title: "ws deflate echo 1 KiB of JSON, 64 × 1", ...one, payload: json(1024), ...deflate(["G14", 0.6, 0.2]) }),
  load({ id: "ws-deflate-16x64", title: "ws deflate echo 1 KiB of JSON, 16 × 64", ...burst, payload: json(1024), ...deflate(["G14", 0.6, 0.2]) }),
  load({ id: "ws-deflate-broadcast", title: "ws deflate broadcast 1 KiB of JSON to 200", ...everybody, connections: 200, payload: json(1024), ...deflate(["G14", 0.2, 0.12]) }),
  polling(1, ["G10", 1.2, 1.05]),
  polling(16, ["G10", 1.6, 1.2]),
  { kind: "upgrade", id: "upgrade", title: "polling, then upgrade to a WebSocket", subjects: ["engine.io", "@x/engineio"], ratios: [{ of: "@x/engineio", to: "engine.io", goal: ["G12", 0.8, 0.6] }] },
  {
    kind: "upgrade-time", id: "upgrade-time", title: "polling, then upgrade to a WebSocket: time, p50", subjects: ["engine.io", "@x/engineio"],
    ratios: [{ of: "@x/engineio", to: "1 ms", goal: ["G12", 15, 4] }, { of: "engine.io", to: "1 ms" }],
  },
  client("client-1k-64x1", "client, 1 KiB text, 64 × 1", one, ascii(1024), ["G19", 0.75, 0.58]),
  client("client-64-16x64", "client, 64 B, 16 × 64", burst, ascii(64), ["G19", 0.15, 0.05]),
  ...handshakes("ws", "@x/simple-ws", "ws", ["G11", 0.95, 0.8]),
  ...handshakes("engineio", "@x/engineio", "engine.io", ["G11", 0.75, 0.6]),
  ...handshakes("socketio", "@x/socketio", "socket.io", ["G11", 0.6, 0.45]),
  heap("ws", "@x/simple-ws", "ws", ["G13", 0.65, 0.48]),
  heap("engineio", "@x/engineio", "engine.io", ["G13", 0.4, 0.22]),
  heap("socketio", "@x/socketio", "socket.io", ["G13", 0.4, 0.22]),
  ...codec<WsframeTask>("wsframe", "@x/wsframe", "ws codec", {
    "decode text 125 B": ["G15", 4, 8],
    "decode text 1 KiB": ["G15", 8, 16],
    "decode text 64 KiB": ["G15", 8, 14],
    "decode non-ASCII text 1 KiB": undefined,
    "decode non-ASCII text 64 KiB": undefined,
    "decode binary 125 B": ["G16", 2, 4],
    "decode binary 1 KiB": ["G16", 2.5, 6],
    "decode binary 64 KiB": ["G16", 8, 15],
    "decode text 1 KiB, a byte per chunk": undefined,
    "encode text 125 B": ["G17", 1.6, 2.5],
    "encode text 1 KiB": undefined,
    "encode masked text 125 B": undefined,
    "encode masked text 1 KiB": ["G17", 4, 8],
    "encode masked binary 64 KiB": undefined,
  }),
  ...codec<SocketioTask>("socketio", "@x/socketio codec", "socket.io-parser", {
    "encode small": ["G18", 1.1, 1.4],
    "encode 1 KiB attached": undefined,
    "encode nested": ["G18", 1, 1.2],
    "decode small": ["G18", 1.5, 2],
    "decode 1 KiB attached": ["G18", 1.5, 2.2],
    "decode nested": ["G18", 1, 1.2],
  }),
  work("pool", "pool acquire + release, one user", "@x/pool", { "generic-pool": ["G20", 0.35, 0.1], tarn: undefined }),
  work("pool-100", "pool, 100 users of 10 resources", "@x/pool, 100 users", { "generic-pool, 100 users": ["G20", 0.5, 0.33], "tarn, 100 users": undefined }),
  work("channels", "a message to its channel, of 64", "@x/pool/channels", { "Map router": undefined }),
  {
    kind: "storm", id: "storm", title: "1,000 clients come back: attempts in the busiest 100 ms", subjects: RECONNECTING_CLIENTS,
    ratios: [{ of: "@x/pool reconnecting", to: "the same without jitter" }, { of: "@x/pool reconnecting", to: "reconnecting-websocket's law" }, { of: "@x/pool reconnecting", to: "partysocket's law" }],
  },
];

function polling(packets: number, goal: NonNullable<Ratio["goal"]>): LoadRow {
  return load({
    id: `polling-${packets}`, title: `engineio polling echo 64 B, ${packets} a request, 64 × 1`, connections: 64, inFlight: packets, payload: ascii(64),
    subjects: ["raw http", "engine.io polling", "@x/engineio polling"],
    ratios: [{ of: "@x/engineio polling", to: "raw http", goal }, { of: "@x/engineio polling", to: "engine.io polling" }],
  });
}

function client(id: string, title: string, load: Pick<ClientRow, "connections" | "inFlight">, payload: Buffer, goal: NonNullable<Ratio["goal"]>): ClientRow {
  const [of, to] = ["@x/simple-ws client", "ws client"] as const;
  return { kind: "client", id, title, ...load, behaviour: "echo", opcode: 1, payload, perTrigger: 1, subjects: [to, of], ratios: [{ of, to, goal }] };
}

/** Clients that come now and then, and the crowd that comes back when a server was away: nearly all of a wake-up's events are one connection's, or none are. */
function handshakes(id: string, of: SubjectName, to: SubjectName, goal: NonNullable<Ratio["goal"]>): HandshakeRow[] {
  return [16, 256].map((lanes) => ({
    kind: "handshake", id: `handshake-${id}-${lanes}`, title: `handshake, websocket only, ${lanes} at once: ${id}`, lanes, subjects: [to, of], ratios: [{ of, to, goal }],
  }));
}

function heap(id: string, of: SubjectName, to: SubjectName, goal: NonNullable<Ratio["goal"]>): HeapRow {
  return { kind: "heap", id: `heap-${id}`, title: `heap per idle connection: ${id}`, subjects: [to, of], ratios: [{ of, to, goal }] };
}

/** @param peers each with its goal. */
function work(id: string, title: string, of: SubjectName, peers: Readonly<Partial<Record<SubjectName, Ratio["goal"]>>>): WorkRow {
  const ratios = (Object.entries(peers) as [SubjectName, Ratio["goal"]][]).map(([to, goal]): Ratio => ({ of, to, ...(goal && { goal }) }));
  return { kind: "work", id, title, subjects: [...ratios.map(({ to }) => to), of], ratios };
}

/** @param speedUps goals the other way round: how many times as fast as the peer. */
function codec<Task extends WsframeTask | SocketioTask>(id: string, of: SubjectName, to: SubjectName, speedUps: Readonly<Record<Task, Ratio["goal"]>>): WorkRow[] {
  return (Object.entries(speedUps) as [Task, Ratio["goal"]][]).map(([task, goal]) => ({
    kind: "work", id: `codec-${id}-${task.replaceAll(/[ ,]+/g, "-")}`, title: `${id} codec: ${task}`, task, subjects: [to, of],
    ratios: [{ of, to, ...(goal && { goal: [goal[0], 1 / goal[1], 1 / goal[2]] }) }],
  }));
}
