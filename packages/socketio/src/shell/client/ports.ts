/**
 * What the client's shell asks of an Engine.IO client socket.
 *
 * Room: socketio shell. `@x/engineio/client` implements it, on Node and in browsers; tests use one in memory.
 */
import type { EmitFlags } from "../../core/outgoing.js";
import type { Asked, AttemptOptions } from "./attempt.js";

export interface EngineHandler {
  onMessage(data: string | Uint8Array): void;
  onClose(reason: string, description?: unknown): void;
}

export interface EngineClient {
  readonly id: string | undefined;
  readonly transport: { readonly name: string };
  readonly writeBuffer: readonly unknown[];
  attach(handler: EngineHandler): void;
  send(data: string | Uint8Array, options?: Pick<EmitFlags, "compress">): Promise<void>;
  close(): unknown;
  on(event: "open" | "heartbeat", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Begins to connect at once. */
export type EngineFactory<Options extends AttemptOptions, Engine extends EngineClient = EngineClient> = (url: string, options: Asked<Options>) => Engine;
