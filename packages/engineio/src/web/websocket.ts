/**
 * The WebSocket transport over the platform's `WebSocket`.
 *
 * Room: engineio web. The platform reports neither pressure nor, before it has read all of it, a message's length.
 */
import { ConnectionError, ContentTooLongError, EngineIOError } from "@x/errors/engineio";
import type { PreparedPacket, WirePacket } from "../core/packet.js";
import type { CarriedSession } from "../core/session-ports.js";
import type { ClientStream, RequestSettings } from "../shell/ports.js";

const taken: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** @returns an open WebSocket for `session`. */
export function openWebSocket(session: CarriedSession, url: string, settings: RequestSettings, signal: AbortSignal): Promise<ClientStream> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [...settings.subprotocols]);
    socket.binaryType = "arraybuffer";
    const abort = (): void => socket.close();
    signal.addEventListener("abort", abort); // its client's own, and not aborted later but with the session's end
    socket.onopen = () => resolve(new WebStream(session, socket, settings.maxMessageBytes));
    socket.onclose = () => reject(new ConnectionError("Cannot connect: the WebSocket did not open"));
    if (signal.aborted) abort();
  });
}

class WebStream implements ClientStream {
  readonly name = "websocket";
  readonly #session: CarriedSession;
  readonly #socket: WebSocket;
  readonly #maxMessageBytes: number;

  constructor(session: CarriedSession, socket: WebSocket, maxMessageBytes: number) {
    this.#session = session;
    this.#socket = socket;
    this.#maxMessageBytes = maxMessageBytes;
  }

  get isCongested(): boolean {
    return this.#socket.bufferedAmount > this.#session.config.highWaterMarkBytes;
  }

  listen(): void {
    const socket = this.#socket;
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#receive(event.data);
    socket.onclose = (event) => this.#session.carrierEnded(this, "transport close", { code: event.code, reason: event.reason, wasClean: event.wasClean });
    if (socket.readyState > WebSocket.OPEN) this.#session.carrierEnded(this, "transport close", { code: 1006, reason: "", wasClean: false });
  }

  write(packet: WirePacket): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) throw new ConnectionError("Cannot send: the WebSocket is closing", { code: "engineio/connection-lost" });
    socket.send(typeof packet === "string" ? packet : new Uint8Array(packet));
    if (socket.bufferedAmount > this.#session.config.maxBufferedBytes) {
      this.#session.carrierEnded(this, "transport error", new EngineIOError("Session ended: too many bytes wait for the server", { code: "engineio/queue-full" }));
    }
    return taken;
  }

  writePrepared(packet: PreparedPacket): Promise<void> {
    return this.write(packet.wire);
  }

  flush(): Promise<void> | undefined {
    const { outbox } = this.#session;
    if (this.#socket.readyState !== WebSocket.OPEN) return undefined; // its end is about to be reported
    for (let packet = outbox.shift(); packet !== undefined; packet = outbox.shift()) {
      void this.write(typeof packet === "object" && "wire" in packet ? packet.wire : packet);
    }
    this.#session.flushed();
    return taken;
  }

  pause(): void {
    // only polling is paused
  }

  resume(): void {
    // only polling is paused
  }

  end(): void {
    this.#socket.close(); // browsers take no code of the protocol's own
  }

  #receive(data: string | ArrayBuffer): void {
    const packet = typeof data === "string" ? data : new Uint8Array(data);
    if (packet.length <= this.#maxMessageBytes) this.#session.receive(packet, this);
    else this.#session.carrierEnded(this, "transport error", new ContentTooLongError("Session ended: the server sent a message over the limit", { limitBytes: this.#maxMessageBytes }));
  }
}
