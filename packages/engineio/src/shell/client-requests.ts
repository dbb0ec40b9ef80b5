/**
 * A client's polling requests over a platform's HTTP.
 *
 * Room: engineio shell. The rules are core/polling-client's.
 */
import { ConnectionError } from "@x/errors/engineio";
import { ClientPolling, type PollingRequests } from "../core/polling-client.js";
import type { Session } from "../core/session.js";
import type { ClientPlatform, HttpAnswer, RequestSettings } from "./ports.js";

const OK = 200;

/** Joins one {@link ClientPolling} to HTTP. */
export class ClientRequests implements PollingRequests {
  readonly polling: ClientPolling;
  readonly #platform: ClientPlatform;
  readonly #settings: RequestSettings;
  readonly #url: () => string;
  readonly #abort: AbortController = new AbortController();
  readonly #never: AbortSignal = new AbortController().signal;

  constructor(session: Session, platform: ClientPlatform, settings: RequestSettings, maxPackets: number, url: () => string) {
    this.polling = new ClientPolling(session, this, maxPackets);
    this.#platform = platform;
    this.#settings = settings;
    this.#url = url;
  }

  get(): void {
    this.#request("GET", undefined, false, (body) => this.polling.received(body));
  }

  post(payload: string, isLast: boolean): void {
    this.#request("POST", payload, isLast, () => this.polling.posted());
  }

  abort(): void {
    this.#abort.abort();
  }

  schedule(polling: ClientPolling): void {
    queueMicrotask(() => polling.postQueued());
  }

  #request(method: "GET" | "POST", body: string | undefined, isLast: boolean, done: (body: string) => void): void {
    const signal = isLast ? this.#never : this.#abort.signal; // a goodbye is not taken back
    const request = { method, url: this.#url(), body, isLast, maxBytes: this.#settings.maxMessageBytes, signal };
    this.#platform.request(request, this.#settings).then(
      (answer) => (answer.status === OK ? done(answer.body) : this.polling.failed(refused(answer))),
      (cause: unknown) => this.polling.failed(new ConnectionError(`Request failed: ${method} got no answer`, { code: "engineio/transport-error", cause })),
    );
  }
}

/** @returns the error for an answer other than 200, with the server's JSON where it sent some. */
export function refused({ status, body }: HttpAnswer, cause?: unknown): ConnectionError {
  return new ConnectionError(`Request refused: the server answered with status ${status}`, {
    code: "engineio/connection-refused", httpStatus: status, body: readJson(body), cause,
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text.slice(0, 1024);
  }
}
