/**
 * The URLs of a client's requests.
 *
 * Room: engineio shell. Protocol document §"Protocol".
 */
import { ConnectionError } from "@x/errors/engineio";
import { protocol } from "../core/packet.js";
import type { ParsedClientOptions } from "./client-options.js";

const pattern = /^(http|ws)(s?):\/\/([^/?#\s]+)[^?#]*(?:\?([^#]*))?/i;

/** Where one client connects to. */
export class Target {
  readonly #scheme: "s" | "";
  /** Host, port, path, and what the application's URL asks. */
  readonly #place: string;
  readonly #options: ParsedClientOptions;
  #requests = 0;

  /** @throws {ConnectionError} `engineio/connection-failed` for anything but an http, https, ws or wss URL. */
  constructor(url: string, options: ParsedClientOptions) {
    const [, , secure, authority, query = ""] = pattern.exec(url) ?? [];
    if (authority === undefined) {
      throw new ConnectionError("Cannot connect: the URL must begin with http://, https://, ws:// or wss:// and name a host", { retryable: false });
    }
    this.#scheme = secure === "" ? "" : "s";
    this.#place = `${authority}${options.path.replace(/\/+$/, "")}${options.addTrailingSlash ? "/" : ""}?${query === "" ? "" : `${query}&`}`;
    this.#options = options;
  }

  /** Is the server on this machine? Then a lost network says nothing. */
  get isLocal(): boolean {
    return /^(localhost\b|127\.|\[::1)/.test(this.#place);
  }

  /** @returns the next URL for `transport`; `nowMs` makes it one that no cache has seen. */
  url(transport: string, sid: string | undefined, nowMs: number): string {
    const { query, timestampRequests = transport === "polling", timestampParam } = this.#options;
    const stamp = timestampRequests ? `${nowMs.toString(36)}.${this.#requests++}` : undefined;
    const parameters = Object.entries({ ...query, EIO: protocol, transport, sid, [timestampParam]: stamp })
      .flatMap(([name, value]) => (value === undefined ? [] : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`));
    return `${transport === "websocket" ? "ws" : "http"}${this.#scheme}://${this.#place}${parameters.join("&")}`;
  }
}
