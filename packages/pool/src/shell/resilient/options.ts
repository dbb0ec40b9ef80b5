/**
 * What a resilient socket is told at its construction, and by `connect`. Room: pool shell.
 *
 * {@link parseOptions} makes a complete record of it; inside nothing is optional.
 */
import { systemClock, systemRandom, type Clock, type Random } from "@x/errors/clock";
import type { OnError } from "@x/errors/handlers";
import type { ReconnectPolicy } from "@x/errors/retry";
import type { MessageId } from "../../core/resilient/events.js";
import type { MachineSettings } from "../../core/resilient/lifecycle.js";
import {
  invalid, parseBuffer, parseHeartbeat, parseOutbox, parseSocketLimits, parseWindow,
  type BufferLimits, type HeartbeatLimits, type OutboxLimits, type OutboxPolicy, type SocketLimits,
} from "../../core/resilient/options.js";
import { jsonSerializer, type AttemptContext, type HeaderFields, type Payload, type Serializer, type Transport } from "./ports.js";
import type { Schema } from "./schema.js";

type Given<Limits> = { readonly [Name in keyof Limits]?: Limits[Name] | undefined };

export interface HeartbeatOptions extends Given<HeartbeatLimits> {
  /** What is sent instead of a WebSocket ping; needs `isPong`. In browsers the only way. */
  readonly ping?: Payload | (() => Payload) | undefined;
  /** Is this the answer to `ping`? It is not handed on. */
  readonly isPong?: ((data: Payload) => boolean) | undefined;
}

export interface BufferOptions<In> extends Given<BufferLimits> {
  /** For "conflate": of two messages with the same key only the newer is kept. `undefined` is no key. */
  readonly keyOf?: ((message: In) => unknown) | undefined;
  /** Messages whose id came before are dropped, wherever they came from. Default where `replay.sequenceIdOf` is given. */
  readonly dedup?: DedupOptions<In> | undefined;
}

export interface DedupOptions<In> {
  /** What two messages have in common that are the same. Default `replay.sequenceIdOf`. */
  readonly idOf?: ((message: In) => MessageId | undefined) | undefined;
  /** Ids that are remembered. Default 1,000. */
  readonly window?: number | undefined;
}

export interface AckOptions<Out> {
  /** The id that the acknowledgement will name; `undefined` where none is expected. */
  idOf(data: Out): MessageId | undefined;
  /** The id that this message acknowledges. Such a message is not handed on. It is as `deserialize` made it: not validated. */
  ackOf(message: unknown): MessageId | undefined;
  /** From `send` to the acknowledgement. Default 30,000 ms. */
  readonly timeoutMs?: number | undefined;
}

export interface OutboxOptions<Out> {
  /** Messages that wait for a connection or an acknowledgement. Default 1,000. */
  readonly capacity?: number | undefined;
  /** What they hold together; strings count their length. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Default "error": `send` throws. The others reject the promise of the message that is lost. */
  readonly policy?: OutboxPolicy | undefined;
  /** With it, the promise of `send` resolves with the acknowledgement. */
  readonly ack?: AckOptions<Out> | undefined;
}

/** A connection that has just been opened, before anything that waits is sent. */
export interface OpenContext {
  readonly reason: AttemptContext["reason"];
  /** Of the last message received, by `replay.sequenceIdOf`. */
  readonly lastSequenceId: MessageId | undefined;
  /** Ends with the connection. */
  readonly signal: AbortSignal;
  /** Sends on this very connection, ahead of everything that waits. */
  readonly send: (data: unknown) => Promise<void>;
}

export interface ReplayOptions<In> {
  /** The place of a received message in its sequence. */
  readonly sequenceIdOf?: ((message: In) => MessageId | undefined) | undefined;
  /** Called on every connection once a sequence id is known: ask the server here for what follows. What it throws is an `error` event. */
  readonly onReplay?: ((context: OpenContext) => unknown) | undefined;
  /** Sent messages that were not acknowledged are sent again on the next connection, in order. Needs `outbox.ack`. Default: where that is given. */
  readonly unacknowledged?: boolean | undefined;
}

/** What becomes of a message that cannot be read or is not valid: thrown to the consumer in its place, told as an `error` event, or only counted. */
export type InvalidPolicy = "throw" | "event" | "skip";

export interface SharedOptions<In, Out> extends Given<SocketLimits> {
  /** Header fields of the opening handshake; a function is called for each attempt. Not in browsers. */
  readonly headers?: HeaderFields | ((context: AttemptContext) => HeaderFields | Promise<HeaderFields>) | undefined;
  /** `false`: the first end is the last. Default: for ever, after 1, 2, 4 … at most 60 s, with full jitter. */
  readonly reconnect?: boolean | ReconnectPolicy | undefined;
  /** Default none. A number is `intervalMs`. */
  readonly heartbeat?: number | HeartbeatOptions | undefined;
  /** Messages received and not taken yet. A number is `capacity`. Default 1,000. */
  readonly buffer?: number | BufferOptions<In> | undefined;
  /** Messages that wait for a connection. Default `false`: `send` throws while there is none. A number is `capacity`. */
  readonly outbox?: boolean | number | OutboxOptions<Out> | undefined;
  /** How what was missed is asked for again. Default: it is not. */
  readonly replay?: ReplayOptions<In> | undefined;
  /** Called on every connection, renewals included, before anything that waits is sent: subscribe here. */
  readonly onOpen?: ((context: OpenContext) => unknown) | undefined;
  /** Between values and what travels. Default {@link jsonSerializer}. */
  readonly serializer?: Serializer | undefined;
  /** Checks and types what is received: any Standard Schema (Zod, Valibot, ArkType …). Default none. */
  readonly schema?: Schema<In> | undefined;
  /** What becomes of a message that cannot be read or is not valid. Default "throw". */
  readonly invalid?: InvalidPolicy | undefined;
  /** What listeners throw. Default: the reporter of `@x/errors/handlers`. */
  readonly onError?: OnError | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** For jitter. Default: the system's. */
  readonly random?: Random | undefined;
}

export type UrlSource = string | URL | ((context: AttemptContext) => string | URL | Promise<string | URL>);

export interface ResilientOptions<In, Out> extends SharedOptions<In, Out> {
  /** How connections are opened. */
  readonly transport: Transport;
}

export interface ConnectOptions {
  /** In all, with every attempt and wait. Default `openTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Whether to try again when the first attempt fails. Default `true`. */
  readonly retry?: boolean | undefined;
}

/** How long reconnecting goes on where nothing else is said: JetSocket's numbers. */
export const DEFAULT_RECONNECT: ReconnectPolicy = { attempts: Infinity, baseMs: 1_000, factor: 2, capMs: 60_000, jitter: 1 };

/** What the way in needs to know. */
export interface InboundSettings<In> {
  readonly machine: MachineSettings;
  readonly buffer: BufferLimits;
  readonly keyOf: ((message: In) => unknown) | undefined;
  readonly dedup: { readonly idOf: (message: In) => MessageId | undefined; readonly window: number } | undefined;
  readonly sequenceIdOf: ((message: In) => MessageId | undefined) | undefined;
  readonly ackOf: ((message: unknown) => MessageId | undefined) | undefined;
  readonly serializer: Serializer;
  readonly schema: Schema<In> | undefined;
  readonly invalid: InvalidPolicy;
  readonly clock: Clock;
}

/** What the way out needs to know. */
export interface OutboundSettings<Out> {
  readonly outbox: OutboxLimits;
  readonly hasOutbox: boolean;
  readonly idOf: ((data: Out) => MessageId | undefined) | undefined;
  readonly resends: boolean;
  readonly onOpen: ((context: OpenContext) => unknown) | undefined;
  readonly onReplay: ((context: OpenContext) => unknown) | undefined;
  readonly serializer: Serializer;
}

/** What connecting needs to know. */
export interface DriverSettings {
  readonly machine: MachineSettings;
  readonly transport: Transport;
  readonly url: UrlSource;
  readonly headers: SharedOptions<never, never>["headers"];
  readonly appPing: { readonly payload: () => Payload; readonly isPong: (data: Payload) => boolean } | undefined;
  readonly clock: Clock;
}

export interface ResilientSettings<In, Out> extends InboundSettings<In>, OutboundSettings<Out>, DriverSettings {}

/** @throws {JetSocketError} `pool/invalid-option`. @throws {TransportError} `errors/invalid-option` for the reconnect policy. */
export function parseOptions<In, Out>(url: UrlSource, options: ResilientOptions<In, Out>): ResilientSettings<In, Out> {
  const { reconnect = true, random = systemRandom } = options;
  const dedup = dedupOf(options);
  const outboxOptions = typeof options.outbox === "object" ? options.outbox : {};
  const { ack } = outboxOptions;
  return {
    machine: {
      limits: parseSocketLimits(options, dedup !== undefined),
      heartbeat: parseHeartbeat(options.heartbeat),
      reconnect: reconnect === false ? undefined : { ...DEFAULT_RECONNECT, random, ...(reconnect === true ? {} : reconnect) },
      random,
    },
    transport: options.transport,
    url,
    headers: options.headers,
    appPing: appPingOf(options.heartbeat),
    ...bufferOf(options.buffer),
    dedup,
    outbox: parseOutbox(typeof options.outbox === "object" ? { ...outboxOptions, ackTimeoutMs: ack?.timeoutMs } : options.outbox),
    hasOutbox: options.outbox !== undefined && options.outbox !== false,
    idOf: ack === undefined ? undefined : (data) => ack.idOf(data),
    ackOf: ack === undefined ? undefined : (message) => ack.ackOf(message),
    sequenceIdOf: options.replay?.sequenceIdOf,
    onReplay: replayOf(options.replay),
    resends: resendsOf(options.replay?.unacknowledged, ack !== undefined),
    onOpen: options.onOpen,
    serializer: options.serializer ?? jsonSerializer,
    schema: options.schema,
    invalid: options.invalid ?? "throw",
    clock: options.clock ?? systemClock,
  };
}

function appPingOf(heartbeat: number | HeartbeatOptions | undefined): DriverSettings["appPing"] {
  if (typeof heartbeat !== "object") return undefined;
  const { ping, isPong } = heartbeat;
  if ((ping === undefined) !== (isPong === undefined)) throw invalid("heartbeat.ping and heartbeat.isPong must be given together");
  return ping === undefined || isPong === undefined ? undefined : { payload: typeof ping === "function" ? ping : () => ping, isPong };
}

function bufferOf<In>(given: number | BufferOptions<In> | undefined): Pick<InboundSettings<In>, "buffer" | "keyOf"> {
  const keyOf = typeof given === "object" ? given.keyOf : undefined;
  return { buffer: parseBuffer(given, keyOf !== undefined), keyOf };
}

function dedupOf<In>({ buffer, replay }: Pick<SharedOptions<In, never>, "buffer" | "replay">): InboundSettings<In>["dedup"] {
  const dedup = typeof buffer === "object" ? buffer.dedup : undefined;
  const idOf = dedup?.idOf ?? replay?.sequenceIdOf;
  if (dedup !== undefined && idOf === undefined) throw invalid("buffer.dedup must come with idOf, or with replay.sequenceIdOf");
  return idOf === undefined ? undefined : { idOf, window: parseWindow(dedup?.window) };
}

function replayOf<In>(replay: ReplayOptions<In> | undefined): ReplayOptions<In>["onReplay"] {
  if (replay?.onReplay !== undefined && replay.sequenceIdOf === undefined) throw invalid("replay.onReplay must come with replay.sequenceIdOf");
  return replay?.onReplay;
}

function resendsOf(asked: boolean | undefined, hasAck: boolean): boolean {
  if (asked === true && !hasAck) throw invalid("replay.unacknowledged must come with outbox.ack");
  return asked ?? hasAck;
}
