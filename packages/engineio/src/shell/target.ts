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
  readonly #isSecure: boolean;
  readonly #authority: string;
  readonly #path: string;
  readonly #query: string;
  readonly #timestampRequests: boolean | undefined;
  readonly #timestampParam: string;
  #requests = 0;

  /** @throws {ConnectionError} `engineio/connection-failed` for anything but an http, https, ws or wss URL. */
  constructor(url: string, options: ParsedClientOptions) {
    const parts = pattern.exec(url);
    const authority = parts?.[3];
    if (authority === undefined) {
      throw new ConnectionError("Cannot connect: the URL must begin with http://, https://, ws:// or wss:// and name a host", { retryable: false });
    }
    this.#isSecure = parts?.[2] !== "";
    this.#authority = authority;
    this.#path = options.path.replace(/\/+$/, "") + (options.addTrailingSlash ? "/" : "");
    this.#query = [parts?.[4] ?? "", pairs(options.query ?? {})].filter((part) => part !== "").join("&");
    this.#timestampRequests = options.timestampRequests;
    this.#timestampParam = options.timestampParam;
  }

  /** Is the server on this machine? Then a lost network says nothing. */
  get isLocal(): boolean {
    return /^(localhost\b|127\.|\[::1)/.test(this.#authority);
  }

  /** @returns the next URL for `transport`; `nowMs` makes it one that no cache has seen. */
  url(transport: string, sid: string | undefined, nowMs: number): string {
    const isStamped = this.#timestampRequests ?? transport === "polling";
    const query = [
      this.#query,
      `EIO=${protocol}&transport=${encodeURIComponent(transport)}`,
      sid === undefined ? "" : `sid=${encodeURIComponent(sid)}`,
      isStamped ? `${encodeURIComponent(this.#timestampParam)}=${nowMs.toString(36)}.${this.#requests++}` : "",
    ];
    const scheme = (transport === "websocket" ? "ws" : "http") + (this.#isSecure ? "s" : "");
    return `${scheme}://${this.#authority}${this.#path}?${query.filter((part) => part !== "").join("&")}`;
  }
}

function pairs(query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  return Object.entries(query)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`]))
    .join("&");
}
