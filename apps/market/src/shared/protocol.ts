/**
 * The one protocol of this program: exchange → gateway, exchange → terminal and gateway → page all speak it.
 *
 * Room: shared. JSON in text messages. Whoever subscribes with `after` gets what follows that position as far as the server still has it,
 * else a snapshot; whoever subscribes without gets a snapshot, or, of a text, everything. Positions of a channel grow by one. Every request is
 * answered with `done`, before the channel's messages.
 */
import { z } from "zod";

const position = z.number().int().nonnegative();
const channel = z.string().min(1).max(256);
/** The request that an answer belongs to. */
const id = z.number().int().nonnegative();

export const requestSchema = z.discriminatedUnion("op", [
  z.object({ op: z.literal("subscribe"), channel, id, after: position.optional() }),
  z.object({ op: z.literal("unsubscribe"), channel, id }),
]);
export type Request = z.infer<typeof requestSchema>;

const quote = {
  /** Milliseconds since 1970. */
  timeMs: z.number(),
  last: z.number(),
  bid: z.number(),
  ask: z.number(),
  /** The first price, which changes are told against. */
  open: z.number(),
};

/** Time and price, oldest first. */
const history = z.array(z.tuple([z.number(), z.number()]));

export const faultsSchema = z.object({
  /** Connections stay open, but nothing is said or heard on them. */
  silent: z.boolean(),
  /** New connections are refused with 503 and `Retry-After`. */
  refuse: z.boolean(),
  /** Chance of a message to be sent twice, sent after its successor, not sent. */
  duplicate: z.number().min(0).max(1),
  reorder: z.number().min(0).max(1),
  gap: z.number().min(0).max(1),
  /** Milliseconds by which messages come late. */
  slowMs: z.number().min(0).max(5_000),
  /** Milliseconds after which a connection is closed; 0 for never. */
  maxAgeMs: z.number().min(0).max(86_400_000),
});
export type Faults = z.infer<typeof faultsSchema>;

export const NO_FAULTS: Faults = { silent: false, refuse: false, duplicate: 0, reorder: 0, gap: 0, slowMs: 0, maxAgeMs: 0 };

/** What the control interface takes: some of the faults, and whether every connection is to be dropped now. */
export const controlSchema = faultsSchema.partial().extend({ drop: z.boolean().optional() }).strict();
export type Control = z.infer<typeof controlSchema>;

/** What a reader of channels has seen. */
export const countsSchema = z.object({
  connections: z.number(),
  reconnects: z.number(),
  /** Messages that were missing, and were asked for again. */
  gaps: z.number(),
  /** Messages that had come before. */
  duplicates: z.number(),
  channels: z.number(),
  messages: z.number(),
});
export type Counts = z.infer<typeof countsSchema>;

export const linkStateSchema = z.enum(["connecting", "open", "lost", "closed"]);
export type LinkState = z.infer<typeof linkStateSchema>;

const snapshotMessage = z.object({ type: z.literal("snapshot"), channel, position, ...quote, history });
const tickMessage = z.object({ type: z.literal("tick"), channel, position, ...quote });
const tokenMessage = z.object({ type: z.literal("token"), channel, position, text: z.string(), isLast: z.boolean() });
const statusMessage = z.object({ type: z.literal("status"), channel, position, state: linkStateSchema, counts: countsSchema, faults: faultsSchema });
/** `resumed: false`: what follows `after` is not there any more. `error`: why it was not done. */
const doneMessage = z.object({ type: z.literal("done"), id, resumed: z.boolean().optional(), error: z.string().optional() });

export const messageSchema = z.discriminatedUnion("type", [snapshotMessage, tickMessage, tokenMessage, statusMessage]);
/** What a channel carries. */
export type Message = z.infer<typeof messageSchema>;
export const answerSchema = doneMessage;
export type Answer = z.infer<typeof doneMessage>;
export type Snapshot = z.infer<typeof snapshotMessage>;
export type Tick = z.infer<typeof tickMessage>;
export type Token = z.infer<typeof tokenMessage>;
export type Status = z.infer<typeof statusMessage>;
