/**
 * Two {@link PacketStream}s joined back to back: the WebSocket of the network in memory.
 *
 * Room: engineio memory.
 */
import { ConnectionError } from "@x/errors/engineio";
import type { PacketListener, PacketStream } from "../shell/packet-stream.js";
import type { End, MemoryWire } from "./wire.js";

/** One end. What arrives before somebody listens waits. */
export class MemoryStream implements PacketStream {
  readonly name = "websocket";
  readonly #wire: MemoryWire;
  readonly #end: End;
  #peer: MemoryStream | undefined;
  #listener: PacketListener | undefined;
  #early: (string | Uint8Array)[] = [];
  #isOpen = true;

  private constructor(wire: MemoryWire, end: End) {
    this.#wire = wire;
    this.#end = end;
  }

  /** @returns a joined pair. */
  static pair(wire: MemoryWire): { readonly client: MemoryStream; readonly server: MemoryStream } {
    const client = new MemoryStream(wire, "client");
    const server = new MemoryStream(wire, "server");
    client.#peer = server;
    server.#peer = client;
    return { client, server };
  }

  /** Resolves when the packet has arrived, so that a network that loses them shows as back pressure, as TCP would. */
  send(packet: string | Uint8Array): Promise<void> {
    if (!this.#isOpen) throw new ConnectionError("Cannot send: the stream has ended", { code: "engineio/connection-lost" });
    const copy = typeof packet === "string" ? packet : packet.slice();
    return new Promise((resolve) => {
      this.#wire.carry(this.#end, () => {
        resolve();
        if (this.#peer !== undefined) this.#peer.#arrive(copy);
      });
    });
  }

  listen(listener: PacketListener): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const packet of early) this.#arrive(packet);
    if (!this.#isOpen) listener.onClose();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#wire.carry(this.#end, () => this.#peer?.lose());
  }

  /** The link is gone: by the other end, or for `cause`. */
  lose(cause?: ConnectionError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener?.onClose(cause);
  }

  #arrive(packet: string | Uint8Array): void {
    if (!this.#isOpen) return;
    if (this.#listener === undefined) this.#early.push(packet);
    else this.#listener.onPacket(packet);
  }
}
