/**
 * What users hold of a session, server and client alike: `send`, `close`, events, or push mode by `attach`.
 *
 * Room: engineio shell. The rules are the session's; this class gives them the peers' names.
 */
import { Emitter } from "@x/errors/emitter";
import type { OnError } from "@x/errors/handlers";
import { type Packet, type PreparedPacket, type SendOptions, describePacket } from "../core/packet.js";
import type { ReadyState } from "../core/session-config.js";
import type { HeldSession } from "../core/session-ports.js";
import type { SessionSink } from "../core/session-sink.js";
import { Delivery, type SocketHooks } from "./delivery.js";
import { toMessage } from "./message.js";
import type { MessageData, MessageHandler } from "./ports.js";
import type { SocketEvents, TransportView } from "./socket-events.js";

/** Listening to these costs a stop at the outbox per packet; without them a WebSocket's packets pass it by. */
const observing: ReadonlySet<string> = new Set(["packet", "packetCreate", "flush", "drain"]);

/** A session as users hold it; the subclasses say how one comes to be. */
export abstract class SessionSocket<S extends HeldSession = HeldSession> extends Emitter<SocketEvents> {
  /** The state machine: for transports and tests, not for applications. */
  readonly session: S;
  readonly #delivery: Delivery<SessionSocket<S>>;

  protected constructor(createSession: (sink: SessionSink) => S, hooks: SocketHooks<SessionSocket<S>>, onError?: OnError) {
    super({ onError });
    this.#delivery = new Delivery(this, hooks);
    this.session = createSession(this.#delivery);
  }

  get readyState(): ReadyState {
    return this.session.state;
  }

  /** The transport in use; `name` is `"polling"` or `"websocket"`. */
  get transport(): TransportView {
    return this.session.carrier ?? { name: "polling" };
  }

  /** Has the session moved from polling to WebSocket? */
  get upgraded(): boolean {
    return this.session.isUpgraded;
  }

  /** Packets that wait for the transport. */
  get writeBuffer(): readonly Packet[] {
    return this.session.outbox.peekAll().map((entry) => describePacket(typeof entry === "object" && "wire" in entry ? entry.wire : entry));
  }

  /**
   * Send one message: a string, bytes as any kind of buffer, or an object as its JSON text.
   * @param options may be left out: `send(data, callback)`.
   * @param callback called when the message has gone to the transport; what it fails with goes to `onError`.
   * @returns a promise that resolves below the low-water mark; it need not be awaited.
   * @throws {SocketIsClosedError} `engineio/socket-closed` when the session is closing or closed.
   * @throws {ContentTooLongError} `engineio/content-too-long` above `maxPayload` (client) or `maxBufferedBytes` (server).
   * @throws {EngineIOError} `engineio/invalid-message` for anything else.
   */
  send(data: MessageData, options?: SendOptions | (() => void), callback?: () => void): Promise<void> {
    if (typeof options === "function") return this.send(data, undefined, options);
    const written = this.session.send(typeof data === "string" ? data : toMessage(data), options);
    if (callback !== undefined) this.#delivery.whenSent(callback);
    return written;
  }

  /** Sends, if the session is open, not over its high-water mark, and takes this message. Never throws. @returns whether it did. */
  trySend(data: MessageData, options?: SendOptions): boolean {
    if (this.session.state !== "open" || this.session.isCongested) return false;
    try {
      void this.send(data, options);
      return true;
    } catch {
      return false;
    }
  }

  /** The peers' other name of {@link send}. */
  write(data: MessageData, options?: SendOptions | (() => void), callback?: () => void): Promise<void> {
    return this.send(data, options, callback);
  }

  /** Send a message that `prepareMessage` encoded once for many sockets. Throws as {@link send}. */
  sendPrepared(packet: PreparedPacket): Promise<void> {
    return this.session.sendPrepared(packet);
  }

  /** Push mode: `handler` takes the place of the events `message` and `data`. */
  attach(handler: MessageHandler): void {
    this.#delivery.attach(handler);
  }

  /** Send what waits, then end with reason "forced close"; `discard` drops what waits. Idempotent. */
  close(discard = false): this {
    this.session.close(discard);
    return this;
  }

  /** Closes, and waits for the end. */
  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      if (this.session.state === "closed") resolve();
      else this.once("close", () => resolve());
      this.session.close();
    });
  }

  /** For the socket's delivery: what `callback` fails with stops nothing, and goes where failures of listeners go. */
  callSafely(event: string, callback: () => unknown): void {
    this.callListener(event, callback, []);
  }

  /** {@link attach} to a handler that is told first what was kept for it; without one messages become events. */
  protected deliverTo(handler: MessageHandler | undefined, held: readonly (string | Uint8Array)[]): void {
    this.#delivery.attach(handler, held);
  }

  protected override listening(event: string): void {
    if (observing.has(event)) this.session.observe();
  }
}
