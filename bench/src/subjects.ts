/**
 * What can be measured: which server file, with what environment, speaking which dialect.
 */
import { isReconnectingClient, type ReconnectingClient } from "./storm.js";
import type { FrameOpcode } from "./wire.js";
import { compressedFrame, frame } from "./wire.js";
import type { Preamble } from "./messages.js";
import type { ServerSpec } from "./servers/contract.js";

type Dialect = "raw" | "ws" | "deflate" | "engineio" | "polling" | "socketio" | "none";

interface SubjectDefinition {
  /** File below src/. */
  readonly file: string;
  readonly dialect: Dialect;
  readonly environment?: Readonly<Record<string, string>>;
}

/** `ws` uses a native addon for large messages when it finds one; only one subject lets it. */
const plainWs = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };
/** permessage-deflate as each ships it: messages from 1,024 bytes on, context kept. */
const deflate = { BENCH_DEFLATE: "1" };
const users = { BENCH_USERS: "100" };

export type SubjectName =
  | "raw"
  | "ws"
  | "ws again"
  | "ws+bufferutil"
  | "@x/simple-ws"
  | "@x/simple-ws for await"
  | "ws deflate"
  | "@x/simple-ws deflate"
  | "ws client"
  | "@x/simple-ws client"
  | "raw http"
  | "engine.io polling"
  | "@x/engineio polling"
  | "engine.io"
  | "@x/engineio"
  | "socket.io"
  | "@x/socketio"
  | "ws codec"
  | "@x/wsframe"
  | "socket.io-parser"
  | "@x/socketio codec"
  /** No subject but a measure: a row's times are given in it. */
  | "1 ms"
  /** How clients come back, on a virtual clock: no process of their own. */
  | ReconnectingClient
  | "generic-pool"
  | "@x/pool"
  | "generic-pool, 100 users"
  | "@x/pool, 100 users"
  | "tarn"
  | "tarn, 100 users"
  | "Map router"
  | "@x/pool/channels";

const SUBJECTS: Readonly<Record<Exclude<SubjectName, "1 ms" | ReconnectingClient>, SubjectDefinition>> = {
  raw: { file: "servers/raw", dialect: "raw" },
  ws: { file: "servers/ws", dialect: "ws", environment: plainWs },
  "ws again": { file: "servers/ws", dialect: "ws", environment: plainWs },
  "ws+bufferutil": { file: "servers/ws", dialect: "ws" },
  "@x/simple-ws": { file: "servers/simple-ws", dialect: "ws" },
  "@x/simple-ws for await": { file: "servers/simple-ws-iterate", dialect: "ws" },
  "ws deflate": { file: "servers/ws", dialect: "deflate", environment: { ...plainWs, ...deflate } },
  "@x/simple-ws deflate": { file: "servers/simple-ws", dialect: "deflate", environment: deflate },
  "ws client": { file: "clients/ws", dialect: "none", environment: plainWs },
  "@x/simple-ws client": { file: "clients/simple-ws", dialect: "none" },
  "raw http": { file: "servers/raw-http", dialect: "polling" },
  "engine.io polling": { file: "servers/engine.io", dialect: "polling", environment: plainWs },
  "@x/engineio polling": { file: "servers/engineio", dialect: "polling" },
  "engine.io": { file: "servers/engine.io", dialect: "engineio", environment: plainWs },
  "@x/engineio": { file: "servers/engineio", dialect: "engineio" },
  "socket.io": { file: "servers/socket.io", dialect: "socketio", environment: plainWs },
  "@x/socketio": { file: "servers/socketio", dialect: "socketio" },
  "ws codec": { file: "codecs/ws", dialect: "none", environment: plainWs },
  "@x/wsframe": { file: "codecs/wsframe", dialect: "none" },
  "socket.io-parser": { file: "codecs/socket.io-parser", dialect: "none" },
  "@x/socketio codec": { file: "codecs/socketio", dialect: "none" },
  "generic-pool": { file: "servers/generic-pool", dialect: "none" },
  "@x/pool": { file: "servers/pool", dialect: "none" },
  "generic-pool, 100 users": { file: "servers/generic-pool", dialect: "none", environment: users },
  "@x/pool, 100 users": { file: "servers/pool", dialect: "none", environment: users },
  tarn: { file: "servers/tarn", dialect: "none" },
  "tarn, 100 users": { file: "servers/tarn", dialect: "none", environment: users },
  "Map router": { file: "servers/map-router", dialect: "none" },
  "@x/pool/channels": { file: "servers/channels", dialect: "none" },
};

export function definitionOf(name: SubjectName): SubjectDefinition {
  if (name === "1 ms" || isReconnectingClient(name)) throw new Error(`${name} has no process of its own`);
  return SUBJECTS[name];
}

/** One request and its reply on the wire, as this subject speaks them. */
export interface Exchange {
  readonly preamble: Preamble;
  readonly request: Buffer;
  readonly reply: Buffer;
  /** The reply comes compressed, in whatever form: it is inflated before it is compared. */
  readonly isCompressed: boolean;
  /** What the server is told. */
  readonly server: ServerSpec;
}

export interface ExchangeSpec {
  readonly behaviour: ServerSpec["behaviour"];
  readonly opcode: FrameOpcode;
  readonly payload: Buffer;
  readonly perTrigger: number;
  readonly inFlight: number;
}

const PREAMBLES: Readonly<Record<Dialect, Preamble>> = {
  none: { path: undefined, greeting: undefined, framesBefore: 0 },
  raw: { path: undefined, greeting: undefined, framesBefore: 0 },
  ws: { path: "/", greeting: undefined, framesBefore: 0 },
  deflate: { path: "/", greeting: undefined, framesBefore: 0, extensions: "permessage-deflate; client_max_window_bits" },
  polling: { path: undefined, greeting: undefined, framesBefore: 0, isPolling: true },
  engineio: { path: "/engine.io/?EIO=4&transport=websocket", greeting: undefined, framesBefore: 1 },
  socketio: { path: "/socket.io/?EIO=4&transport=websocket", greeting: frame(1, Buffer.from("40"), true).toString("base64"), framesBefore: 2 },
};

/** `like`: the dialect whose bytes a raw control carries. */
export function exchangeOf(name: SubjectName, spec: ExchangeSpec, like: SubjectName): Exchange {
  const { dialect } = definitionOf(name);
  const spoken = dialect === "raw" ? definitionOf(like).dialect : dialect;
  const { asked, answered } = payloads(spoken, spec);
  if (dialect === "polling") return { preamble: PREAMBLES.polling, request: asked, reply: answered, isCompressed: false, server: { behaviour: spec.behaviour, perTrigger: spec.perTrigger, message: "" } };
  const reply = frame(spec.opcode, answered, false);
  const broadcast = dialect === "raw" ? answered : spec.payload;
  const message = spec.behaviour === "broadcast" ? broadcast.toString() : "";
  const server: ServerSpec = { behaviour: spec.behaviour, perTrigger: spec.perTrigger, message };
  // A raw echo returns what it reads, so it is sent what a server would answer.
  const isCompressed = dialect === "deflate";
  const ask = isCompressed ? compressedFrame : frame;
  const request = dialect === "raw" && spec.behaviour === "echo" ? reply : ask(spec.opcode, asked, true);
  // A raw member of a broadcast is greeted with one frame; there is no handshake that would tell it that it is one.
  const preamble: Preamble = dialect === "raw" && spec.behaviour === "broadcast" ? { ...PREAMBLES.raw, framesBefore: 1 } : PREAMBLES[dialect];
  return { preamble, request, reply, isCompressed, server };
}

function payloads(dialect: Dialect, { behaviour, payload, inFlight }: ExchangeSpec): { readonly asked: Buffer; readonly answered: Buffer } {
  const text = (value: string): Buffer => Buffer.from(value);
  const event = text(`42["m",${JSON.stringify(payload.toString())}]`);
  switch (dialect) {
    case "socketio":
      if (behaviour === "echo") return { asked: event, answered: event };
      if (behaviour === "broadcast") return { asked: text(`42["m","go"]`), answered: event };
      return { asked: Buffer.concat([text("427"), event.subarray(2)]), answered: text(`437[${JSON.stringify(payload.toString())}]`) };
    case "engineio": {
      const packet = Buffer.concat([text("4"), payload]);
      return { asked: packet, answered: packet };
    }
    case "polling": {
      const packets = text(Array<string>(inFlight).fill(`4${payload.toString()}`).join("\x1e"));
      return { asked: packets, answered: packets };
    }
    case "raw": case "ws": case "deflate": case "none":
      return { asked: behaviour === "broadcast" ? text("go") : payload, answered: payload };
  }
}
