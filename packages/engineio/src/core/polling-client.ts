/**
 * Long-polling as a client does it: one GET always under way, one POST at a time (protocol document §"HTTP
 * long-polling"), both silent before an upgrade.
 *
 * Room: engineio core. HTTP is behind {@link PollingRequests}.
 */
import { type Carrier, PROTOCOL_ERROR } from "./carrier.js";
import { decodePayload } from "./payload.js";
import type { ClientSession } from "./client-session.js";
import * as Wire from "./wire.js";

/** The two requests of a client; answers come back through {@link ClientPolling}'s methods. */
export interface PollingRequests {
  get(): void;
  /** `isLast`: nothing follows, and the page may be going away. */
  post(payload: string, isLast: boolean): void;
  /** Break off the GET. */
  abort(): void;
  /** Run {@link ClientPolling.postQueued} when the current turn has queued what it had to say. */
  schedule(polling: ClientPolling): void;
}

/** The polling transport of one client session. */
export class ClientPolling implements Carrier {
  readonly name = "polling";
  readonly #session: ClientSession;
  readonly #requests: PollingRequests;
  readonly #maxPackets: number;
  #isPolling = false;
  #isPosting = false;
  #isScheduled = false;
  #isPaused = false;
  #isEnded = false;
  /** The POST under way carries CLOSE: the poll stays until it is answered, or the server would see a lost one first. */
  #isLeaving = false;

  constructor(session: ClientSession, requests: PollingRequests, maxPackets: number) {
    this.#session = session;
    this.#requests = requests;
    this.#maxPackets = maxPackets;
  }

  /** Send the first GET, which is the handshake. */
  start(): void {
    this.#poll();
  }

  /** A GET was answered with 200. */
  received(payload: string): void {
    this.#isPolling = false;
    if (this.#isEnded) return;
    const session = this.#session;
    try {
      const packets = decodePayload(payload, "client", this.#maxPackets, session.config.text, session.state === "opening");
      for (const packet of packets) session.receive(packet, this);
    } catch (error) {
      session.fail("parse error", error);
    }
    if (this.#isPaused) this.#reportSilence();
    else this.#poll();
  }

  /** A POST was answered with 200. */
  posted(): void {
    this.#isPosting = false;
    if (this.#isEnded) this.#requests.abort();
    else if (this.#isPaused) this.#reportSilence();
    else this.flush();
  }

  /** A request failed or was answered with another status. */
  failed(error: unknown): void {
    if (this.#isEnded) this.#requests.abort();
    else this.#session.carrierEnded(this, "transport error", error);
  }

  flush(): undefined {
    if (this.#isScheduled || this.#isPosting || this.#isPaused || this.#isEnded) return;
    if (this.#session.outbox.length === 0) return;
    this.#isScheduled = true;
    this.#requests.schedule(this);
  }

  /** The turn is over: what it queued leaves in one POST, or in several of the size that the server takes. */
  postQueued(): void {
    this.#isScheduled = false;
    if (this.#isPosting || this.#isEnded) return;
    if (this.#isPaused) {
      this.#reportSilence();
      return;
    }
    const { outbox, config, state } = this.#session;
    if (outbox.length === 0) return;
    this.#isPosting = true;
    const payload = outbox.takePayload(outbox.maxPayloadBytes, config.maxOutgoingPackets);
    this.#isLeaving = state === "closing" && payload === Wire.close;
    this.#requests.post(payload, this.#isLeaving);
    this.#session.flushed();
  }

  pause(): void {
    this.#isPaused = true;
    this.#reportSilence();
  }

  resume(): void {
    if (!this.#isPaused || this.#isEnded) return;
    this.#isPaused = false;
    this.#poll();
    this.flush();
  }

  end(goodbye: string, closeCode: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (!this.#isLeaving) this.#requests.abort();
    if (goodbye === Wire.close && closeCode === PROTOCOL_ERROR && !this.#isPosting) this.#requests.post(Wire.close, true); // the server is there, and would wait
  }

  #poll(): void {
    if (this.#isPolling || this.#isEnded) return;
    this.#isPolling = true;
    this.#requests.get();
  }

  #reportSilence(): void {
    if (!this.#isPolling && !this.#isPosting && !this.#isEnded) this.#session.paused();
  }
}
