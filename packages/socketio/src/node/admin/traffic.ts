/**
 * What the engine carries, counted per second, as the admin UI draws it.
 *
 * Room: socketio node.
 */
import type { Server as EngineServer, Socket as EngineSocket } from "@x/engineio/server";

export interface AggregatedEvent {
  /** Beginning of the second. Milliseconds since 1970. */
  readonly timestamp: number;
  readonly type: "rawConnection" | "rawDisconnection" | "packetsIn" | "packetsOut" | "bytesIn" | "bytesOut";
  /** Why a connection ended. */
  readonly subType?: string;
  count: number;
}

export class Traffic {
  #buckets = new Map<string, AggregatedEvent>();
  #engine: EngineServer | undefined;
  pollingClients = 0;

  /** Once per engine; a server has one from its `attach` on. */
  watch(engine: EngineServer | undefined): void {
    if (engine === undefined || engine === this.#engine) return;
    this.#engine = engine;
    engine.on("connection", (socket) => this.#watchSocket(socket));
  }

  /** @returns what was counted since the last call. */
  take(): AggregatedEvent[] {
    const events = [...this.#buckets.values()];
    this.#buckets = new Map<string, AggregatedEvent>();
    return events;
  }

  #watchSocket(socket: EngineSocket): void {
    this.#count("rawConnection");
    let isPolling = socket.transport.name === "polling";
    if (isPolling) this.pollingClients++;
    const leavePolling = (): void => {
      if (isPolling) this.pollingClients--;
      isPolling = false;
    };
    socket.once("upgrade", leavePolling);
    socket.once("close", (reason) => {
      leavePolling();
      this.#count("rawDisconnection", 1, reason);
    });
    socket.on("packet", ({ data }) => this.#packet("packetsIn", "bytesIn", data));
    socket.on("packetCreate", ({ data }) => this.#packet("packetsOut", "bytesOut", data));
  }

  /** The engine's own packets, which carry nothing, do not count. */
  #packet(packets: "packetsIn" | "packetsOut", bytes: "bytesIn" | "bytesOut", data: string | Uint8Array | undefined): void {
    if (data === undefined || data.length === 0) return;
    this.#count(packets);
    this.#count(bytes, Buffer.byteLength(data));
  }

  #count(type: AggregatedEvent["type"], count = 1, subType?: string): void {
    const timestamp = Math.floor(Date.now() / 1000) * 1000;
    const key = `${timestamp};${type};${subType ?? ""}`;
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, { timestamp, type, count, ...(subType === undefined ? {} : { subType }) });
    else bucket.count += count;
  }
}
