/**
 * Connections of @x/simple-ws as links of a resilient socket, on Node and in browsers. Room: pool adapters.
 */
import { isTransportError } from "@x/errors";
import { BufferOverflowError } from "@x/errors/pool";
import { connect, type ConnectOptions, type MessageConnection } from "@x/simple-ws/client";
import type { LinkEnd } from "../core/resilient/link-end.js";
import type { Link, LinkHandler, Payload, Transport } from "../shell/resilient/ports.js";
import { translated } from "./translate.js";

/** Of @x/simple-ws, where nothing else is said. */
const DEFAULT_HIGH_WATER_MARK_BYTES = 65_536;

/** How connections are opened; see `connect` of @x/simple-ws. Header fields are an option of the socket. The type is that of Node everywhere, as one program may run on both; browsers
 *  go by what `@x/simple-ws/web` takes, and have nothing that the rest could be told to: no proxies, no TLS options, no limits of handshakes and messages. */
export type SimpleWsOptions = Omit<ConnectOptions, "signal" | "headers">;

/** A connection as far as links need it: Node's, the browser's, or one of a pair in memory. */
export interface LinkedConnection extends Pick<MessageConnection, "protocol" | "bufferedBytes" | "send" | "attach" | "pause" | "resume" | "close" | "terminate"> {
  readonly extensions?: string;
  ping?(): Promise<number>;
}

/** @throws what `connect` throws, in the words of the pool's family. */
export function simpleWsTransport(options: SimpleWsOptions = {}): Transport {
  return {
    connect: async ({ url, headers, signal }) => {
      try {
        const connection = await connect(url, { ...options, ...(headers === undefined ? {} : { headers }), signal });
        return new SimpleWsLink(connection, options.highWaterMarkBytes);
      } catch (error) {
        throw translated(error);
      }
    },
    watch: watchNetwork,
  };
}

export class SimpleWsLink implements Link {
  readonly protocol: string;
  readonly extensions: string;
  readonly #connection: LinkedConnection;
  readonly #highWaterMarkBytes: number;

  constructor(connection: LinkedConnection, highWaterMarkBytes: number = DEFAULT_HIGH_WATER_MARK_BYTES) {
    this.#connection = connection;
    this.#highWaterMarkBytes = highWaterMarkBytes;
    this.protocol = connection.protocol;
    this.extensions = connection.extensions ?? "";
  }

  get isCongested(): boolean {
    return this.#connection.bufferedBytes > this.#highWaterMarkBytes;
  }

  start(handler: LinkHandler): void {
    this.#connection.attach({
      onMessage: (data) => handler.onMessage(data),
      onClose: ({ code, reason, wasClean, initiator }) => {
        const end: LinkEnd = { code, reason, wasClean, initiator };
        handler.onEnd(end);
      },
    });
  }

  send(data: Payload): Promise<void> {
    let sent: Promise<void>;
    try {
      sent = this.#connection.send(data);
    } catch (error) {
      if (isTransportError(error) && error.code === "simple-ws/buffer-full") throw new BufferOverflowError(error.message, { cause: error });
      throw translated(error);
    }
    return this.isCongested ? translatedLater(sent) : sent; // without pressure the promise is resolved already
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#connection.resume();
    else this.#connection.pause();
  }

  ping(): Promise<number> | undefined {
    return this.#connection.ping?.();
  }

  end(close?: { readonly code: number; readonly reason: string }): void {
    if (close === undefined) this.#connection.terminate();
    else this.#close(close.code, close.reason);
  }

  #close(code: number, reason: string): void {
    try {
      void this.#connection.close(code, reason);
    } catch {
      void this.#connection.close(1000, reason); // browsers allow no other of the standard's codes
    }
  }
}

/** Browsers and workers tell when the network is there again, pages when they are shown again. */
function watchNetwork(onWake: () => void): () => void {
  const target: unknown = globalThis;
  if (!isEventTarget(target)) return () => undefined;
  target.addEventListener("online", onWake);
  target.addEventListener("pageshow", onWake);
  return () => {
    target.removeEventListener("online", onWake);
    target.removeEventListener("pageshow", onWake);
  };
}

interface Listenable {
  addEventListener(event: string, listener: () => void): void;
  removeEventListener(event: string, listener: () => void): void;
}

function isEventTarget(target: unknown): target is Listenable {
  return typeof target === "object" && target !== null && "addEventListener" in target && typeof target.addEventListener === "function";
}

function translatedLater(sent: Promise<void>): Promise<void> {
  const later = sent.catch((error: unknown) => {
    throw translated(error);
  });
  later.catch(() => undefined); // as with the promise below it: need not be awaited
  return later;
}
