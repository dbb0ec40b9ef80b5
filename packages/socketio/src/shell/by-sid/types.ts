/**
 * Types of the API by client id: what handlers get and answer, what can be sent, and to whom.
 *
 * Room: socketio shell. Types only, over the same event maps as everywhere.
 */
import type { AckValue, AllButLast, EventArguments, Last, Untyped } from "../../core/event-types.js";
import type { Tuple } from "./tuple.js";

type AnyFunction = (...args: never) => unknown;

/** What travels with an event: its arguments without the callback of an acknowledgement. */
export type Sent<Args extends readonly unknown[]> = number extends Args["length"] ? Untyped[] : Last<Args> extends AnyFunction ? AllButLast<Args> : Args;

/** The `data` of `emit`: nothing, one value, or several as a {@link Tuple}. */
export type SidData<Args extends readonly unknown[]> = number extends Args["length"] ? Untyped
  : Args extends readonly [] ? undefined
  : Required<Args> extends readonly [infer Only] ? Only | Optional<Args>
  : Tuple<Readonly<Args>>;
type Optional<Args extends readonly unknown[]> = Args extends readonly [unknown] ? never : undefined;

/** `data` may be left out where there is nothing to send. */
export type DataAndOptions<Args extends readonly unknown[], Options> = undefined extends SidData<Args> ? [data?: SidData<Args>, options?: Options] : [data: SidData<Args>, options?: Options];
export type DataAndTarget<Args extends readonly unknown[]> = [data: SidData<Args>, options: SidCall];

/** What a handler may answer: one value, several as a {@link Tuple}, later as a promise; `undefined` acknowledges with nothing. */
export type SidReply<Args extends readonly unknown[]> = Last<Args> extends AnyFunction ? Answer<AckValue<Args>> : unknown;
type Answer<Value> = Value | Tuple | Promise<Value | Tuple>;

export type SidHandler<Map, Name> = (sid: string, ...args: Sent<EventArguments<Map, Name>>) => SidReply<EventArguments<Map, Name>>;
/** Handlers by event, for a class. */
export type SidHandlers<Map> = { readonly [Name in keyof Map & string]?: SidHandler<Map, Name> };

export interface SidScope {
  /** Default: `/`, and in a class its own. */
  readonly namespace?: string | undefined;
}

/** Who gets it. Without a room it is everyone in the namespace; an empty list of rooms is nobody, and `undefined` for a room an error. */
export interface SidTarget extends SidScope {
  /** A client's id or a room, or several; each client gets it once. */
  readonly to?: string | readonly string[];
  /** {@link to}. */
  readonly room?: string | readonly string[];
  /** {@link to}. */
  readonly rooms?: string | readonly string[];
  /** Clients that do not get it. */
  readonly skipSid?: string | readonly string[] | undefined;
}

export interface SidCall extends SidScope {
  /** The client's id. */
  readonly to?: string | undefined;
  /** {@link to}. */
  readonly sid?: string | undefined;
  /** How long the acknowledgement may take. Milliseconds, default 60 000. */
  readonly timeoutMs?: number | undefined;
}
