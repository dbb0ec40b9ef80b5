/**
 * A client's way from a URL to an open connection: name lookup, TCP, TLS, opening handshake (RFC 6455 §4.1).
 *
 * Room: simple-ws node. One promise, one outcome; whatever it is, no listener or timer of this class is left. Times are milliseconds.
 */
import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import type { Timer } from "@x/errors/clock";
import type { ConnectionError } from "@x/errors/simple-ws";
import type { AgreedExtensions } from "@x/wsframe";
import { ClientHandshake, formatRequest, type HandshakeOutcome } from "../core/handshake/client.js";
import type { WebSocketUrl } from "../core/url.js";
import { Driver } from "../shell/driver.js";
import type { Runtime } from "../shell/ports.js";
import { profileOf } from "../shell/profile.js";
import { WebSocketConnection } from "../shell/socket.js";
import type { ConnectSettings } from "./client-options.js";
import { NodeDuplex } from "./duplex.js";
import { abortedError, connectionError, systemFailure, timeoutFailure, type OpeningPhase } from "./failures.js";
import { openLink, type Link } from "./link.js";
import { acceptOf, createKey } from "./runtime.js";

export class Opening {
  readonly #url: WebSocketUrl;
  readonly #settings: ConnectSettings;
  readonly #runtime: Runtime;
  readonly #request: string;
  readonly #handshake: ClientHandshake;
  readonly #link: Link;
  #phase: OpeningPhase;
  #timer: Timer | undefined;
  #resolve: (connection: WebSocketConnection) => void = noop;
  #reject: (error: ConnectionError) => void = noop;

  /** @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: a header or subprotocol that must not be sent. */
  constructor(url: WebSocketUrl, settings: ConnectSettings, runtime: Runtime) {
    this.#url = url;
    this.#settings = settings;
    this.#runtime = runtime;
    this.#phase = isIP(url.hostname) === 0 ? "dns" : "connect";
    const key = createKey();
    const { subprotocols, extensions, headers, origin, limits } = settings;
    const basicAuthorization = url.credentials === undefined ? undefined : Buffer.from(url.credentials).toString("base64");
    this.#request = formatRequest(url, { key, subprotocols, extensions, headers, origin, basicAuthorization });
    this.#handshake = new ClientHandshake(acceptOf(key), settings, limits);
    this.#link = openLink(url, settings);
  }

  run(): Promise<WebSocketConnection> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#listen();
      this.#startTimer(this.#settings.limits.connectTimeoutMs);
    });
  }

  readonly #onLookup = (): void => {
    this.#phase = "connect";
  };

  readonly #onConnect = (): void => {
    if (this.#url.isSecure) this.#phase = "tls";
    else this.#onReady();
  };

  readonly #onReady = (): void => {
    this.#phase = "handshake";
    this.#startTimer(this.#settings.limits.handshakeTimeoutMs);
    this.#link.socket.write(this.#request, "latin1");
  };

  readonly #onChunk = (chunk: Uint8Array): void => this.#judge(this.#handshake.receive(chunk));

  readonly #onEnd = (): void => this.#judge(this.#handshake.receiveEnd());

  readonly #onError = (error: unknown): void => this.#fail(connectionError(systemFailure(error, this.#phase, this.#url.hostname), this.#phase));

  readonly #onClose = (): void => this.#fail(connectionError(systemFailure(undefined, this.#phase, this.#url.hostname), this.#phase));

  readonly #onAbort = (): void => {
    if (this.#settings.signal !== undefined) this.#fail(abortedError(this.#settings.signal, this.#phase));
  };

  #listen(): void {
    const { socket, isFed } = this.#link;
    this.#link.onChunk = this.#onChunk;
    if (!isFed) socket.on("data", this.#onChunk);
    socket.on("lookup", this.#onLookup).on("connect", this.#onConnect).on("end", this.#onEnd).on("error", this.#onError).on("close", this.#onClose);
    if (this.#url.isSecure) socket.on("secureConnect", this.#onReady);
    this.#settings.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  #release(): void {
    const { socket } = this.#link;
    socket.off("data", this.#onChunk).off("lookup", this.#onLookup).off("connect", this.#onConnect).off("end", this.#onEnd);
    socket.off("error", this.#onError).off("close", this.#onClose).off("secureConnect", this.#onReady);
    this.#settings.signal?.removeEventListener("abort", this.#onAbort);
    this.#stopTimer();
  }

  #startTimer(afterMs: number): void {
    this.#stopTimer();
    if (afterMs !== Infinity) this.#timer = this.#runtime.clock.setTimer(() => this.#expire(afterMs), afterMs);
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#runtime.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #expire(afterMs: number): void {
    const error = timeoutFailure(this.#phase, afterMs);
    if (this.#phase === "handshake") this.#judge(this.#handshake.receiveEnd(error));
    else this.#fail(connectionError(error, this.#phase));
  }

  #judge(outcome: HandshakeOutcome): void {
    switch (outcome.kind) {
      case "pending": break;
      case "failed": this.#fail(connectionError(outcome.error, this.#phase)); break;
      case "open": this.#open(outcome.protocol, outcome.extensions, outcome.rest); break;
    }
  }

  #open(protocol: string, extensions: AgreedExtensions | undefined, rest: Uint8Array): void {
    this.#release();
    const { socket, isFed } = this.#link;
    const driver = new Driver(profileOf("client", this.#settings.connection, this.#runtime), new NodeDuplex(socket, isFed), extensions);
    this.#link.onChunk = (chunk) => driver.onChunk(chunk);
    driver.start(rest);
    this.#resolve(new WebSocketConnection(driver, protocol, extensions?.field ?? "", this.#url.href));
  }

  #fail(error: ConnectionError): void {
    this.#release();
    this.#link.onChunk = noop;
    this.#link.socket.on("error", noop); // a destroyed socket may still report
    this.#link.socket.destroy();
    this.#reject(error);
  }
}

function noop(): void {
  // the outcome is known
}
