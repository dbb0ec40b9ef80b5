/**
 * The Engine.IO connection of one attempt: what is asked before it, the socket, the decoder of what it brings.
 *
 * Room: socketio shell. Of several in a row only the latest counts: the signal of an attempt says whether it still does.
 */
import { adoptBytes } from "#adopt-bytes";
import type { Codec } from "../../core/codec.js";
import { DEFAULT_PACKET_LIMITS, type PacketLimits } from "../../core/limits.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";
import { ask, type Asked, type Attempt, type AttemptOptions, mustAsk } from "./attempt.js";
import type { EngineClient, EngineFactory } from "./ports.js";

export interface EngineOptions extends Partial<PacketLimits>, AttemptOptions {
  readonly path?: string;
}

/** Hears of the link's engine while it counts. */
export interface EngineOwner<Options, Engine> {
  readonly uri: string;
  readonly opts: Options;
  readonly codec: Codec;
  /** Set and cleared by the link. */
  engine: Engine | undefined;
  engineOpened(): void;
  /** It could not be opened. */
  engineFailed(cause: Error): void;
  engineLost(reason: string, description: unknown): void;
  onHeartbeat(): void;
  onPacket(packet: Packet): void;
}

export class EngineLink<Options extends EngineOptions, Engine extends EngineClient> {
  /** The latest one. */
  attempt: Attempt;
  readonly #owner: EngineOwner<Options, Engine>;
  readonly #createEngine: EngineFactory<Options, Engine>;
  #abort: AbortController = new AbortController();

  constructor(owner: EngineOwner<Options, Engine>, createEngine: EngineFactory<Options, Engine>) {
    this.#owner = owner;
    this.#createEngine = createEngine;
    this.attempt = { attempt: 1, reason: undefined, signal: this.#abort.signal };
  }

  /**
   * Begins to connect.
   * @param attempt 0 for one that is not a repeated one.
   * @throws what an engine throws that cannot even begin, for its options or the address; where options are functions, it fails instead.
   */
  start(attempt: number, reason: Error | undefined): void {
    const { opts } = this.#owner;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.attempt = { attempt: attempt + 1, reason, signal };
    if (!mustAsk(opts)) {
      this.#dial(opts as Asked<Options>, signal);
      return;
    }
    ask(opts, this.attempt).then((options) => {
      if (!signal.aborted) this.#dial(options, signal);
    }).catch((error: unknown) => {
      if (!signal.aborted) this.#owner.engineFailed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Nothing of the engine counts any more, nor of what was asked for it. @returns the engine, to be closed where it is not at its end. */
  drop(): Engine | undefined {
    const { engine } = this.#owner;
    this.#owner.engine = undefined;
    this.#abort.abort();
    return engine;
  }

  /** Sends the messages of one packet. */
  write(packets: EncodedPacket, flags?: EmitFlags): void {
    const { engine } = this.#owner;
    try {
      for (const message of packets) void engine?.send(message, flags);
    } catch (error) {
      if (packets.length > 1) this.#break("transport error", error); // the server may be waiting for the rest of the packet
      throw error;
    }
  }

  #dial(options: Asked<Options>, signal: AbortSignal): void {
    const owner = this.#owner;
    const { codec, opts } = owner;
    const decoder = codec.createDecoder({ limits: { ...DEFAULT_PACKET_LIMITS, ...opts }, adopt: adoptBytes });
    const engine = this.#createEngine(options.url ?? owner.uri, { ...options, path: opts.path ?? "/socket.io" });
    owner.engine = engine;
    engine.on("open", () => signal.aborted || owner.engineOpened());
    engine.on("error", (error) => signal.aborted || owner.engineFailed(error));
    engine.on("heartbeat", () => signal.aborted || owner.onHeartbeat());
    engine.attach({
      onMessage: (data) => {
        if (signal.aborted) return;
        let packet: Packet | undefined;
        try {
          packet = decoder.push(data);
        } catch (error) {
          this.#break("parse error", error);
          return;
        }
        if (packet !== undefined) owner.onPacket(packet);
      },
      onClose: (reason, description) => signal.aborted || owner.engineLost(reason, description),
    });
  }

  /** Gives the connection up, at once: what the engine still does to close it is nobody's business. */
  #break(reason: string, error: unknown): void {
    const { engine } = this.#owner;
    this.#owner.engineLost(reason, error);
    engine?.close();
  }
}
