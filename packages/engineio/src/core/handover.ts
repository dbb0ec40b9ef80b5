/**
 * One attempt to move a session from polling to a stream (protocol document §"Upgrade"): the stream on trial, what it
 * says, and how the attempt ends. Made when it begins, forgotten when it is over.
 *
 * Room: engineio core. Which packet means what is {@link onTrialPacket}'s; this class acts on it.
 */
import type { Carrier, StreamCarrier } from "./carrier.js";
import type { WirePacket } from "./packet.js";
import { unexpectedPacket } from "./payload.js";
import type { SessionConfig } from "./session-config.js";
import { type Trial, onTrialPacket } from "./upgrade.js";
import * as Wire from "./wire.js";

/** What a handover needs of its session. */
export interface HandoverOwner {
  readonly config: SessionConfig;
  /** Polling, as long as the attempt lasts. */
  readonly carrier: Carrier | undefined;
  /** The stream takes over, unless the attempt has ended meanwhile. */
  handedOver(handover: Handover): void;
  /** The attempt is over, if it was not before; the session goes on with polling. */
  handoverFailed(handover: Handover, cause: unknown): void;
}

/** The attempt under way. */
export class Handover {
  readonly stream: StreamCarrier;
  /** When it must be over. Milliseconds. */
  readonly deadlineMs: number;
  readonly #owner: HandoverOwner;
  #trial: Trial = "probing";

  constructor(owner: HandoverOwner, stream: StreamCarrier) {
    this.#owner = owner;
    this.stream = stream;
    this.deadlineMs = owner.config.clock.now() + owner.config.upgradeTimeoutMs;
  }

  /** Is the probe still unanswered? Until it is, nothing depends on the stream. */
  get isProbing(): boolean {
    return this.#trial === "probing";
  }

  /** A packet arrived on the stream. */
  receive(wire: WirePacket): void {
    const action = onTrialPacket(this.#trial, wire);
    switch (action) {
      case "answer-probe":
        this.#trial = "switching";
        this.#write(Wire.probeAnswer);
        this.#owner.carrier?.pause();
        return;
      case "switch":
        this.#owner.handedOver(this);
        return;
      case "abort":
        this.#owner.handoverFailed(this, unexpectedPacket(wire));
    }
  }

  /** A stream that cannot take a packet any more reports its own end, so a failure here says nothing new. */
  #write(wire: string): void {
    try {
      void this.stream.write(wire).catch(nothing);
    } catch {
      nothing();
    }
  }
}

function nothing(): void {
  // see the caller
}
