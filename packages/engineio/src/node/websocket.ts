/**
 * The WebSocket transport on Node, the same for server and client: a session's packets as frames of `@x/simple-ws`.
 *
 * Room: engineio node. Per message nothing is allocated but the message itself: this object is the connection's handler.
 */
import { ContentTooLongError, EngineIOError } from "@x/errors/engineio";
import { type CloseInfo, type PreparedMessage, type WebSocketConnection, prepareMessage } from "@x/simple-ws";
import type { PreparedPacket, WirePacket } from "../core/packet.js";
import type { CarriedSession } from "../core/session-ports.js";
import type { ClientStream } from "../shell/ports.js";

const MESSAGE_TOO_BIG = 1009;

export class WebSocketCarrier implements ClientStream {
  readonly name = "websocket";
  readonly connection: WebSocketConnection;
  readonly #session: CarriedSession;
  /** One function for all connections of a server, called when one has ended. */
  readonly #onGone: (() => void) | undefined;

  constructor(session: CarriedSession, connection: WebSocketConnection, onGone?: () => void) {
    this.#session = session;
    this.connection = connection;
    this.#onGone = onGone;
  }

  get isCongested(): boolean {
    return this.connection.bufferedBytes > this.#session.config.highWaterMarkBytes;
  }

  /** Start the delivery of what has been, and will be, received. */
  listen(): void {
    this.connection.attach(this);
  }

  write(packet: WirePacket): Promise<void> {
    try {
      return this.connection.send(packet);
    } catch (error) {
      throw this.#refused(error);
    }
  }

  writePrepared(packet: PreparedPacket): Promise<void> {
    try {
      return this.connection.sendPrepared(preparedFrame(packet), packet); // the packet says whether it may be compressed
    } catch (error) {
      throw this.#refused(error);
    }
  }

  flush(): Promise<void> | undefined {
    const { outbox } = this.#session;
    if (this.connection.state !== "open") return undefined; // its end is about to be reported
    let written: Promise<void> | undefined;
    for (let packet = outbox.shift(); packet !== undefined; packet = outbox.shift()) {
      written = typeof packet === "object" && "wire" in packet ? this.writePrepared(packet) : this.write(packet);
    }
    this.#session.flushed();
    return written;
  }

  pause(): void {
    // only polling is paused
  }

  resume(): void {
    // only polling is paused
  }

  end(_goodbye: string, closeCode: number): void {
    if (this.connection.state === "open") void this.connection.close(closeCode); // one that ends already would make a promise for nobody
  }

  /** From the connection: one message. Bytes become a Buffer, as Node's users expect. */
  onMessage(data: string | Uint8Array): void {
    this.#session.receive(typeof data === "string" || Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength), this);
  }

  onClose(info: CloseInfo): void {
    this.#onGone?.();
    if (info.code === MESSAGE_TOO_BIG && info.initiator === "local") {
      this.#session.carrierEnded(this, "transport error", new ContentTooLongError("Session ended: the peer sent a message over the limit"));
      return;
    }
    this.#session.carrierEnded(this, info.initiator === "local" ? "transport error" : "transport close", info);
  }

  onDrain(): void {
    this.#session.flushed();
  }

  /** A connection that ends reports that itself; one that is open, and yet takes nothing, is over its limit. */
  #refused(cause: unknown): unknown {
    if (this.connection.state === "open") {
      this.#session.carrierEnded(this, "transport error", new EngineIOError("Session ended: too many bytes wait for the peer", { code: "engineio/queue-full", cause }));
    }
    return cause;
  }
}

/** The frame of `packet`, made by the first member of a broadcast that needs it and shared by all. */
function preparedFrame(packet: PreparedPacket): PreparedMessage {
  const frame = packet.frame ?? prepareMessage(packet.wire);
  packet.frame = frame;
  return frame as PreparedMessage; // the slot is opaque to the core, and only this file fills it on Node
}
