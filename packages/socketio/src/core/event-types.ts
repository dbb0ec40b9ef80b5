/**
 * Event maps: which events travel in which direction, with which arguments and acknowledgement.
 *
 * Room: socketio core. Types only. A map is an interface of functions, as socket.io's users know it:
 * `interface ClientToServer { message(text: string, ack: (id: number) => void): void }`.
 */

/** Arguments of events that nobody declared; checked callers and unchecked ones meet here, and only here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- handlers of untyped programs annotate their arguments freely, which `unknown` would refuse
export type Untyped = any;
export type DefaultEventsMap = Record<string, (...args: Untyped[]) => void>;

export type EventName<Map> = keyof Map & string;
export type EventArguments<Map, Name> = Name extends keyof Map ? (Map[Name] extends (...args: infer Args) => unknown ? Args : never) : never;

export type Last<Args extends readonly unknown[]> = Args extends readonly [...unknown[], infer Tail]
  ? Tail
  : Required<Args> extends readonly [...unknown[], infer Tail] ? Tail : Untyped;
export type AllButLast<Args extends readonly unknown[]> = Args extends readonly [...infer Head, unknown]
  ? Head
  : Required<Args> extends readonly [...infer Head, unknown] ? Head : Untyped[];

/** What an acknowledgement carries: the first argument of the callback, its error aside. */
export type AckValue<Args extends readonly unknown[]> = Last<Args> extends (...args: infer Reply) => unknown ? FirstValue<Reply> : Untyped;
type FirstValue<Reply extends readonly unknown[]> = Reply extends readonly [Error | null, infer Value, ...unknown[]] ? Value
  : Reply extends readonly [infer Value, ...unknown[]] ? Value
  : Reply extends readonly [] ? undefined
  : Untyped;

/** The same map, with callbacks that are told about a timeout first: what `timeout(ms)` gives. */
export type WithTimeout<Map> = { [Name in keyof Map]: Map[Name] extends (...args: infer Args) => infer Result ? (...args: PrependError<Args>) => Result : Map[Name] };
type PrependError<Args extends readonly unknown[]> = Last<Args> extends (...args: infer Reply) => unknown
  ? Last<Args> extends Untyped ? IfAny<Last<Args>, Args, [...AllButLast<Args>, (error: Error | null, ...reply: Reply) => void]> : Args
  : Args;
type IfAny<Value, Then, Else> = 0 extends 1 & Value ? Then : Else;

/** The same map, with callbacks that get one reply per member: acknowledgements of a broadcast. */
export type WithReplies<Map> = { [Name in keyof Map]: Map[Name] extends (...args: infer Args) => infer Result ? (...args: CollectReplies<Args>) => Result : Map[Name] };
type CollectReplies<Args extends readonly unknown[]> = Last<Args> extends (...args: infer Reply) => unknown
  ? IfAny<Last<Args>, Args, [...AllButLast<Args>, (error: Error | null, replies: FirstValue<Reply>[]) => void]>
  : Args;

/** Names whose last argument is a callback, for `emitWithAck`. */
export type AckName<Map> = { [Name in keyof Map]: Map[Name] extends (...args: infer Args) => unknown ? (Last<Args> extends (...args: never) => unknown ? Name : never) : never }[keyof Map] & string;
