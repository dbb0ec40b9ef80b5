/**
 * Long-polling as a server does it: at most one GET parked, at most one POST under way (protocol document §"HTTP
 * long-polling").
 *
 * Room: engineio core. Requests are seen as {@link ParkedPoll}s and bodies; statuses and headers are the driver's.
 */
import { ConnectionError } from "@x/errors/engineio";
import type { Carrier } from "./carrier.js";
import { decodePayload } from "./payload.js";
import type { Session } from "./session.js";
import * as Wire from "./wire.js";

/** A GET that waits for its answer. */
export interface ParkedPoll {
  answer(payload: string, mayCompress: boolean): void;
}

/** The polling transport of one session. */
export class ServerPolling implements Carrier {
  readonly name = "polling";
  readonly #session: Session;
  readonly #maxPackets: number;
  readonly #schedule: (polling: ServerPolling) => void;
  #parked: ParkedPoll | undefined;
  #isPosting = false;
  #isScheduled = false;
  /** A WebSocket is taking over: no poll is kept waiting. */
  #isReleasing = false;

  /** `schedule` calls {@link answerScheduled} when the current turn of the event loop has queued what it had to say. */
  constructor(session: Session, maxPackets: number, schedule: (polling: ServerPolling) => void) {
    this.#session = session;
    this.#maxPackets = maxPackets;
    this.#schedule = schedule;
  }

  /** A GET arrived. @returns `false` when it must be refused: wrong transport by now, or a second one (which ends the session). */
  poll(parked: ParkedPoll): boolean {
    if (!this.#isCurrent()) return false;
    if (this.#parked !== undefined) {
      this.#session.fail("transport error", overlap("Session ended: a second poll arrived while one was waiting"));
      return false;
    }
    this.#parked = parked;
    if (this.#session.outbox.length > 0) this.#answerQueued();
    else if (this.#isReleasing) this.#answer(Wire.noop);
    return true;
  }

  /** The client hung up on its poll. */
  pollLost(parked: ParkedPoll): void {
    if (this.#parked !== parked) return;
    this.#parked = undefined;
    this.#session.carrierEnded(this, "transport error", new ConnectionError("Session ended: the client hung up on its poll", { code: "engineio/connection-lost" }));
  }

  /** A POST begins. @returns `false` when it must be refused, as {@link poll}. */
  beginPost(): boolean {
    if (!this.#isCurrent()) return false;
    if (this.#isPosting) {
      this.#session.fail("transport error", overlap("Session ended: a second POST arrived while one was being read"));
      return false;
    }
    this.#isPosting = true;
    return true;
  }

  /** A POST's body is complete. @returns `false` when it was malformed (the session is over) or came too late. */
  post(body: string): boolean {
    this.#isPosting = false;
    if (!this.#isCurrent()) return false;
    try {
      for (const packet of decodePayload(body, "server", this.#maxPackets, this.#session.config.text)) this.#session.receive(packet, this);
      return this.#session.outbox.closeReason !== "parse error";
    } catch (error) {
      return this.refusePost(error);
    }
  }

  /** A POST's body is complete and not a payload. @returns `false`, as {@link post} does. */
  refusePost(error: unknown): false {
    this.#isPosting = false;
    if (this.#isCurrent()) this.#session.fail("parse error", error);
    return false;
  }

  /** A POST broke off, or broke a limit. */
  postFailed(error: unknown): void {
    this.#isPosting = false;
    this.#session.carrierEnded(this, "transport error", error);
  }

  flush(): undefined {
    if (this.#parked === undefined || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(this);
  }

  /** The turn is over: what it queued leaves as one payload. */
  answerScheduled(): void {
    this.#isScheduled = false;
    if (this.#parked !== undefined && this.#session.outbox.length > 0) this.#answerQueued();
  }

  pause(): void {
    this.#isReleasing = true;
    if (this.#parked === undefined) return;
    if (this.#session.outbox.length > 0) this.#answerQueued();
    else this.#answer(Wire.noop);
  }

  resume(): void {
    this.#isReleasing = false;
  }

  end(goodbye: string): void {
    if (this.#parked !== undefined) this.#answer(goodbye);
  }

  #isCurrent(): boolean {
    return this.#session.carrier === this && this.#session.state !== "closed";
  }

  #answerQueued(): void {
    const { outbox, config } = this.#session;
    const { mayCompress } = outbox; // before it is taken
    this.#answer(outbox.takePayload(outbox.maxPayloadBytes, config.maxOutgoingPackets), mayCompress);
    this.#session.flushed();
  }

  #answer(payload: string, mayCompress = true): void {
    const parked = this.#parked;
    this.#parked = undefined;
    parked?.answer(payload, mayCompress);
  }
}

function overlap(message: string): ConnectionError {
  return new ConnectionError(message, { code: "engineio/overlapping-requests", retryable: false });
}
