/**
 * The conversation with the server about channels: requests in batches, one after the other, and their acknowledgements. Room: pool core.
 *
 * A line's requests leave in the order in which they arose, so that a channel that is given up and wanted again is so at the server, too.
 */
import { ConnectionTimeoutError, JetSocketError } from "@x/errors/pool";
import type { MessageId } from "../resilient/events.js";
import type { Line, Seat } from "./channel.js";
import type { ChannelLimits } from "./options.js";

/** What a request asks for. */
export type RequestKind = "subscribe" | "unsubscribe";

/** What the server says to a request. */
export interface Acknowledgement {
  readonly id: MessageId;
  /** It refuses; with what words. */
  readonly error?: unknown;
  /** `false`: it could not go on after the position it was given. */
  readonly resumed?: boolean | undefined;
  /** Where channels stand, by name: what follows is sent. Without it a connection lost before a channel's first message leaves a gap. */
  readonly positions?: Readonly<Record<string, MessageId>> | undefined;
}

/** How sending went: `"silent"`, because there is nothing to be said; `"lost"`, because the connection is gone, which will be told; or why it can never be sent. */
export type Sent = "sent" | "silent" | "lost" | JetSocketError;

export interface RequestsHost<Message> {
  /** Tell the server. */
  send(line: Line<Message>, kind: RequestKind, id: number, seats: readonly Seat<Message>[]): Sent;
  /** The server has been told, and did not say no. */
  live(seat: Seat<Message>, acknowledgement: Acknowledgement | undefined, nowMs: number): void;
  /** The server, or the application's own function, does not want this channel. */
  refused(seat: Seat<Message>, error: JetSocketError, nowMs: number): void;
  /** The server has let go of it, or will not say. */
  left(seat: Seat<Message>, nowMs: number): void;
  /** Nobody answered in time; it is asked for again. */
  overdue(seats: readonly Seat<Message>[]): void;
  /** What no subscriber hears of: a request without an answer, one to let go that cannot be sent. */
  report(line: Line<Message>, error: JetSocketError): void;
}

interface Request<Message> {
  readonly id: number;
  readonly kind: RequestKind;
  readonly line: Line<Message>;
  readonly seats: readonly Seat<Message>[];
  readonly deadlineMs: number;
}

export class Requests<Message> {
  readonly #limits: ChannelLimits;
  readonly #hasAcks: boolean;
  readonly #host: RequestsHost<Message>;
  /** In the order in which they were sent, which is that of their deadlines. */
  readonly #pending = new Map<MessageId, Request<Message>>();
  /** Lines that have something to say and must wait. */
  readonly #held = new Set<Line<Message>>();
  #id = 0;
  #isFlushing = false;

  /** @param hasAcks whether the server answers; otherwise what was sent is done. */
  constructor(limits: ChannelLimits, hasAcks: boolean, host: RequestsHost<Message>) {
    this.#limits = limits;
    this.#hasAcks = hasAcks;
    this.#host = host;
  }

  /** Requests that wait for their acknowledgement. */
  get pending(): number {
    return this.#pending.size;
  }

  get deadlineMs(): number {
    let earliestMs = Infinity;
    for (const { deadlineMs } of this.#pending.values()) {
      earliestMs = deadlineMs;
      break;
    }
    if (!this.#isFull) for (const { batchLeft, batchUntilMs } of this.#held) earliestMs = Math.min(earliestMs, batchLeft > 0 ? -Infinity : batchUntilMs);
    return earliestMs;
  }

  /** Notes what the server is to be told of a seat; {@link flush} tells it. */
  want(seat: Seat<Message>, state: "wanted" | "unwanted"): void {
    seat.state = state;
    seat.line.queue.delete(seat);
    seat.line.queue.add(seat);
    this.#held.add(seat.line);
  }

  /** Sends what may be sent now. */
  flush(nowMs: number): void {
    if (this.#isFlushing) return; // the application's functions run below; what they want is seen by the loop above them
    this.#isFlushing = true;
    for (const line of this.#held) this.#flushLine(line, nowMs);
    this.#isFlushing = false;
  }

  /** The connection is there. */
  opened(line: Line<Message>): void {
    if (line.queue.size > 0) this.#held.add(line);
  }

  /** The connection is gone, and with it what was asked on it. */
  forget(line: Line<Message>): void {
    for (const [id, request] of this.#pending) if (request.line === line) this.#pending.delete(id);
    line.queue.clear();
    line.batchUntilMs = -Infinity;
    this.#held.delete(line);
  }

  /** @returns whether somebody waited for it. */
  acknowledged(line: Line<Message>, acknowledgement: Acknowledgement, nowMs: number): boolean {
    const { id, error } = acknowledgement;
    const request = this.#pending.get(id);
    if (request?.line !== line) return false;
    this.#pending.delete(id);
    for (const seat of request.seats) {
      if (seat.requestId !== request.id) continue; // it has been asked for again since, or given up
      if (seat.state === "leaving") this.#host.left(seat, nowMs);
      else if (seat.state === "asked" && error === undefined) this.#live(seat, acknowledgement, nowMs);
      else if (seat.state === "asked") this.#host.refused(seat, refusal(seat.channel.name, error), nowMs);
    }
    return true;
  }

  tick(nowMs: number): void {
    for (const request of this.#pending.values()) {
      if (request.deadlineMs > nowMs) break;
      this.#pending.delete(request.id);
      this.#host.report(request.line, this.#overdue(request));
      this.#host.overdue(request.seats);
      for (const seat of request.seats) {
        if (seat.requestId !== request.id) continue;
        if (seat.state === "leaving") this.#host.left(seat, nowMs);
        else if (seat.state === "asked") this.want(seat, "wanted");
      }
    }
    this.flush(nowMs);
  }

  get #isFull(): boolean {
    return this.#pending.size >= this.#limits.maxPendingRequests;
  }

  #flushLine(line: Line<Message>, nowMs: number): void {
    while (line.phase === "open" && line.queue.size > 0 && !this.#isFull) {
      if (nowMs >= line.batchUntilMs) {
        line.batchLeft = this.#limits.maxRequestsPerBatch;
        line.batchUntilMs = nowMs + this.#limits.batchIntervalMs;
      } else if (line.batchLeft === 0) return;
      line.batchLeft--;
      if (!this.#request(line, nowMs)) break;
    }
    if (!this.#isFull || line.queue.size === 0 || line.phase !== "open") this.#held.delete(line);
  }

  /** Sends one request. @returns whether the connection can be used. */
  #request(line: Line<Message>, nowMs: number): boolean {
    const seats = this.#take(line);
    const kind = seats[0]?.state === "wanted" ? "subscribe" : "unsubscribe";
    const id = ++this.#id;
    for (const seat of seats) {
      seat.state = kind === "subscribe" ? "asked" : "leaving";
      seat.requestId = id;
    }
    if (this.#hasAcks) this.#pending.set(id, { id, kind, line, seats, deadlineMs: nowMs + this.#limits.ackTimeoutMs });
    const sent = this.#host.send(line, kind, id, seats);
    if (sent instanceof JetSocketError) {
      if (kind === "unsubscribe") this.#host.report(line, sent);
      this.#failed(id, seats, sent, nowMs);
    }
    else if (sent === "silent" || (sent === "sent" && !this.#hasAcks)) this.#done(id, seats, nowMs);
    return sent !== "lost";
  }

  /** The next of the queue that want the same. */
  #take({ queue }: Line<Message>): readonly Seat<Message>[] {
    const seats: Seat<Message>[] = [];
    for (const seat of queue) {
      if (seats.length >= this.#limits.maxChannelsPerRequest || (seats[0] !== undefined && seats[0].state !== seat.state)) break;
      queue.delete(seat);
      seats.push(seat);
    }
    return seats;
  }

  #done(id: number, seats: readonly Seat<Message>[], nowMs: number): void {
    this.#pending.delete(id);
    for (const seat of seats) {
      if (seat.requestId !== id) continue;
      if (seat.state === "asked") this.#live(seat, undefined, nowMs);
      else if (seat.state === "leaving") this.#host.left(seat, nowMs);
    }
  }

  #failed(id: number, seats: readonly Seat<Message>[], error: JetSocketError, nowMs: number): void {
    this.#pending.delete(id);
    for (const seat of seats) {
      if (seat.requestId !== id) continue;
      if (seat.state === "asked") this.#host.refused(seat, error, nowMs);
      else if (seat.state === "leaving") this.#host.left(seat, nowMs);
    }
  }

  #live(seat: Seat<Message>, acknowledgement: Acknowledgement | undefined, nowMs: number): void {
    seat.state = "live";
    seat.isAgain = true;
    this.#host.live(seat, acknowledgement, nowMs);
  }

  #overdue({ kind, seats }: Request<Message>): ConnectionTimeoutError {
    const { ackTimeoutMs: afterMs } = this.#limits;
    const names = `${JSON.stringify(seats[0]?.channel.name)}${seats.length > 1 ? ` and ${seats.length - 1} more` : ""}`;
    return new ConnectionTimeoutError(`Cannot ${kind} ${names}: no acknowledgement within ${afterMs} ms`, { operation: kind, afterMs });
  }
}

function refusal(name: string, cause: unknown): JetSocketError {
  return new JetSocketError(`Cannot subscribe to ${JSON.stringify(name)}: the server refuses`, { code: "pool/subscription-refused", cause });
}
