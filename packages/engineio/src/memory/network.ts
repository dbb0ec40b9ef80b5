/**
 * Requests and WebSockets between a client and a {@link MemoryServer}, and the client's platform over them.
 *
 * Room: engineio memory.
 */
import type { Clock, Sweep } from "@x/errors/clock";
import { ConnectionError } from "@x/errors/engineio";
import { neutralText } from "../core/text.js";
import { PacketStreamCarrier } from "../shell/packet-stream.js";
import type { ClientPlatform, ClientStream, HttpAnswer, HttpRequest } from "../shell/ports.js";
import type { MemoryServer } from "./server.js";
import { MemoryStream } from "./stream.js";
import type { MemoryWire } from "./wire.js";

/** What becomes of a WebSocket that the client asks for: it opens, is refused, or is never answered, as by some proxies. */
export type WebSocketFate = "opens" | "refused" | "unanswered";

/** All that goes between the two. */
export class MemoryNetwork {
  websocket: WebSocketFate = "opens";
  readonly #wire: MemoryWire;
  readonly #server: MemoryServer;
  /** What breaks off each request under way. */
  readonly #requests = new Set<() => void>();
  readonly #streams = new Set<MemoryStream>();

  constructor(wire: MemoryWire, server: MemoryServer) {
    this.#wire = wire;
    this.#server = server;
  }

  /** One polling request. Rejects when it is broken off. */
  request({ url, body, signal }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      let hangUp: (() => void) | undefined;
      const breakOff = (): void => {
        this.#requests.delete(breakOff);
        signal.removeEventListener("abort", breakOff);
        reject(new ConnectionError("Request failed: the connection was lost", { code: "engineio/connection-lost" }));
        this.#wire.carry("client", () => hangUp?.());
      };
      const respond = (answer: HttpAnswer): void => this.#wire.carry("server", () => {
        this.#requests.delete(breakOff);
        signal.removeEventListener("abort", breakOff);
        resolve(answer);
      });
      this.#requests.add(breakOff);
      signal.addEventListener("abort", breakOff);
      this.#wire.carry("client", () => {
        if (this.#requests.has(breakOff)) hangUp = this.#server.handleRequest(url, body, respond);
      });
      if (signal.aborted) breakOff();
    });
  }

  /** The client's end of a new WebSocket. */
  openStream(url: string, signal: AbortSignal): Promise<MemoryStream> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new ConnectionError("Cannot connect: the WebSocket did not open"));
      signal.addEventListener("abort", fail, { once: true });
      if (signal.aborted) fail();
      this.#wire.carry("client", () => {
        if (this.websocket === "unanswered" || signal.aborted) return;
        if (this.websocket === "refused") {
          this.#wire.carry("server", fail);
          return;
        }
        const { client, server } = MemoryStream.pair(this.#wire);
        this.#streams.add(client).add(server);
        this.#wire.carry("server", () => resolve(client));
        this.#server.handleStream(url, server);
      });
    });
  }

  /** Both ends lose everything, or one transport, at once; what is on its way is gone. */
  cut(transport?: "polling" | "websocket"): void {
    if (transport !== "websocket") for (const breakOff of [...this.#requests]) breakOff();
    if (transport === "polling") return;
    for (const stream of this.#streams) stream.lose(new ConnectionError("Connection lost: the network was cut", { code: "engineio/connection-lost" }));
    this.#streams.clear();
  }
}

/** @returns what a client runs on that has no other network. */
export function memoryPlatform(network: MemoryNetwork, clock: Clock, sweep: Sweep): ClientPlatform {
  return {
    clock,
    deadlines: sweep,
    text: neutralText,
    wallNowMs: () => clock.now(),
    origin: () => "http://memory",
    request: (request) => network.request(request),
    openWebSocket: async (session, url, { maxMessageBytes }, signal): Promise<ClientStream> => new PacketStreamCarrier(session, await network.openStream(url, signal), maxMessageBytes),
    watch: () => nothing,
  };
}

function nothing(): void {
  // there is no page to watch
}
