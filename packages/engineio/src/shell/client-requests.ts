/**
 * A client's polling requests over a platform's HTTP.
 *
 * Room: engineio shell. The rules are core/polling-client's.
 */
import { ConnectionError, EngineIOError } from "@x/errors/engineio";
import { ClientPolling, type PollingRequests } from "../core/polling-client.js";
import type { ClientSession } from "../core/client-session.js";
import { type ParsedClientOptions, requestSettings } from "./client-options.js";
import type { ClientPlatform, HttpAnswer, RequestSettings } from "./ports.js";
import { after } from "./timer.js";

const OK = 200;
/** How much is kept of an answer that is no JSON, e.g. a proxy's page. */
const MAX_BODY_LENGTH = 1024;
/** How much of the server's sentence goes into a message. */
const MAX_QUOTED_LENGTH = 128;
/** A server of another version of the protocol says so, and will say so again. */
const UNSUPPORTED_VERSION = 5;

/** Joins one {@link ClientPolling} to HTTP. */
export class ClientRequests implements PollingRequests {
  readonly polling: ClientPolling;
  readonly #session: ClientSession;
  readonly #platform: ClientPlatform;
  readonly #settings: RequestSettings;
  readonly #opts: ParsedClientOptions;
  readonly #url: () => string;
  readonly #abort: AbortController = new AbortController();
  /** For the goodbye, which the end of the session does not take back. */
  readonly #abortLast: AbortController = new AbortController();

  constructor(session: ClientSession, platform: ClientPlatform, opts: ParsedClientOptions, url: () => string) {
    this.polling = new ClientPolling(session, this, opts.maxPacketsPerPayload);
    this.#session = session;
    this.#platform = platform;
    this.#settings = requestSettings(opts, "polling");
    this.#opts = opts;
    this.#url = url;
  }

  get(): void {
    this.#request("GET", undefined, false, nothing, (body) => this.polling.received(body));
  }

  post(payload: string, isLast: boolean): void {
    this.#request("POST", payload, isLast, this.#limit(isLast), () => this.polling.posted());
  }

  abort(): void {
    this.#abort.abort();
  }

  schedule(polling: ClientPolling): void {
    queueMicrotask(() => polling.postQueued());
  }

  /** @returns what ends the limit. */
  #limit(isLast: boolean): () => void {
    const { requestTimeout, closeTimeout } = this.#opts;
    if (isLast) return after(this.#platform.clock, closeTimeout, () => this.#abortLast.abort());
    if (requestTimeout === 0) return nothing;
    return after(this.#platform.clock, requestTimeout, () => this.polling.failed(new ConnectionError("Connection lost: the server did not answer a POST in time", { code: "engineio/connection-lost" })));
  }

  #request(method: "GET" | "POST", body: string | undefined, isLast: boolean, settled: () => void, done: (body: string) => void): void {
    const { signal } = isLast ? this.#abortLast : this.#abort;
    const request = { method, url: this.#url(), body, isLast, maxBytes: this.#settings.maxMessageBytes, signal };
    this.#platform.request(request, this.#settings).finally(settled).then(
      (answer) => (answer.status === OK ? done(answer.body) : this.polling.failed(refused(answer))),
      (cause: unknown) => this.polling.failed(cause instanceof EngineIOError ? cause : this.#lost(method, cause)),
    );
  }

  #lost(method: string, cause: unknown): ConnectionError {
    return this.#session.state === "opening"
      ? new ConnectionError("Cannot connect: the server could not be reached", { cause })
      : new ConnectionError(`Connection lost: ${method} got no answer`, { code: "engineio/connection-lost", cause });
  }
}

/** @returns the error for an answer other than 200, with the server's JSON where it sent some, and its sentence in the message. */
export function refused({ status, body, headers }: HttpAnswer, cause?: unknown): ConnectionError {
  const json = readJson(body);
  const { code, message } = Object(json) as { readonly code?: unknown; readonly message?: unknown };
  const said = typeof message === "string" ? `: ${JSON.stringify(message.slice(0, MAX_QUOTED_LENGTH))}` : "";
  return new ConnectionError(`Request refused: the server answered with status ${status}${said}`, {
    code: "engineio/connection-refused", httpStatus: status, body: json, headers, cause, ...(code === UNSUPPORTED_VERSION && { retryable: false }),
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text.slice(0, MAX_BODY_LENGTH);
  }
}

function nothing(): void {
  // there is no limit of time
}
