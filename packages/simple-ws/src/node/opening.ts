/**
 * One request of a client and its answer, over a link that stands (RFC 6455 §4.1).
 *
 * Room: simple-ws node. One promise, one outcome; whatever it is, no listener of this class is left.
 */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { WebSocketException } from "@x/errors/wsframe";
import { acceptOf } from "../core/handshake/accept-key.js";
import { ClientHandshake, formatRequest, type HandshakeOutcome } from "../core/handshake/client.js";
import type { HeadersInput } from "../core/handshake/headers.js";
import type { WebSocketUrl } from "../core/url.js";
import { handshakeEvent, type TraceSink } from "../shell/trace.js";
import type { Attempt } from "./attempt.js";
import type { ConnectSettings } from "./client-options.js";
import { systemFailure } from "./failures.js";
import type { Link } from "./link.js";
import { createKey } from "./runtime.js";

export type Opened = Extract<HandshakeOutcome, { kind: "open" }>;

export class Opening {
  readonly #url: WebSocketUrl;
  readonly #attempt: Attempt;
  readonly #request: string;
  readonly #handshake: ClientHandshake;
  readonly #trace: TraceSink | undefined;

  /** @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: a header or subprotocol that must not be sent. */
  constructor(url: WebSocketUrl, settings: ConnectSettings, headers: HeadersInput, attempt: Attempt) {
    const key = createKey();
    const { subprotocols, extensions, origin, host, limits } = settings;
    const basicAuthorization = url.credentials === undefined ? undefined : Buffer.from(url.credentials).toString("base64");
    this.#url = url;
    this.#attempt = attempt;
    this.#trace = settings.trace;
    this.#request = formatRequest(url, { key, subprotocols, extensions, headers, origin, host, basicAuthorization });
    this.#handshake = new ClientHandshake(acceptOf(key), settings, limits);
  }

  /**
   * Writes the request and reads the answer. Rejects with a WebSocketException, the link destroyed.
   * @param open takes the link over before it delivers anything more: a stream may hold frames already.
   */
  run<Connection>(link: Link, open: (opened: Opened) => Connection): Promise<Connection> {
    const { stream } = link;
    return new Promise((resolve, reject) => {
      const release = (): void => {
        stream.off("data", onChunk).off("end", onEnd).off("error", onError).off("close", onError);
        this.#attempt.signal.removeEventListener("abort", onAbort);
        link.onChunk = ignore;
      };
      const fail = (error: unknown): void => {
        release();
        stream.on("error", ignore).destroy(); // a destroyed stream may still report
        reject(error instanceof Error ? error : new Error("the handshake failed"));
      };
      const judge = (step: () => HandshakeOutcome): void => {
        try {
          const outcome = step();
          if (outcome.kind === "pending") return;
          if (outcome.kind === "failed") throw outcome.error;
          release();
          this.#trace?.(handshakeEvent("received", describeAnswer(outcome)));
          resolve(open(outcome));
        } catch (error) {
          fail(error);
        }
      };
      const lost = (error: unknown): WebSocketException => systemFailure(error, "handshake", this.#url.hostname);
      const onChunk = (chunk: Uint8Array): void => judge(() => this.#handshake.receive(chunk));
      const onEnd = (): void => judge(() => this.#handshake.receiveEnd());
      const onError = (error?: unknown): void => judge(() => this.#handshake.receiveEnd(lost(error)));
      const onAbort = (): void => judge(() => this.#handshake.receiveEnd(lost(this.#attempt.signal.reason)));
      link.onChunk = onChunk;
      if (!link.isFed) stream.on("data", onChunk);
      stream.on("end", onEnd).on("error", onError).on("close", onError);
      this.#attempt.signal.addEventListener("abort", onAbort, { once: true });
      if (this.#attempt.signal.aborted) onAbort();
      else if (!stream.writable || stream.readableEnded) onError(); // it has ended while nobody listened
      else this.#write(stream);
    });
  }

  #write(stream: Duplex): void {
    this.#trace?.(handshakeEvent("sent", this.#request));
    stream.write(this.#request, "latin1");
  }
}

function describeAnswer({ headers }: Opened): string {
  return ["HTTP/1.1 101", ...Object.entries(headers).map(([name, value]) => `${name}: ${value.replaceAll("\n", ", ")}`)].join("\r\n");
}

function ignore(): void {
  // the outcome is known
}
