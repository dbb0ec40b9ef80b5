/**
 * The port for transports from outside (WebTransport, a data channel, a worker's port), and the carrier over it.
 *
 * Room: engineio shell. Whoever implements {@link PacketStream} knows nothing of sessions, upgrades or heartbeats.
 */
import { ConnectionError, ContentTooLongError, EngineIOError } from "@x/errors/engineio";
import type { PreparedPacket, WirePacket } from "../core/packet.js";
import type { CarriedSession } from "../core/session-ports.js";
import type { ClientStream } from "./ports.js";

/** What a {@link PacketStream} reports. Nothing is reported after `onClose`. */
export interface PacketListener {
  /** One packet, whole, in the order in which it was sent: text as a string, a binary message as bytes. */
  onPacket(packet: string | Uint8Array): void;
  /** The stream has ended; `cause` is an error, or absent for an orderly end. */
  onClose(cause?: unknown): void;
}

/**
 * A connection that carries packets whole and in order, and tells text from bytes. Engine.IO needs no more of a transport;
 * messages that the protocol sends are short text packets, those of the application are of any size up to its limits.
 */
export interface PacketStream {
  /** What `transport.name` shows, e.g. `webtransport`. */
  readonly name: string;
  /**
   * Send one packet.
   * @returns a promise that resolves when the stream can take more, or nothing when it always can; a rejection ends the session.
   * @throws anything, when the stream has ended.
   */
  send(packet: string | Uint8Array): Promise<void> | undefined;
  /** Called once: start the delivery. Packets that came before it must wait for it. */
  listen(listener: PacketListener): void;
  /** End the stream, what was sent before first; `code` is a WebSocket close code (1000, 1001, 1002, 1009). Idempotent. */
  close(code: number): void;
}

const MESSAGE_TOO_BIG = 1009;
const taken: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** A session's transport over a {@link PacketStream}; holds its limits, whatever the stream does. */
export class PacketStreamCarrier implements ClientStream {
  readonly name: string;
  readonly #session: CarriedSession;
  readonly #stream: PacketStream;
  /** Longest packet that is accepted. Bytes; text counts in UTF-16 units, which are never more. */
  readonly #maxMessageBytes: number;
  #unsentBytes = 0;
  #hasEnded = false;

  constructor(session: CarriedSession, stream: PacketStream, maxMessageBytes: number) {
    this.name = stream.name;
    this.#session = session;
    this.#stream = stream;
    this.#maxMessageBytes = maxMessageBytes;
  }

  get isCongested(): boolean {
    return this.#unsentBytes > this.#session.config.highWaterMarkBytes;
  }

  listen(): void {
    this.#stream.listen({
      onPacket: (packet) => this.#received(packet),
      onClose: (cause) => this.#lost(cause === undefined ? "transport close" : "transport error", cause),
    });
  }

  write(packet: WirePacket): Promise<void> {
    if (this.#hasEnded) throw new ConnectionError("Cannot send: the transport has ended", { code: "engineio/connection-lost" });
    let sent: Promise<void> | undefined;
    try {
      sent = this.#stream.send(packet);
    } catch (cause) {
      this.#lost("transport error", cause);
      throw cause;
    }
    return sent === undefined ? taken : this.#watch(sent, packet.length);
  }

  writePrepared(packet: PreparedPacket): Promise<void> {
    return this.write(packet.wire);
  }

  flush(): Promise<void> | undefined {
    const { outbox } = this.#session;
    let written: Promise<void> | undefined;
    while (!this.#hasEnded && outbox.length > 0) {
      const packet = outbox.shift();
      if (packet !== undefined) written = this.#tryWrite(typeof packet === "object" && "wire" in packet ? packet.wire : packet);
    }
    if (!this.#hasEnded) this.#session.flushed();
    return written;
  }

  pause(): void {
    // only polling is paused
  }

  resume(): void {
    // only polling is paused
  }

  end(_goodbye: string, closeCode: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stream.close(closeCode);
  }

  #received(packet: WirePacket): void {
    if (this.#hasEnded) return;
    if (packet.length <= this.#maxMessageBytes) {
      this.#session.receive(packet, this);
      return;
    }
    const limitBytes = this.#maxMessageBytes;
    this.end("", MESSAGE_TOO_BIG);
    this.#session.carrierEnded(this, "transport error", new ContentTooLongError(`Session ended: the peer sent a message over the limit of ${limitBytes} bytes`, { limitBytes, actualBytes: packet.length }));
  }

  /** The session hears of the failure; to the queue it is as good as sent. */
  #tryWrite(packet: WirePacket): Promise<void> | undefined {
    try {
      return this.write(packet);
    } catch {
      return undefined;
    }
  }

  /** Counts what the stream has not taken yet; over the limit the session ends, for nobody reads there. */
  #watch(sent: Promise<void>, bytes: number): Promise<void> {
    const limitBytes = this.#session.config.maxBufferedBytes;
    this.#unsentBytes += bytes;
    const settled = sent.then(
      () => { this.#unsentBytes -= bytes; },
      (cause: unknown) => { this.#lost("transport error", cause); },
    );
    if (this.#unsentBytes > limitBytes) {
      this.#lost("transport error", new EngineIOError(`Session ended: more than ${limitBytes} bytes wait for the peer`, { code: "engineio/queue-full" }));
    }
    return this.isCongested ? settled : taken;
  }

  #lost(reason: "transport close" | "transport error", cause: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (reason === "transport error") this.#stream.close(1000);
    this.#session.carrierEnded(this, reason, cause);
  }
}
