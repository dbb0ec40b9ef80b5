/**
 * What a channel pool is told at its construction, and a subscription at its own. Room: pool shell.
 */
import { systemClock, type Clock } from "@x/errors/clock";
import type { OnError } from "@x/errors/handlers";
import type { GapPolicy } from "../../core/channels/gaps.js";
import { parseChannelLimits, type ChannelLimits } from "../../core/channels/options.js";
import type { Acknowledgement, RequestKind } from "../../core/channels/requests.js";
import { invalidOption } from "../../core/options.js";
import type { MessageId } from "../../core/resilient/events.js";
import { DEFAULT_OVERLAP_MS, DEFAULT_SOCKET_LIMITS, parseBuffer, type BufferLimits } from "../../core/resilient/options.js";
import { guarded } from "../guarded.js";
import { parseOptions, type BufferOptions, type ResilientOptions, type SharedOptions, type UrlSource } from "../resilient/options.js";
import type { Transport } from "../resilient/ports.js";
import { orAcknowledged, type Acknowledged, type ReadAcknowledgement } from "./acknowledged.js";

/** One channel of a request. */
export interface ChannelStart {
  readonly channel: string;
  /** The position of the last message received; `undefined` before the first. The server goes on after it. */
  readonly after: MessageId | undefined;
  /** Of a pattern: the last position of each channel that it has met. */
  readonly positions: ReadonlyMap<string, MessageId>;
}

/** What is to be asked of the server. The fields of the first channel are its own, for servers that take one at a time. */
export interface ChannelRequest extends ChannelStart {
  /** Names this request in its acknowledgement: a number that no other request of the pool has. */
  readonly id: number;
  readonly kind: RequestKind;
  /** As many as `maxChannelsPerRequest`. */
  readonly channels: readonly ChannelStart[];
}

/** Makes the message of a request; `undefined`: nothing has to be said, and it is done. */
export type RequestMessage<Out> = (request: ChannelRequest) => Out | undefined;

export type ChannelBufferOptions<In> = Omit<BufferOptions<In>, "dedup">;

export interface SharedChannelOptions<In, Out>
  extends Omit<SharedOptions<In, Out>, "buffer" | "outbox" | "replay" | "onOpen">, Partial<{ readonly [Name in keyof ChannelLimits]: ChannelLimits[Name] | undefined }> {
  /** The channel that a message belongs to; `undefined` for none. A string is the name of the message's field that holds it. */
  readonly channelOf: string | ((message: In) => string | undefined);
  /** Asks the server for channels. An object is sent with `channel`, `id` and `after` added (`channels` where a request may name several). Default: nothing is sent. */
  readonly subscribe?: RequestMessage<Out> | Readonly<Record<string, unknown>> | undefined;
  /** Tells the server that channels are of no interest any more; as `subscribe`. Default: nothing is sent. */
  readonly unsubscribe?: RequestMessage<Out> | Readonly<Record<string, unknown>> | undefined;
  /** The request that a message acknowledges, by its `id`, or what the server says to it; `undefined` for other messages. It is as `deserialize` made it: not validated. Default: what is sent is done. */
  readonly ackOf?: ((message: unknown) => MessageId | Acknowledgement | undefined) | undefined;
  /** The place of a message in its channel: with it nothing is lost or doubled over reconnects. A number grows as long as the channel is held; a string is compared with the last
   *  `positionWindow`. Default: none. */
  readonly positionOf?: ((message: In) => MessageId | undefined) | undefined;
  /** What happens when a number of `positionOf` is further on than the last one plus one. `"tell"`: subscribers hear `gap`, and the channel goes on from it. `"resume"`: they hear it, and the
   *  server is asked to go on after the last position, as after a reconnect; until it does, what comes too early is left out. That needs `ackOf`. Default `"ignore"`, for numbers that only grow. */
  readonly gaps?: GapPolicy | undefined;
  /** Stands for any characters, also none, in the name of a channel that is subscribed to; `false`: names are taken literally. Default "*". */
  readonly wildcard?: string | false | undefined;
  /** Messages that a subscription has received and nobody has taken, where it says nothing else. A number is `capacity`. Default 1,000 messages and policy "error"; "pause" holds up
   *  all channels of the connection. */
  readonly buffer?: number | ChannelBufferOptions<In> | undefined;
}

export interface ChannelOptions<In, Out> extends SharedChannelOptions<In, Out> {
  /** How connections are opened. */
  readonly transport: Transport;
}

export interface SubscribeOptions<In> {
  /** The position of the last message that the application has: the first request goes on after it. Only for a channel that nobody holds. Default: from now on. */
  readonly after?: MessageId | undefined;
  /** In all: connecting, waiting for its turn, acknowledgement. Milliseconds; default `subscribeTimeoutMs` of the pool. */
  readonly timeoutMs?: number | undefined;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Messages received and not taken. A number is `capacity`. Default `buffer` of the pool. */
  readonly buffer?: number | ChannelBufferOptions<In> | undefined;
}

/** What a subscription's buffer needs to know. */
export interface BufferSettings<In> {
  readonly limits: BufferLimits;
  readonly keyOf: ((message: In) => unknown) | undefined;
}

/** One subscription that is slow, or forgotten, does not hold up the others, and loses nothing unseen. */
const DEFAULT_POLICY = "error";

/** @throws {JetSocketError} `pool/invalid-option`. */
export function parseChannelBuffer<In>(given: number | ChannelBufferOptions<In> | undefined): BufferSettings<In> {
  const options: ChannelBufferOptions<In> = typeof given === "number" ? { capacity: given } : given ?? {};
  const { keyOf, policy = DEFAULT_POLICY } = options;
  return { limits: parseBuffer({ ...options, policy }, keyOf !== undefined), keyOf };
}

/** What a channel pool needs to know; nothing of it throws. */
export interface ChannelSettings<In, Out> {
  readonly url: UrlSource;
  readonly socket: ResilientOptions<In | Acknowledged, Out>;
  readonly limits: ChannelLimits;
  readonly buffer: BufferSettings<In>;
  readonly maxReceivers: number;
  readonly channelOf: (message: In) => string | undefined;
  readonly positionOf: ((message: In) => MessageId | undefined) | undefined;
  readonly gaps: GapPolicy;
  readonly ackOf: ReadAcknowledgement | undefined;
  readonly messages: { readonly subscribe: RequestMessage<Out> | undefined; readonly unsubscribe: RequestMessage<Out> | undefined };
  readonly wildcard: string | undefined;
  readonly clock: Clock;
  readonly onError: OnError | undefined;
}

/** @param fail takes what the application's functions throw; they have then found nothing.
 *  @throws {JetSocketError} `pool/invalid-option`. @throws {TransportError} `errors/invalid-option` for the reconnect policy. */
export function parseChannelOptions<In, Out>(url: UrlSource, options: ChannelOptions<In, Out>, fail: (error: unknown) => void): ChannelSettings<In, Out> {
  const { positionOf, wildcard = "*", subscribe, unsubscribe, ackOf } = options;
  const limits = parseChannelLimits(options, positionOf !== undefined);
  const readAck: ReadAcknowledgement | undefined = ackOf === undefined ? undefined : guarded((message) => acknowledgementOf(ackOf(message)), undefined, fail);
  const socket = socketOptionsOf(options, readAck);
  parseOptions(url, socket); // refuses bad options before the first connection
  const messageOf = (given: typeof subscribe): RequestMessage<Out> | undefined => (given === undefined ? undefined : requestMessage<Out>(given, limits.maxChannelsPerRequest));
  return {
    url, socket, limits,
    buffer: parseChannelBuffer(options.buffer),
    maxReceivers: options.maxReceivers ?? DEFAULT_SOCKET_LIMITS.maxReceivers,
    channelOf: guarded(channelReader(options.channelOf), undefined, fail),
    positionOf: positionOf === undefined ? undefined : guarded(positionOf, undefined, fail),
    gaps: gapPolicyOf(options),
    ackOf: readAck,
    messages: { subscribe: messageOf(subscribe), unsubscribe: messageOf(unsubscribe) },
    wildcard: wildcard === false || wildcard === "" ? undefined : wildcard,
    clock: options.clock ?? systemClock,
    onError: options.onError,
  };
}

/** @throws {JetSocketError} `pool/invalid-option`: an unknown one, or one that cannot work. Without answers nobody knows which messages were under way before the server went on. */
function gapPolicyOf<In, Out>({ gaps = "ignore", positionOf, subscribe, ackOf }: ChannelOptions<In, Out>): GapPolicy {
  const needed: Readonly<Partial<Record<string, readonly unknown[]>>> = { ignore: [], tell: [positionOf], resume: [positionOf, subscribe, ackOf] };
  if (needed[gaps]?.includes(undefined) !== false) throw invalidOption(`Cannot use gaps "${gaps}", must be "ignore", "tell" with positionOf, or "resume" with positionOf, subscribe and ackOf`);
  return gaps;
}

/** Channels have buffers and positions of their own; their sockets have none. */
function socketOptionsOf<In, Out>(options: ChannelOptions<In, Out>, ackOf: ReadAcknowledgement | undefined): ResilientOptions<In | Acknowledged, Out> {
  const { schema, overlapMs = options.positionOf === undefined ? 0 : DEFAULT_OVERLAP_MS } = options;
  return { ...options, buffer: undefined, overlapMs, schema: schema === undefined || ackOf === undefined ? schema : orAcknowledged(schema, ackOf) };
}

function acknowledgementOf(said: MessageId | Acknowledgement | undefined): Acknowledgement | undefined {
  return typeof said === "object" || said === undefined ? said : { id: said };
}

/** A message of the application's, from its object or by its function. */
function requestMessage<Out>(given: RequestMessage<Out> | Readonly<Record<string, unknown>>, maxChannelsPerRequest: number): RequestMessage<Out> {
  if (typeof given === "function") return given;
  return ({ id, kind, channel, after, channels }) => {
    const start = after === undefined || kind === "unsubscribe" ? {} : { after };
    const named = maxChannelsPerRequest > 1 ? { channels: channels.map(({ channel: name }) => name) } : { channel, ...start };
    // The server's message is an object, the caller says.
    return { ...given, ...named, id } as Out;
  };
}

/** @returns the function, or one that reads the field of this name. */
function channelReader<In>(channelOf: string | ((message: In) => string | undefined)): (message: In) => string | undefined {
  if (typeof channelOf === "function") return channelOf;
  return (message) => {
    if (typeof message !== "object" || message === null || !Object.hasOwn(message, channelOf)) return undefined;
    const name: unknown = Reflect.get(message, channelOf);
    return typeof name === "string" ? name : undefined;
  };
}
