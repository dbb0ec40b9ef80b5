/**
 * A client's question for its namespace: `auth` is asked, CONNECT is sent, and the server answers, refuses or stays silent.
 *
 * Room: socketio shell. Socket.IO protocol v5, "Connection to a namespace". What is sent cannot be taken back: servers hang up on a
 * second CONNECT, and on a DISCONNECT, before their answer. So whoever has had enough, or asks otherwise now, waits for that.
 */
import type { Timer } from "@x/errors/clock";
import { ConnectionError } from "@x/errors/socketio";
import { timeoutError } from "../../core/client-connection.js";
import type { EncodedPacket } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { asking, type RecoverableSession } from "../../core/recovery-client.js";
import type { Attempt } from "./attempt.js";
import { askAuth } from "./auth.js";
import type { Auth } from "./options.js";
import { askAgainAfterMs } from "./refusal.js";
import type { SocketManager } from "./socket-manager.js";

/** Who asks: a socket. */
export interface Asker {
  readonly io: SocketManager;
  readonly nsp: string;
  readonly active: boolean;
  /** It is time to {@link Question.ask}, again. */
  onOpen(): void;
  onConnectError(error: Error): void;
  /** The server, or `auth`, says no: ask {@link Question.isRepeated}. */
  onRefusal(error: Error): void;
}

/** A CONNECT that the server has yet to answer. */
interface Unanswered {
  /** The connection it was sent over. */
  readonly attempt: Attempt;
  readonly packets: EncodedPacket;
  /** Whose answer it brings: who asks the same again makes it theirs. */
  turn: number;
}

export class Question {
  readonly #asker: Asker;
  /** Counts what is asked, so that an answer to what was asked before is recognised: of `auth`, or of the server. */
  #turn = 0;
  #unanswered: Unanswered | undefined;
  /** The turn that has to wait until that is answered. */
  #held = 0;
  /** Those in a row for which `auth` failed. */
  #authFailures = 0;
  /** Until the server must have answered, or is asked again. */
  #timer: Timer | undefined;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** Whatever was asked before counts no longer. */
  ask(auth: Auth | undefined, session: RecoverableSession | undefined): void {
    const { io, nsp } = this.#asker;
    const turn = this.drop();
    this.#wait(io.policy.timeout, () => this.#onSilence());
    askAuth(auth, io.attempt, (error) => io.report(error, { event: "auth", namespace: nsp }), (payload) => {
      if (turn === this.#turn) this.#send(session, payload);
    }, (cause) => this.#fail(turn, "failed", cause));
  }

  /**
   * The server has answered, or sends away.
   * @returns whether that is the socket's business. Otherwise whoever was let in leaves, and what was held back is asked.
   */
  takes(type: PacketType.Any): boolean {
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    if (unanswered === undefined ? this.#asker.active : unanswered.turn === this.#turn) return true;
    if (type === PacketType.CONNECT) this.leave();
    if (this.#held === this.#turn) this.#askAfter(type === PacketType.CONNECT ? this.#asker.io.policy.reconnectionDelay : 0);
    return false;
  }

  /** @returns whether it is asked again after a while. */
  isRepeated(error: Error): boolean {
    const delayMs = askAgainAfterMs(error, this.#asker.io, this.#authFailures);
    if (delayMs === undefined) return false;
    this.#askAfter(delayMs);
    return true;
  }

  /** Nobody waits for an answer any more. @returns the number of the turn that begins. */
  drop(): number {
    if (this.#timer !== undefined) this.#asker.io.clock.clearTimer(this.#timer);
    return ++this.#turn;
  }

  leave(): void {
    const { io, nsp } = this.#asker;
    io.write(io.codec.encode({ type: PacketType.DISCONNECT, nsp }));
  }

  #send(session: RecoverableSession | undefined, auth: Record<string, unknown> | undefined): void {
    const { io, nsp } = this.#asker;
    const earlier = this.#unanswered;
    this.#authFailures = 0;
    try {
      const packets = io.codec.encode({ type: PacketType.CONNECT, nsp, data: asking(session, auth) });
      if (earlier?.attempt !== io.attempt) {
        this.#unanswered = { attempt: io.attempt, packets, turn: this.#turn };
        io.write(packets);
      } else if (String(earlier.packets) === String(packets)) {
        earlier.turn = this.#turn; // the same question has the same answer
      } else {
        this.#held = this.#turn;
      }
    } catch (cause) {
      this.#unanswered = earlier;
      this.#fail(this.#turn, "cannot be sent", cause, false);
    }
  }

  /** Told later: whoever has just made the socket does not listen yet. @param retryable `false` where asking again would not help. */
  #fail(turn: number, how: string, cause: unknown, retryable?: false): void {
    queueMicrotask(() => {
      if (turn !== this.#turn) return;
      if (retryable === undefined) this.#authFailures++;
      this.#asker.onRefusal(new ConnectionError(`Cannot connect: auth ${how}`, { cause, retryable }));
    });
  }

  /** After leaving not at once: socket.io's servers hang up where a CONNECT comes in one piece with the DISCONNECT. */
  #askAfter(delayMs: number): void {
    this.drop();
    this.#wait(delayMs, () => this.#asker.onOpen());
  }

  #wait(delayMs: number, then: () => void): void {
    if (delayMs !== Infinity) this.#timer = this.#asker.io.clock.setTimer(then, delayMs);
  }

  /** Beside others that are connected it may take longer still: who cannot wait disconnects. */
  #onSilence(): void {
    const { io } = this.#asker;
    const error = timeoutError(io.policy);
    if (!io.giveUp(error)) this.#asker.onConnectError(error);
  }
}
